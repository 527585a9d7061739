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
EDGE = 0.05


@dataclass(frozen=True, slots=True)
class Standing:
    """Each officer beside their peers; every field is (N,), NaN where there are no peers.

    `p_top5` is the probability that the rank is in the upper 5 % of 1 + `n_peers`, `p_bottom5` in
    the lower. `relative` is lambda less the mean of lambda over the officer and all peers: its
    posterior mean, and `low` and `high` the ends of the central 95 % interval.
    """

    n_peers: Ints
    p_top5: Floats
    p_bottom5: Floats
    relative: Floats
    low: Floats
    high: Floats


def peers(lam: Floats) -> NDArray[np.bool_]:
    """Mark who is a peer of whom, (N, N), from draws (draws, N); row i are the peers of i."""
    s = np.atleast_2d(np.cov(lam, rowvar=False))
    own = np.diag(s)
    with np.errstate(divide="ignore", invalid="ignore"):
        given = own[None, :] - s**2 / own[:, None]
    found = np.asarray(given < PEER_VARIANCE)
    np.fill_diagonal(found, False)
    return found


def standing(lam: Floats) -> Standing:
    """Place each officer among their peers, from draws (draws, N)."""
    among = peers(lam)
    n_peers = among.sum(axis=1)
    top, bottom = _edges(np.ascontiguousarray(lam), among, n_peers)
    # The mean over an officer and the peers, for every draw and officer at once.
    sums = lam @ among.T.astype(np.float64) + lam
    relative = lam - sums / (1 + n_peers)
    low, high = np.quantile(relative, [0.025, 0.975], axis=0)
    nobody = n_peers == 0

    def known(values: Floats) -> Floats:
        return np.where(nobody, np.nan, values)

    return Standing(
        n_peers=n_peers.astype(np.int64),
        p_top5=known(top),
        p_bottom5=known(bottom),
        relative=known(relative.mean(axis=0)),
        low=known(low),
        high=known(high),
    )


@numba.njit(nogil=True, cache=True)
def _edges(lam: Floats, among: NDArray[np.bool_], n_peers: Ints) -> tuple[Floats, Floats]:
    draws, officers = lam.shape
    top, bottom = np.zeros(officers), np.zeros(officers)
    rank = np.empty(draws, np.int64)
    column = lam.T.copy()
    for i in range(officers):
        rank[:] = 1
        for j in range(officers):
            if among[i, j]:
                for d in range(draws):
                    rank[d] += column[j, d] < column[i, d]
        size = 1 + n_peers[i]
        for d in range(draws):
            # 0.95 (1 + n) in whole numbers: 20 rank >= 19 (1 + n), free of rounding.
            top[i] += 20 * rank[d] >= 19 * size
            bottom[i] += 20 * rank[d] <= size
        top[i] /= draws
        bottom[i] /= draws
    return top, bottom
