from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest
from scipy.stats import chisquare

from stepdown.evaluation.same_scene.scenes import informative, pack
from stepdown.evaluation.same_scene.simulate import Truth, redraw_levels, simulate_agency


@pytest.mark.parametrize("level", [[0, 0, 1, 2], [0, 1, 1, 0], [3, 2, 1, 0], [2, 2, 0, 0]])
def test_levels_are_redrawn_with_the_probabilities_of_the_model(level):
    count = 20_000
    eta, s = np.array([0.8, -0.5, 0.1, 1.5]), np.array([0, 1, 1.3, 2.0])
    scenes = pack(
        np.repeat(np.arange(count), 4), np.tile(np.arange(4), count), np.tile(level, count), 4
    )
    drawn = redraw_levels(scenes, np.tile(eta, count), s, np.random.default_rng(1))
    seen = Counter(map(tuple, drawn.reshape(-1, 4).tolist()))
    every = sorted(set(itertools.permutations(level)))
    weight = np.exp([sum(e * s[j] for e, j in zip(eta, y, strict=True)) for y in every])
    assert set(seen) <= set(every)
    assert chisquare([seen[y] for y in every], count * weight / weight.sum()).pvalue > 0.001


def test_every_scene_keeps_its_multiset_however_extreme_the_propensities():
    rng = np.random.default_rng(2)
    scenes = informative(simulate_agency(rng, 40, 200, Truth()).scenes)
    for scale in (0.0, 1.0, 1000.0):
        eta = scale * rng.normal(size=scenes.level.size)
        drawn = scenes.with_levels(redraw_levels(scenes, eta, np.arange(4.0), rng))
        for a, b in itertools.pairwise(scenes.start):
            assert sorted(drawn.level[a:b]) == sorted(scenes.level[a:b])


def test_an_agency_knows_who_was_trained_at_which_scene():
    agency = simulate_agency(np.random.default_rng(3), 50, 120, Truth())
    scenes = agency.scenes
    assert scenes.n_scenes == 120
    assert scenes.sizes.min() >= 2
    assert (agency.timing.trained() == (scenes.covariates[:, 0] == 1)).all()
    assert 0.2 < scenes.covariates.mean() < 0.8


def test_the_same_generator_gives_the_same_agency():
    one, other = (simulate_agency(np.random.default_rng(4), 30, 60, Truth()) for _ in range(2))
    assert one.scenes.level.tolist() == other.scenes.level.tolist()


@pytest.mark.parametrize(
    ("truth", "fewer"), [(Truth(calms_all=-2.0), True), (Truth(inflames=2.0), False)]
)
def test_dependence_changes_how_much_force_is_used(truth, fewer):
    def share(which):
        scenes = simulate_agency(np.random.default_rng(5), 60, 400, which).scenes
        return (scenes.level > 0).mean()

    assert bool(share(truth) < share(Truth())) is fewer
