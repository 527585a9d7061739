import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepdown.evaluation.contrasts import build_contrast, lag_weights
from stepdown.evaluation.estimators import estimate, estimate_contrast
from stepdown.evaluation.moments import cell_moments, lay_out
from stepdown.incidents.panel import NEVER

from .rollouts import make_sample, random_sample, slow_estimate

# R package staggered 1.2.3 on its own data, pj_officer_level_balanced, outcome complaints.
PUBLISHED = [
    ("efficient", "simple", -0.001126981, 0.002115194, 0.002119248),
    ("efficient", "cohort", -0.001084689, 0.002261011, None),
    ("efficient", "calendar", -0.001871980, 0.002558630, None),
    ("callaway_santanna", "simple", -0.005176818, 0.003928735, None),
    ("sun_abraham", "simple", 0.01153851, 0.01730161, None),
]


def to_printed_digits(value, printed):
    digits = len(f"{abs(printed):.10g}".split(".")[1])
    return abs(value - printed) <= 0.5000001 * 10.0**-digits


@pytest.mark.parametrize(("estimator", "estimand", "value", "se", "neyman"), PUBLISHED)
def test_chicago_complaints_agree_with_the_reference(
    chicago, estimator, estimand, value, se, neyman
):
    fit = estimate(chicago.moments("complaints"), estimator, estimand)
    assert to_printed_digits(fit.estimate, value)
    assert to_printed_digits(fit.se, se)
    assert neyman is None or to_printed_digits(fit.se_neyman, neyman)


@pytest.mark.parametrize(
    ("lag", "value"), [(0, 3.083575e-04), (1, 2.591678e-03), (2, -4.872562e-05)]
)
def test_chicago_event_study_agrees_with_the_reference(chicago, lag, value):
    moments = chicago.moments("complaints")
    waves, sizes = moments.waves, moments.wave_sizes
    contrast = build_contrast(lag_weights(lag, waves, sizes, moments.n_periods), waves, sizes)
    assert estimate_contrast(moments, contrast, None).estimate == pytest.approx(value, rel=5e-7)


def test_waves_without_events_do_not_turn_into_noise_in_the_adjusted_error(chicago):
    # Some waves of the Chicago rollout have no sustained complaint before training. Rounding noise
    # in their covariance, inverted, once gave 0.000322.
    fit = estimate(chicago.moments("sustained"), "efficient", "simple")
    assert fit.se == pytest.approx(0.000332, abs=5e-7)
    assert fit.se <= fit.se_neyman


@pytest.mark.parametrize("estimand", ["simple", "cohort", "calendar"])
@pytest.mark.parametrize(
    ("estimator", "beta", "last_only"),
    [
        ("efficient", None, False),
        ("callaway_santanna", 1.0, False),
        ("sun_abraham", 1.0, True),
        ("difference_in_means", 0.0, False),
    ],
)
@pytest.mark.parametrize("n_strata", [1, 3])
@pytest.mark.parametrize("sizes", [{3: 4, 5: 6, 6: 3}, {2: 3, 4: 5, NEVER: 4}])
def test_every_estimator_follows_its_definition(
    estimand, estimator, beta, last_only, n_strata, sizes
):
    sample = random_sample(np.random.default_rng(7), sizes, 7, n_strata=n_strata)
    fit = estimate(cell_moments(sample.outcomes["y"], lay_out(sample)), estimator, estimand)
    value, se = slow_estimate(sample, estimand, beta, last_only)
    assert fit.estimate == pytest.approx(value, abs=1e-12)
    assert fit.se_neyman == pytest.approx(se, abs=1e-12)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.floats(-5, 5))
def test_a_constant_effect_added_to_trained_cells_moves_the_unadjusted_estimate_by_it(seed, effect):
    sample = random_sample(np.random.default_rng(seed), {3: 5, 5: 5, NEVER: 5}, 6)
    trained = np.arange(1, 7) >= sample.wave[:, None]
    moved = make_sample(sample.outcomes["y"] + effect * trained, sample.wave)
    for estimator in ("callaway_santanna", "sun_abraham", "difference_in_means"):
        before, after = (
            estimate(cell_moments(s.outcomes["y"], lay_out(s)), estimator, "simple")
            for s in (sample, moved)
        )
        assert after.estimate - before.estimate == pytest.approx(effect, abs=1e-9)
        assert after.baseline_mean == pytest.approx(before.baseline_mean, abs=1e-9)


def test_the_efficient_weight_has_the_smallest_neyman_error():
    sample = random_sample(np.random.default_rng(3), {4: 20, 6: 20, 9: 20}, 9)
    moments = cell_moments(sample.outcomes["y"], lay_out(sample))
    best = estimate(moments, "efficient", "simple")
    assert best.se_neyman <= estimate(moments, "callaway_santanna", "simple").se_neyman
    assert best.se_neyman <= estimate(moments, "difference_in_means", "simple").se_neyman


def test_baseline_is_the_trained_mean_less_the_estimate():
    y = [[2, 2, 6, 6], [2, 2, 8, 8], [2, 2, 3, 3], [2, 2, 5, 5]]
    sample = make_sample(y, [3, 3, NEVER, NEVER])
    fit = estimate(cell_moments(sample.outcomes["y"], lay_out(sample)), "efficient", "simple")
    assert (fit.estimate, fit.baseline_mean, fit.beta) == (3.0, 4.0, 0.0)


def test_without_variation_before_training_the_efficient_weight_is_zero():
    y = np.zeros((8, 5))
    y[:, 4] = range(8)
    sample = make_sample(y, [3, 3, 3, 4, 4, NEVER, NEVER, NEVER])
    fit = estimate(cell_moments(y, lay_out(sample)), "efficient", "simple")
    assert fit.beta == 0.0
    assert np.isfinite([fit.estimate, fit.se, fit.se_neyman]).all()
