import numpy as np
import pytest

from stepdown.evaluation.estimators import estimate
from stepdown.evaluation.moments import cell_moments, lay_out
from stepdown.evaluation.power import (
    LOOK_AHEAD,
    detectable_effect,
    more_periods_needed,
    periods_worth_searching,
)
from stepdown.incidents.panel import NEVER

from .rollouts import make_sample, random_sample


def paths(rng, n, n_periods):
    return rng.poisson(rng.gamma(2.0, 0.5, (n, 1)), (n, n_periods)).astype(float)


def needed(y, due, threshold):
    sample = make_sample(y, due)
    moments = cell_moments(sample.outcomes["y"], lay_out(sample))
    se = estimate(moments, "efficient", "simple").se_neyman
    ahead = periods_worth_searching(sample.due, sample.n_periods, "month")
    return more_periods_needed(moments, sample.due, "simple", se, threshold, ahead), se


def test_detectable_effect_is_the_textbook_multiple_of_the_standard_error():
    assert detectable_effect(1.0) == pytest.approx(1.959964 + 0.841621, abs=1e-5)


def test_a_true_effect_of_that_size_is_found_four_times_in_five():
    rng = np.random.default_rng(8)
    found, repetitions = 0, 500
    for _ in range(repetitions):
        draw = rng.normal(detectable_effect(1.0), 1.0)
        found += abs(draw) > 1.959964
    assert found / repetitions == pytest.approx(0.8, abs=4 * np.sqrt(0.16 / repetitions))


@pytest.mark.parametrize(
    ("due", "worth"),
    [
        ([3.0, 5.0], 0),
        ([3.0, 9.0], 0),
        ([3.0, 12.0], 3),
        ([3.0, NEVER], LOOK_AHEAD["month"]),
        ([3.0, 500.0], LOOK_AHEAD["month"]),
    ],
)
def test_waiting_is_worth_it_only_while_somebody_is_untrained(due, worth):
    assert periods_worth_searching(np.array(due), now=8, kind="month") == worth


def test_after_the_last_wave_no_number_of_periods_helps():
    y, due = paths(np.random.default_rng(1), 60, 8), np.repeat([3, 5, 7], 20)
    se_now = needed(y, due, -1e9)[1]
    assert needed(y, due, -0.99 * detectable_effect(se_now))[0] is None


def test_the_forecast_agrees_with_the_standard_error_that_comes_true():
    rng = np.random.default_rng(4)
    due = np.repeat([5.0, 8.0, 14.0, NEVER], 150)
    now, later = 10, 14
    y = paths(rng, 600, later)
    full = make_sample(y, due)
    se_later = estimate(
        cell_moments(full.outcomes["y"], lay_out(full)), "efficient", "simple"
    ).se_neyman
    threshold = detectable_effect(se_later)
    more, se_now = needed(y[:, :now], due, -threshold)
    assert detectable_effect(se_now) > threshold
    assert more is not None
    assert abs(more - (later - now)) <= 3


def test_where_people_differ_for_good_waiting_does_not_shrink_the_error_like_a_root_of_n():
    rng = np.random.default_rng(4)
    level = rng.gamma(0.3, 4.0, (200, 1))
    y = rng.poisson(level, (200, 6)).astype(float)
    due = np.repeat([4.0, NEVER], 100)
    se = needed(y, due, -1.0)[1]
    # By the root of n, 0.6 of today's error would take 6 / 0.36 = 17 periods in all.
    assert needed(y, due, -detectable_effect(0.6 * se))[0] is None


def test_a_rollout_that_can_tell_already_needs_no_more_periods():
    sample = random_sample(np.random.default_rng(1), {4: 40, 8: 40, NEVER: 40}, 6)
    moments = cell_moments(sample.outcomes["y"], lay_out(sample))
    assert more_periods_needed(moments, sample.due, "simple", 0.1, -0.3, 12) == 0
    assert more_periods_needed(moments, sample.due, "simple", 0.1, -0.27, 12) != 0
