from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stepdown.evaluation.same_scene.columns import Columns
from stepdown.evaluation.same_scene.mode import mode
from stepdown.evaluation.same_scene.network import network_of
from stepdown.evaluation.same_scene.posterior import Posterior, scores
from stepdown.evaluation.same_scene.read import read_scenes


def test_seattle_is_read_as_published(seattle_file: Path):
    found = read_scenes(seattle_file, Columns(), ("1", "2", "3", "4"))
    assert (found.scenes.level.size, found.scenes.n_scenes) == (37_016, 4_821)
    assert found.scenes.officers.tolist() == list(range(1, 1_504))
    assert np.bincount(found.scenes.level).tolist() == [28_807, 6_243, 1_885, 81]
    assert len(found.account) == 1
    net = network_of(found.scenes, np.random.default_rng(1))
    assert [p.officers for p in net.pieces] == [1_501, 2]


def test_seattles_mode_is_found_and_its_levels_lie_close_above_the_first(seattle_file: Path):
    scenes = read_scenes(seattle_file, Columns(), ("1", "2", "3", "4")).scenes
    posterior = Posterior.of(scenes)
    x = mode(posterior)
    assert np.abs(posterior(x)[1]).max() < 1e-2
    s = scores(posterior.split(x)[1])
    assert s[:2].tolist() == [0.0, 1.0]
    assert s[2] == pytest.approx(1.04, abs=0.03)
    assert s[3] == pytest.approx(1.10, abs=0.06)
