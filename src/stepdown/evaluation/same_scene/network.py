"""Who shared scenes with whom, and how far that carries a comparison."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse
import scipy.sparse.csgraph
from numpy.typing import NDArray

from stepdown.evaluation.same_scene.scenes import Scenes

Ints = NDArray[np.int64]

SAMPLED = 200
"""Distances are measured from this many officers when there are more."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A connected component: officers and scenes that hang together."""

    officers: int
    scenes: int


@dataclass(frozen=True, slots=True)
class Network:
    """How officers hang together by shared scenes.

    `pieces` are largest first. `median_scenes` and `median_colleagues` are those of an officer;
    `once` is how many were at a single scene. `steps` is the mean number of handshakes between
    two officers of the largest piece; `direct` the share of its pairs that met.
    """

    pieces: tuple[Piece, ...]
    median_scenes: float
    median_colleagues: float
    once: int
    steps: float
    direct: float


def pieces(scenes: Scenes) -> Ints:
    """Number the connected component of each officer, (N,), the largest being 0."""
    _, label = scipy.sparse.csgraph.connected_components(shared_scenes(scenes), directed=False)
    by_size = np.argsort(-np.bincount(label), kind="stable")
    rank = np.empty(by_size.size, dtype=np.int64)
    rank[by_size] = np.arange(by_size.size)
    return np.asarray(rank[label])


def network_of(scenes: Scenes, rng: np.random.Generator) -> Network:
    """Describe the network of some scenes; long networks are sampled with `rng`."""
    met = shared_scenes(scenes)
    piece = pieces(scenes)
    officers = np.bincount(piece)
    of_scenes = np.bincount(piece[scenes.officer[scenes.start[:-1]]], minlength=officers.size)
    steps, direct = _distances(met, np.flatnonzero(piece == 0), rng)
    return Network(
        pieces=tuple(Piece(int(a), int(b)) for a, b in zip(officers, of_scenes, strict=True)),
        median_scenes=float(np.median(scenes.scenes_of_officers)),
        median_colleagues=float(np.median(np.diff(met.indptr))),
        once=int((scenes.scenes_of_officers == 1).sum()),
        steps=steps,
        direct=direct,
    )


def shared_scenes(scenes: Scenes) -> scipy.sparse.csr_matrix:
    """Count the scenes that each pair of officers shared, (N, N), nobody with themselves."""
    ones = np.ones(scenes.officer.size)
    shape = (scenes.officers.size, scenes.n_scenes)
    at = scipy.sparse.csr_matrix((ones, (scenes.officer, scenes.scene)), shape=shape)
    both = scipy.sparse.coo_matrix(at @ at.T)
    apart = both.row != both.col
    return scipy.sparse.csr_matrix(
        (both.data[apart], (both.row[apart], both.col[apart])), shape=both.shape
    )


def _distances(
    met: scipy.sparse.csr_matrix, members: Ints, rng: np.random.Generator
) -> tuple[float, float]:
    if members.size < 2:
        return 0.0, 0.0
    begin = members
    if members.size > SAMPLED:
        begin = rng.choice(members, SAMPLED, replace=False)
    far = scipy.sparse.csgraph.shortest_path(met, unweighted=True, indices=begin)[:, members]
    pairs = far[far > 0]
    return float(pairs.mean()), float((pairs == 1).mean())
