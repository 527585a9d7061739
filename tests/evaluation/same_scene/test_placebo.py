from __future__ import annotations

import numpy as np

from stepdown.evaluation.same_scene.peers import Standing
from stepdown.evaluation.same_scene.placebo import permuted, spread
from stepdown.evaluation.same_scene.scenes import informative
from stepdown.evaluation.same_scene.simulate import Truth, simulate_agency


def test_levels_are_handed_out_by_lot_within_scenes():
    rng = np.random.default_rng(1)
    scenes = informative(simulate_agency(rng, 30, 200, Truth()).scenes)
    one, again, other = permuted(scenes, 1, 0), permuted(scenes, 1, 0), permuted(scenes, 1, 1)
    assert one.level.tolist() == again.level.tolist()
    assert one.level.tolist() != other.level.tolist()
    for a, b in zip(scenes.start[:-1], scenes.start[1:], strict=True):
        assert sorted(one.level[a:b]) == sorted(scenes.level[a:b])
    # By lot every officer of a scene has the same expected level.
    total = np.mean([permuted(scenes, 2, n).level for n in range(400)], axis=0)
    expected = np.repeat(np.add.reduceat(scenes.level, scenes.start[:-1]) / scenes.sizes,
                         scenes.sizes)  # fmt: skip
    assert np.abs(total - expected).max() < 0.25


def test_officers_that_are_not_shown_do_not_count():
    found = Standing(
        n_peers=np.array([3, 3, 0, 3]),
        n_elsewhere=np.zeros(4, dtype=np.int64),
        p_top5=np.array([0.95, 0.1, np.nan, 0.99]),
        p_bottom5=np.array([0.0, 0.92, np.nan, 0.0]),
        relative=np.array([1.0, -1.0, np.nan, 5.0]),
        low=np.array([0.5, -1.5, np.nan, 4.0]),
        high=np.array([1.5, 0.1, np.nan, 6.0]),
    )
    shown = spread(found, np.array([True, True, True, False]))
    assert (shown.sd, shown.apart, shown.top, shown.bottom) == (1.0, 1, 1, 1)
    assert spread(found, np.zeros(4, dtype=bool)).sd == 0.0
