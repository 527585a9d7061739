from __future__ import annotations

import numpy as np

from stepdown.evaluation.same_scene.layout import MOST_LINKS, map_of
from stepdown.evaluation.same_scene.scenes import pack
from stepdown.evaluation.same_scene.simulate import Truth, simulate_agency


def test_squads_lie_closer_together_than_the_rest():
    agency = simulate_agency(np.random.default_rng(1), 48, 300, Truth())
    drawn = map_of(agency.scenes, np.random.default_rng(1))
    at = np.stack([drawn.x, drawn.y], axis=1)
    far = np.linalg.norm(at[:, None] - at[None], axis=2)
    # Places are in no order, so who lies where is not known; linked pairs share most scenes.
    a, b = drawn.links[:100].T
    assert far[a, b].mean() < 0.7 * far.mean()
    assert drawn.scenes.tolist() != agency.scenes.scenes_of_officers.tolist()


def test_pieces_apart_stand_below():
    scenes = pack(np.array([1, 1, 1, 2, 2]), np.array([1, 2, 3, 4, 5]), np.zeros(5, int), 2)
    drawn = map_of(scenes, np.random.default_rng(1))
    small = drawn.piece == 1
    assert sorted(drawn.piece.tolist()) == [0, 0, 0, 1, 1]
    assert drawn.y[~small].min() > drawn.y[small].max()
    assert len(set(drawn.x[small].tolist())) == 2


def test_of_a_large_agency_the_busiest_are_drawn():
    incident = np.repeat(np.arange(1000), 2)
    officer = np.stack([np.arange(1000), 1 + np.arange(1000)], axis=1)
    busy = np.tile([1001, 1002], 5)
    scenes = pack(np.concatenate([incident, np.repeat(np.arange(1000, 1005), 2)]),
                  np.concatenate([officer.ravel(), busy]), np.zeros(2010, int), 2)  # fmt: skip
    drawn = map_of(scenes, np.random.default_rng(1), most=300)
    assert drawn.x.size == 300
    assert drawn.scenes.max() == 5
    assert len(drawn.links) <= MOST_LINKS
    assert np.isfinite(drawn.x).all()
