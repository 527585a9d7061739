import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.evaluation.contrasts import (
    build_contrast,
    estimand_weights,
    lag_weights,
    lags,
    lead_weights,
    seen_effects,
)
from stepdown.incidents.panel import NEVER

designs = st.tuples(
    st.lists(st.integers(2, 9), min_size=2, max_size=5, unique=True).map(sorted),
    st.booleans(),
    st.integers(0, 1000),
).map(
    lambda d: (
        np.array([*map(float, d[0]), *([NEVER] if d[1] else [])]),
        np.random.default_rng(d[2]).integers(2, 50, len(d[0]) + d[1]).astype(float),
    )
)


@given(designs, st.sampled_from(["simple", "cohort", "calendar"]))
def test_every_period_compares_like_with_like(design, estimand):
    waves, sizes = design
    weights = estimand_weights(estimand, waves, sizes, 10)
    assert weights.sum() == pytest.approx(1)
    for comparison in ("not_yet_trained", "last_wave"):
        contrast = build_contrast(weights, waves, sizes, comparison)
        # A shock to everybody in one period cancels.
        assert contrast.theta.sum(axis=0) == pytest.approx(np.zeros(10), abs=1e-12)
        assert contrast.pre.sum(axis=0) == pytest.approx(np.zeros(10), abs=1e-12)
        assert contrast.trained.sum() == pytest.approx(1)
        for k, g in enumerate(waves):
            before = np.arange(1, 11) < g
            assert (contrast.trained[k][before] == 0).all()
            assert (contrast.theta[k][before] <= 1e-15).all()


def test_the_last_wave_has_no_effect_that_can_be_seen():
    assert seen_effects(np.array([2.0, 4.0]), 5).tolist() == [[0, 1, 1, 0, 0], [0] * 5]
    assert seen_effects(np.array([2.0, NEVER]), 3).tolist() == [[0, 1, 1], [0] * 3]


def test_estimands_weigh_as_they_are_defined():
    waves, sizes = np.array([2.0, 3.0, NEVER]), np.array([10.0, 30.0, 5.0])
    # Wave 2 is seen in periods 2..4, wave 3 in periods 3..4.
    simple = estimand_weights("simple", waves, sizes, 4)
    assert simple[0].tolist() == pytest.approx([0, 10 / 90, 10 / 90, 10 / 90])
    assert simple[1].tolist() == pytest.approx([0, 0, 30 / 90, 30 / 90])
    cohort = estimand_weights("cohort", waves, sizes, 4)
    assert cohort[0, 1] == pytest.approx(10 / 40 / 3)
    assert cohort[1, 2] == pytest.approx(30 / 40 / 2)
    calendar = estimand_weights("calendar", waves, sizes, 4)
    assert calendar[0, 1] == pytest.approx(1 / 3)
    assert calendar[1, 2] == pytest.approx(30 / 40 / 3)


def test_lags_and_leads_weigh_waves_by_size():
    waves, sizes = np.array([3.0, 5.0, NEVER]), np.array([10.0, 30.0, 5.0])
    assert lags(waves, 6) == [0, 1, 2, 3]
    one = lag_weights(1, waves, sizes, 6)
    assert (one[0, 3], one[1, 5], one.sum()) == (0.25, 0.75, 1.0)
    assert lag_weights(3, waves, sizes, 6)[0, 5] == 1.0
    assert lead_weights(-3, waves, sizes, 6)[1, 1] == 1.0
    assert not lead_weights(-9, waves, sizes, 6).any()


def test_a_lead_compares_with_the_waves_trained_later():
    waves, sizes = np.array([4.0, 6.0, NEVER]), np.array([10.0, 30.0, 10.0])
    weights = np.zeros((3, 8))
    weights[1, 2] = 1.0
    contrast = build_contrast(weights, waves, sizes)
    assert contrast.theta[:, 2] == pytest.approx([0, 1, -1])
    assert contrast.pre[:, 4] == pytest.approx([0, 1, -1])
