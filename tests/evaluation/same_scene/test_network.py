from __future__ import annotations

import numpy as np
import pytest

from stepdown.evaluation.same_scene.network import Piece, network_of, pieces
from stepdown.evaluation.same_scene.scenes import pack


def scenes_of(*groups):
    incident = np.concatenate([[k] * len(g) for k, g in enumerate(groups)])
    return pack(incident, np.concatenate(groups), np.zeros(incident.size, dtype=np.int64), 2)


def test_pieces_are_told_apart_and_numbered_by_size():
    scenes = scenes_of([1, 2], [5, 6, 7], [7, 8], [2, 1])
    assert scenes.officers.tolist() == [1, 2, 5, 6, 7, 8]
    assert pieces(scenes).tolist() == [1, 1, 0, 0, 0, 0]
    found = network_of(scenes, np.random.default_rng(1))
    assert found.pieces == (Piece(officers=4, scenes=2), Piece(officers=2, scenes=2))
    assert found.once == 3
    assert found.median_scenes == 1.5


def test_a_chain_is_measured_by_its_handshakes():
    found = network_of(scenes_of([1, 2], [2, 3], [3, 4]), np.random.default_rng(1))
    # Pairs of the chain 1-2-3-4: three at one step, two at two, one at three.
    assert found.steps == pytest.approx((3 * 1 + 2 * 2 + 3) / 6)
    assert found.direct == pytest.approx(0.5)
    assert found.median_colleagues == 1.5


def test_a_large_network_is_sampled_from_the_officers_of_its_largest_piece():
    groups = [[i, i + 1] for i in range(400)] + [[900, 901]]
    found = network_of(scenes_of(*groups), np.random.default_rng(1))
    assert [p.officers for p in found.pieces] == [401, 2]
    assert 100 < found.steps < 170
