"""A map of the network: officers who share scenes lie close together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from stepdown.evaluation.same_scene.network import pieces, shared_scenes
from stepdown.evaluation.same_scene.scenes import Scenes

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_DRAWN = 1500
"""A map of more would be slow to lay out and to look at."""
MOST_LINKS = 800
STEPS = 60


@dataclass(frozen=True, slots=True)
class Map:
    """Where officers lie, without saying who they are.

    `x` and `y` (n,) lie between 0 and 1, `scenes` (n,) is how many scenes each was at, `piece`
    (n,) the connected piece from 0. `links` (m, 2) are the pairs that shared most scenes.
    """

    x: Floats
    y: Floats
    scenes: Ints
    piece: Ints
    links: Ints


def map_of(scenes: Scenes, rng: np.random.Generator, most: int = MOST_DRAWN) -> Map:
    """Lay out the `most` officers of some scenes who were at most of them."""
    count = scenes.scenes_of_officers
    # In no order that would say who is who.
    drawn = rng.permutation(np.argsort(-count, kind="stable")[:most])
    shared = shared_scenes(scenes)[drawn][:, drawn]
    piece = pieces(scenes)[drawn]
    at = np.zeros((drawn.size, 2))
    main = piece == 0
    at[main] = _spring(shared[main][:, main], rng)
    others = np.flatnonzero(~main)
    if others.size:
        # What does not hang together with the rest stands below it, piece by piece.
        order = others[np.argsort(piece[others], kind="stable")]
        step = piece[order] + np.arange(order.size)
        at[main, 1] = 0.12 + 0.88 * at[main, 1]
        at[order, 0] = (step - step.min() + 0.5) / (step.max() - step.min() + 1)
        at[order, 1] = 0.02
    return Map(at[:, 0], at[:, 1], count[drawn], piece, _links(shared))


def _spring(shared: scipy.sparse.csr_matrix, rng: np.random.Generator) -> Floats:
    """Place nodes by forces (Fruchterman and Reingold, 1991), in the unit square."""
    n = shared.shape[0]
    if n < 2:
        return np.full((n, 2), 0.5)
    at = rng.random((n, 2))
    degree = np.asarray(shared.sum(axis=1)).ravel()
    pull = scipy.sparse.diags(1 / np.maximum(degree, 1)) @ shared
    ideal = 1 / np.sqrt(n)
    for step in range(STEPS):
        apart = at[:, None, :] - at[None, :, :]
        square = (apart**2).sum(axis=2) + 1e-6
        push = (apart * (ideal**2 / square)[:, :, None]).sum(axis=1)
        towards = pull @ at - at
        move = push * 0.05 + towards * 4 * ideal
        length = np.maximum(np.linalg.norm(move, axis=1, keepdims=True), 1e-9)
        heat = 0.1 * (1 - step / STEPS)
        at = at + move / length * np.minimum(length, heat)
    low, high = np.quantile(at, [0.01, 0.99], axis=0)
    return np.asarray(np.clip((at - low) / np.maximum(high - low, 1e-9), 0, 1))


def _links(shared: scipy.sparse.csr_matrix) -> Ints:
    upper = scipy.sparse.coo_matrix(scipy.sparse.triu(shared, k=1))
    most = np.argsort(-upper.data, kind="stable")[:MOST_LINKS]
    return np.stack([upper.row[most], upper.col[most]], axis=1).astype(np.int64)
