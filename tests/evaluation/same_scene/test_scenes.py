from __future__ import annotations

import numpy as np

from stepdown.evaluation.same_scene.scenes import informative, keep_rows, pack, varied


def three():
    return pack(
        np.array([7, 3, 3, 7, 5, 3]),
        np.array([11, 12, 11, 13, 12, 14]),
        np.array([1, 0, 2, 1, 0, 0]),
        3,
        np.arange(6.0)[:, None],
    )


def test_rows_are_sorted_into_scenes_and_remember_where_they_stood():
    scenes = three()
    assert scenes.incidents.tolist() == [3, 5, 7]
    assert scenes.start.tolist() == [0, 3, 4, 6]
    assert scenes.officers[scenes.officer].tolist() == [12, 11, 14, 12, 11, 13]
    assert scenes.level.tolist() == [0, 2, 0, 0, 1, 1]
    assert scenes.source.tolist() == [1, 2, 5, 4, 0, 3]
    assert scenes.covariates[:, 0].tolist() == [1, 2, 5, 4, 0, 3]


def test_only_scenes_with_different_levels_say_anything():
    scenes = three()
    assert varied(scenes).tolist() == [True, False, False]
    told = informative(scenes)
    assert told.incidents.tolist() == [3]
    assert told.officers.tolist() == [11, 12, 14]
    assert told.scenes_of_officers.tolist() == [1, 1, 1]
    assert told.source.tolist() == [1, 2, 5]


def test_scenes_left_without_rows_vanish():
    scenes = three()
    left = keep_rows(scenes, scenes.level > 0)
    assert left.incidents.tolist() == [3, 7]
    assert keep_rows(scenes, np.zeros(6, dtype=bool)).n_scenes == 0
    assert varied(keep_rows(scenes, np.zeros(6, dtype=bool))).size == 0
