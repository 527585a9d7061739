import numpy as np
import pytest

from stepdown.evaluation.estimators import estimate
from stepdown.evaluation.moments import cell_moments, lay_out
from stepdown.evaluation.results import BreakAt
from stepdown.evaluation.robustness import (
    around_breaks,
    leave_one_wave_out,
    linearised_rate,
    per_exposure,
    percent_of,
    pre_trend,
)
from stepdown.incidents.panel import NEVER

from .rollouts import make_sample, random_sample


def fit(sample):
    moments = cell_moments(sample.outcomes["y"], lay_out(sample))
    return estimate(moments, "efficient", "simple")


def test_around_a_break_the_estimate_uses_only_its_side():
    sample = random_sample(np.random.default_rng(1), {3: 20, 6: 20, 9: 20}, 9)
    brk = BreakAt(label="5", period=5, note="new form")
    before, after = around_breaks(sample, "y", [brk], "efficient", "simple")
    assert before.estimate == pytest.approx(fit(sample.window(1, 4)).estimate)
    assert after.estimate == pytest.approx(fit(sample.window(5, 9)).estimate)
    assert (before.kind, after.kind) == ("break_before", "break_after")


def test_two_breaks_leave_three_stretches_that_share_no_period():
    sizes = {3: 20, 6: 20, 9: 20, 12: 20, NEVER: 20}
    sample = random_sample(np.random.default_rng(2), sizes, 13)
    breaks = [BreakAt(label=str(p), period=p, note="new form") for p in (10, 5)]
    rows = around_breaks(sample, "y", breaks, "efficient", "simple")
    assert [r.kind for r in rows] == ["break_before", "break_between", "break_after"]
    assert [r.label for r in rows] == [
        "Only before 5", "Only from 5 to before 10", "Only from 10 on",
    ]  # fmt: skip
    for row, (first, last) in zip(rows, ((1, 4), (5, 9), (10, 13)), strict=True):
        assert row.estimate == pytest.approx(fit(sample.window(first, last)).estimate)


@pytest.mark.parametrize(
    ("period", "side", "reason"),
    [(3, 0, "fewer than two waves"), (9, 1, "too few periods"), (7, 1, "fewer than two waves")],
)
def test_where_a_side_of_a_break_cannot_be_estimated_the_row_says_why(period, side, reason):
    sample = random_sample(np.random.default_rng(1), {3: 20, 6: 20, 9: 20}, 9)
    row = around_breaks(
        sample, "y", [BreakAt(label="x", period=period, note="")], "efficient", "simple"
    )[side]
    assert row.estimate is None
    assert reason in row.reason


def test_with_equal_exposure_the_rate_is_the_count_over_it():
    sample = random_sample(np.random.default_rng(3), {3: 15, 5: 15, NEVER: 15}, 6)
    y = sample.outcomes["y"]
    with_hours = make_sample(y, sample.wave, exposure=np.full(y.shape, 160.0))
    rate, hours = per_exposure(with_hours, "y", lay_out(sample), "efficient", "simple")
    assert rate.estimate * 160 == pytest.approx(fit(sample).estimate)
    assert rate.se_neyman * 160 == pytest.approx(fit(sample).se_neyman)
    assert (hours.estimate, hours.reason) == (None, "it does not vary")


def test_a_rate_is_counts_over_exposure_with_its_delta_method_error():
    rng = np.random.default_rng(5)
    n = 400
    hours = rng.uniform(50, 200, (n, 2))
    y = rng.poisson(hours * 0.02).astype(float)
    sample = make_sample(y, [2.0] * n, exposure=hours)
    paths = linearised_rate(y, hours, lay_out(sample))
    assert paths.mean(axis=0) == pytest.approx(y.sum(axis=0) / hours.sum(axis=0))
    resamples = rng.integers(0, n, (4000, n))
    bootstrap = y[resamples, 0].sum(axis=1) / hours[resamples, 0].sum(axis=1)
    assert paths[:, 0].std(ddof=1) / np.sqrt(n) == pytest.approx(bootstrap.std(), rel=0.06)


def test_a_wave_without_exposure_has_no_rate():
    hours = np.ones((6, 3))
    hours[:3, 1] = 0
    sample = make_sample(np.tile([0, 0, 1], (6, 1)), [2] * 3 + [NEVER] * 3, exposure=hours)
    rate, _ = per_exposure(sample, "y", lay_out(sample), "efficient", "simple")
    assert rate.estimate is None
    assert "no exposure" in rate.reason


def test_leaving_out_a_wave_is_estimating_without_its_units():
    sample = random_sample(np.random.default_rng(2), {3: 8, 5: 9, 7: 10, NEVER: 11}, 8, n_strata=2)
    moments = cell_moments(sample.outcomes["y"], lay_out(sample))
    for k, g in enumerate(moments.waves):
        without = sample.select(sample.wave != g)
        assert estimate(moments.without_wave(k), "efficient", "simple").estimate == pytest.approx(
            fit(without).estimate
        )
    labels = ["a", "b", "c", "d"]
    found = leave_one_wave_out(moments, labels, "efficient", "simple")
    assert found.smallest < found.largest
    assert {found.smallest_without, found.largest_without} <= set(labels)


def test_with_two_waves_none_can_be_left_out():
    sample = random_sample(np.random.default_rng(2), {3: 8, NEVER: 8}, 5)
    moments = cell_moments(sample.outcomes["y"], lay_out(sample))
    assert leave_one_wave_out(moments, ["a", "b"], "efficient", "simple") is None


def test_a_trend_before_training_is_found():
    rng = np.random.default_rng(2)
    trend = np.where(np.arange(60)[:, None] < 30, 0.5 * np.arange(12), 0.0)
    sample = make_sample(rng.normal(trend, 0.1), [8] * 30 + [NEVER] * 30)
    row, *quarters = pre_trend(cell_moments(sample.outcomes["y"], lay_out(sample)))
    assert row.ci_high < 0
    assert "jointly: p = 0" in row.remark or float(row.remark.split("= ")[1]) < 1e-6
    assert [q.label[-22:] for q in quarters] == [" 2 to 4 periods before", " 5 to 7 periods before"]
    assert quarters[1].estimate < quarters[0].estimate < 0


def test_without_a_trend_the_joint_test_rejects_as_often_as_it_says():
    rng = np.random.default_rng(3)
    low = 0
    for _ in range(400):
        y = rng.normal(0, 1, (80, 12)) + rng.normal(0, 1, (80, 1))
        moments = cell_moments(y, lay_out(make_sample(y, [9] * 40 + [NEVER] * 40)))
        low += float(pre_trend(moments)[0].remark.split("= ")[1]) <= 0.05
    assert 0.02 <= low / 400 <= 0.095


def test_one_period_before_training_shows_no_trend_and_says_so():
    sample = random_sample(np.random.default_rng(2), {2: 8, NEVER: 8}, 5)
    assert pre_trend(cell_moments(sample.outcomes["y"], lay_out(sample)))[0].reason


def test_percent_needs_a_positive_baseline():
    assert percent_of(-1.0, 4.0) == -25.0
    assert percent_of(-1.0, 0.0) is None
    assert percent_of(-1.0, -2.0) is None
