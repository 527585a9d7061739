from __future__ import annotations

import numpy as np
import pytest

from stepdown.evaluation.same_scene.peers import BLOCK, PEER_VARIANCE, peers, standing


def draws_with(covariance, count=4000, seed=1):
    rng = np.random.default_rng(seed)
    return rng.multivariate_normal(np.zeros(len(covariance)), covariance, count)


def test_a_peer_is_one_whose_propensity_is_known_once_ones_own_is():
    s = np.array([[1.0, 0.9, 0.0], [0.9, 1.0, 0.0], [0.0, 0.0, 0.2]])
    found = peers(draws_with(s))
    # Given 0, 1 varies by 1 - 0.81 = 0.19: a peer. 2 varies by 0.2 whatever else is known; given
    # 2, the others still vary by 1.
    assert found.tolist() == [[False, True, True], [True, False, True], [False, False, False]]


def test_every_number_is_that_of_counting_draw_by_draw():
    rng = np.random.default_rng(2)
    lam = 0.5 * rng.normal(size=(60, 25)) + np.linspace(-1, 1, 25)
    found = standing(lam, np.zeros(lam.shape[1], dtype=np.int64))
    among = peers(lam)
    s = np.cov(lam, rowvar=False)
    for i in range(25):
        mates = [j for j in range(25)
                 if j != i and s[j, j] - s[i, j] ** 2 / s[i, i] < PEER_VARIANCE]  # fmt: skip
        assert np.flatnonzero(among[i]).tolist() == mates
        rank = 1 + (lam[:, mates] < lam[:, [i]]).sum(axis=1)
        relative = lam[:, i] - lam[:, [i, *mates]].mean(axis=1)
        assert found.n_peers[i] == len(mates)
        assert found.p_top5[i] == pytest.approx((rank >= 0.95 * (1 + len(mates)) - 1e-9).mean())
        assert found.p_bottom5[i] == pytest.approx((rank <= 0.05 * (1 + len(mates)) + 1e-9).mean())
        assert found.relative[i] == pytest.approx(relative.mean())
        assert [found.low[i], found.high[i]] == pytest.approx(np.quantile(relative, [0.025, 0.975]))


def test_with_nineteen_peers_each_end_is_one_rank():
    lam = 0.1 * np.random.default_rng(3).normal(size=(500, 20)) + np.arange(20.0)
    found = standing(lam, np.zeros(lam.shape[1], dtype=np.int64))
    assert found.n_peers.tolist() == [19] * 20
    assert found.p_top5.tolist() == [0.0] * 18 + [1.0, 1.0]
    assert found.p_bottom5.tolist() == [1.0] + [0.0] * 19


def test_without_peers_there_is_no_standing():
    lam = np.random.default_rng(4).normal(size=(500, 3))
    found = standing(lam, np.zeros(lam.shape[1], dtype=np.int64))
    assert found.n_peers.tolist() == [0, 0, 0]
    for values in (found.p_top5, found.p_bottom5, found.relative, found.low, found.high):
        assert np.isnan(values).all()


def test_more_officers_than_a_block_are_placed_as_if_all_were_one():
    rng = np.random.default_rng(5)
    lam = 0.4 * rng.normal(size=(40, BLOCK + 30)) + rng.normal(size=BLOCK + 30)
    piece = np.arange(BLOCK + 30) % 2
    found = standing(lam, piece)
    among = peers(lam)
    assert found.n_peers.tolist() == among.sum(axis=1).tolist()
    assert found.n_elsewhere.tolist() == [
        int((row & (piece != piece[i])).sum()) for i, row in enumerate(among)
    ]
    for i in (0, BLOCK - 1, BLOCK, BLOCK + 29):
        mates = np.flatnonzero(among[i])
        rank = 1 + (lam[:, mates] < lam[:, [i]]).sum(axis=1)
        assert found.p_top5[i] == pytest.approx((20 * rank >= 19 * (1 + mates.size)).mean())
        relative = lam[:, i] - lam[:, [i, *mates]].mean(axis=1)
        assert found.relative[i] == pytest.approx(relative.mean())
        assert found.low[i] == pytest.approx(np.quantile(relative, 0.025))
