"""Officers relative to their peers: those whom the shared scenes pin down well enough.

With S the posterior covariance of the propensities, j is a peer of i when the variance of
lambda_j given lambda_i, S_jj - S_ij^2 / S_ii, is below 0.3 (Ridgeway, JASA 2025). In each draw the
rank of i is one more than the number of its peers with a smaller lambda.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PEER_VARIANCE = 0.3
BLOCK = 256
"""Officers taken at a time, so that memory grows with the draws and not with pairs of officers."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Each officer beside their peers; every field is (N,), NaN where there are no peers.

    `n_elsewhere` of the `n_peers` are in another piece of the network. `p_top5` is the probability
    that the rank is in the upper 5 % of 1 + `n_peers`, `p_bottom5` in the lower. `relative` is
    lambda less the mean of lambda over the officer and all peers: its posterior mean, and `low` and
    `high` the ends of the central 95 % interval.
    """

    n_peers: Ints
    n_elsewhere: Ints
    p_top5: Floats
    p_bottom5: Floats
    relative: Floats
    low: Floats
    high: Floats


def peers(lam: Floats, rows: slice = slice(None)) -> NDArray[np.bool_]:
    """Mark who is a peer of whom, (rows, N), from draws (draws, N); row i are the peers of i."""
    off = lam - lam.mean(axis=0)
    own = (off**2).sum(axis=0) / (len(lam) - 1)
    s = off[:, rows].T @ off / (len(lam) - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.asarray(own[None, :] - s**2 / own[rows, None] < PEER_VARIANCE)
    chosen = np.arange(own.size)[rows]
    found[np.arange(chosen.size), chosen] = False
    return found


def standing(lam: Floats, piece: Ints) -> Standing:
    """Place each officer among their peers, from draws (draws, N); `piece` (N,) is their piece."""
    columns = np.ascontiguousarray(lam.T)
    blocks = [
        _block(lam, columns, piece, slice(at, at + BLOCK)) for at in range(0, len(columns), BLOCK)
    ]
    return Standing(*(np.concatenate(values) for values in zip(*blocks, strict=True)))


def _block(
    lam: Floats, columns: Floats, piece: Ints, rows: slice
) -> tuple[NDArray[np.generic], ...]:
    """Place the officers of some rows; the fields of `Standing` in their order."""
    among = peers(lam, rows)
    n_peers = among.sum(axis=1)
    top, bottom = _edges(columns, rows.start, among, n_peers)
    # The mean over an officer and the peers, for every draw and officer at once.
    relative = lam[:, rows] - (lam @ among.T.astype(np.float64) + lam[:, rows]) / (1 + n_peers)
    low, high = np.quantile(relative, [0.025, 0.975], axis=0)
    nobody = n_peers == 0
    elsewhere = (among & (piece[rows, None] != piece[None, :])).sum(axis=1)
    values = (top, bottom, relative.mean(axis=0), low, high)
    return n_peers, elsewhere, *(np.where(nobody, np.nan, v) for v in values)


@numba.njit(nogil=True, cache=True)
def _edges(
    columns: Floats, first: int, among: NDArray[np.bool_], n_peers: Ints
) -> tuple[Floats, Floats]:
    """Give the probability of either edge for the officers from `first` on; columns (N, draws)."""
    rows, officers = among.shape
    draws = columns.shape[1]
    top, bottom = np.zeros(rows), np.zeros(rows)
    rank = np.empty(draws, np.int64)
    for i in range(rows):
        rank[:] = 1
        for j in range(officers):
            if among[i, j]:
                for d in range(draws):
                    rank[d] += columns[j, d] < columns[first + i, d]
        size = 1 + n_peers[i]
        for d in range(draws):
            # 0.95 (1 + n) in whole numbers: 20 rank >= 19 (1 + n), free of rounding.
            top[i] += 20 * rank[d] >= 19 * size
            bottom[i] += 20 * rank[d] <= size
        top[i] /= draws
        bottom[i] /= draws
    return top, bottom
