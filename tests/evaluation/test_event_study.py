import numpy as np
import pytest
from scipy.stats import norm

from stepdown.evaluation.estimators import estimate
from stepdown.evaluation.event_study import _sup_t, event_study
from stepdown.evaluation.moments import cell_moments, lay_out
from stepdown.incidents.panel import NEVER

from .rollouts import make_sample, random_sample


def curve(sample, randomized=True, seed=1):
    return event_study(
        cell_moments(sample.outcomes["y"], lay_out(sample)), randomized=randomized, seed=seed
    )


def test_every_lag_with_somebody_still_untrained_is_estimated():
    sample = random_sample(np.random.default_rng(1), {3: 10, 5: 10, 8: 10}, 9)
    assert [row.lag for row in curve(sample).rows] == [0, 1, 2, 3, 4]
    assert [row.n_units for row in curve(sample).rows] == [20, 20, 20, 10, 10]


def test_the_band_is_wider_than_the_interval_and_narrower_than_bonferroni():
    sample = random_sample(np.random.default_rng(1), {3: 30, 5: 30, NEVER: 30}, 9)
    found = curve(sample)
    bonferroni = norm.ppf(1 - 0.025 / len(found.rows))
    assert norm.ppf(0.975) < found.critical_value < bonferroni + 0.03
    for row in found.rows:
        assert row.band_low <= row.ci_low <= row.estimate <= row.ci_high <= row.band_high


def test_with_a_single_lag_the_band_is_the_interval():
    sample = random_sample(np.random.default_rng(1), {3: 30, NEVER: 30}, 3)
    assert curve(sample).critical_value == pytest.approx(norm.ppf(0.975), abs=0.04)


def test_independent_lags_need_the_sidak_multiplier():
    # Outcomes of different periods are independent draws, so lags are nearly independent when
    # each is compared without adjustment; the efficient weight adds only a small common part.
    rng = np.random.default_rng(3)
    sample = make_sample(rng.poisson(1.0, (4000, 42)), [2] * 2000 + [NEVER] * 2000)
    n_lags = 41
    sidak = norm.ppf((1 + 0.95 ** (1 / n_lags)) / 2)
    assert curve(sample).critical_value == pytest.approx(sidak, abs=0.05)


def test_observational_timing_shows_the_trend_before_training():
    rng = np.random.default_rng(2)
    trend = np.where(np.arange(40)[:, None] < 20, 0.5 * np.arange(12), 0.0)
    sample = make_sample(rng.normal(trend, 0.1), [8] * 20 + [NEVER] * 20)
    rows = {row.lag: row for row in curve(sample, randomized=False).rows}
    assert min(rows) == -7
    assert -1 not in rows  # the reference
    assert rows[-5].estimate == pytest.approx(-2.0, abs=0.15)
    assert rows[2].estimate == pytest.approx(1.5, abs=0.15)


def test_a_lag_whose_variance_rounds_below_zero_is_left_out_of_the_band():
    covariance = np.array([[1.0, 0.0], [0.0, -1e-20]])
    assert _sup_t(covariance, seed=1) == pytest.approx(norm.ppf(0.975), abs=0.04)
    assert _sup_t(-1e-20 * np.eye(2), seed=1) is None


def test_an_event_study_of_one_wave_averages_to_the_simple_effect():
    sample = random_sample(np.random.default_rng(5), {4: 25, NEVER: 25}, 9)
    moments = cell_moments(sample.outcomes["y"], lay_out(sample))
    unadjusted = estimate(moments, "callaway_santanna", "simple").estimate
    rows = [r for r in curve(sample, randomized=False).rows if r.lag >= 0]
    assert np.mean([row.estimate for row in rows]) == pytest.approx(unadjusted)


def test_bands_cover_the_whole_curve_as_often_as_they_say():
    rng = np.random.default_rng(12)
    y = rng.poisson(rng.gamma(1.0, 1.0, (90, 1)), (90, 9)).astype(float)
    inside, repetitions = 0, 200
    for _ in range(repetitions):
        sample = make_sample(y, rng.permutation(np.repeat([4, 6, NEVER], 30)))
        inside += all(row.band_low <= 0 <= row.band_high for row in curve(sample).rows)
    assert inside / repetitions >= 0.95 - 3.3 * np.sqrt(0.95 * 0.05 / repetitions)
