from __future__ import annotations

from pathlib import Path

import numpy as np

from stepdown.evaluation.same_scene.mode import mode
from stepdown.evaluation.same_scene.network import network_of
from stepdown.evaluation.same_scene.options import Options
from stepdown.evaluation.same_scene.posterior import Posterior, scores
from stepdown.evaluation.same_scene.read import read_scenes


def test_seattle_is_read_as_published(seattle_file: Path):
    found = read_scenes(seattle_file, Options(levels=("1", "2", "3", "4")))
    assert (found.scenes.level.size, found.scenes.n_scenes) == (37_016, 4_821)
    assert found.scenes.officers.tolist() == list(range(1, 1_504))
    assert np.bincount(found.scenes.level).tolist() == [28_807, 6_243, 1_885, 81]
    assert len(found.account) == 1
    net = network_of(found.scenes, np.random.default_rng(1))
    assert [p.officers for p in net.pieces] == [1_501, 2]


def test_seattles_mode_is_found(seattle_file: Path):
    scenes = read_scenes(seattle_file, Options(levels=("1", "2", "3", "4"))).scenes
    posterior = Posterior.of(scenes)
    x = mode(posterior)
    assert np.abs(posterior(x)[1]).max() < 1e-2
    rng = np.random.default_rng(1)
    nearby = [posterior(x + 0.02 * rng.normal(size=x.size))[0] for _ in range(10)]
    assert posterior(x)[0] > max(nearby)
    # The draws lie elsewhere: with 1,500 propensities the joint mode is no typical point.
    assert np.all(np.diff(scores(posterior.split(x)[1])) > 0)
