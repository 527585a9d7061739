import numpy as np
import pytest

from stepdown.evaluation.evaluate import evaluate_study
from stepdown.evaluation.leaving import (
    _trimmed,
    bounds,
    follow,
    followed_tests,
    leaving_of,
    same_side,
)
from stepdown.evaluation.sample import draw_sample
from stepdown.incidents.panel import NEVER, Panel

from .plans import plan, write_study


def rows(leave, effect=0.0, seed=3, n=40):
    """Return `n` officers a wave over ten months; `leave(wave, number)` is the last month there."""
    rng = np.random.default_rng(seed)
    found = []
    for wave in ("4", "6", "never"):
        for number in range(n):
            level = rng.gamma(4.0, 0.75)
            for t in range(1, leave(wave, number) + 1):
                count = rng.poisson(level)
                if wave != "never" and t >= int(wave):
                    count = rng.binomial(count, 1 - effect)
                found.append(
                    {"officer": f"{wave}-{number:02d}", "month": t, "wave": wave,
                     "force": int(count)}
                )  # fmt: skip
    return found


def run(tmp_path, panel, **options):
    study = plan()
    return evaluate_study(
        write_study(tmp_path, study, panel), **{"draws": 300, "seed": 1, **options}
    )


def one_in_ten(wave, number):
    return 7 if number % 10 == 0 else 10


def trained_leave(wave, number):
    return 7 if wave != "never" and number % 3 == 0 else 10


def test_leaving_alike_in_all_waves_takes_no_verdict_away(tmp_path):
    found = run(tmp_path, rows(one_in_ten, effect=0.6))
    assert (found.leaving.at_start, found.leaving.left) == (120, 12)
    assert [w.share_left for w in found.leaving.waves] == [0.1, 0.1, 0.1]
    assert found.leaving.differs is False
    assert found.outcomes[0].verdict.code == "works"


def test_leaving_that_differs_by_wave_ends_every_claim(tmp_path):
    found = run(tmp_path, rows(trained_leave, effect=0.6))
    assert found.leaving.differs is True
    assert found.leaving.estimate > 0
    assert found.outcomes[0].verdict.code == "cannot_tell"
    assert found.outcomes[0].verdict.reason == "leaving"
    assert any("different rates" in warning for warning in found.warnings)


def test_the_departments_total_counts_zero_after_leaving(tmp_path):
    found = run(tmp_path, rows(trained_leave))
    total = next(r for r in found.outcomes[0].robustness if r.kind == "zero_after_leaving")
    assert total.estimate < found.outcomes[0].deciding.estimate - 0.1


def test_without_leavers_nothing_is_said(tmp_path):
    found = run(tmp_path, rows(lambda wave, number: 10))
    assert found.leaving is None
    kinds = {row.kind for row in found.outcomes[0].robustness}
    assert not kinds & {"zero_after_leaving", "leaving_bound"}


def test_nobody_drew_lots_nobody_tests(tmp_path):
    study = plan()
    study["design"]["assignment"] = "observational"
    found = evaluate_study(write_study(tmp_path, study, rows(trained_leave)), draws=99, seed=1)
    assert found.leaving.differs is None
    assert found.leaving.p_value is None


def test_where_as_many_left_everywhere_the_bounds_are_the_estimate(tmp_path):
    found = run(tmp_path, rows(one_in_ten, effect=0.3)).outcomes[0]
    low, high = (r.estimate for r in found.robustness if r.kind == "leaving_bound")
    assert low == pytest.approx(found.deciding.estimate)
    assert high == pytest.approx(found.deciding.estimate)


def test_the_bounds_hold_the_estimate_between_them(tmp_path):
    found = run(tmp_path, rows(trained_leave)).outcomes[0]
    low, high = (r.estimate for r in found.robustness if r.kind == "leaving_bound")
    assert low < found.deciding.estimate < high


def test_trimming_takes_the_least_pull_of_each_wave():
    pull, wave = np.array([5.0, 1, 3, 2, 9, 7]), np.array([0, 0, 0, 0, 1, 1])
    kept = _trimmed(pull, wave, np.array([0.5, 0.0]))
    assert kept.tolist() == [True, False, True, False, True, True]


def test_the_bounds_contain_what_nobody_leaving_would_have_shown():
    """One in four of the trained waves leaves, the worst first; the truth is no effect."""
    rng = np.random.default_rng(1)
    inside = 0
    for _ in range(20):
        n, periods = 300, 8
        y = rng.poisson(rng.gamma(1.0, 1.0, n)[:, None], (n, periods)).astype(float)
        dates = rng.permutation(np.repeat([3.0, 5.0, NEVER], n // 3))
        leaves = np.zeros(n, bool)
        for g in (3.0, 5.0):
            members = np.flatnonzero(dates == g)
            leaves[members[np.argsort(-y[members].sum(axis=1))[: n // 12]]] = True
        present = np.ones((n, periods), bool)
        present[leaves, -1] = False
        panel = Panel(
            units=np.array([f"{i:03d}" for i in range(n)], object),
            period_labels=tuple(map(str, range(1, periods + 1))),
            counts={"y": np.where(present, y, 0.0)}, present=present, assigned=dates, trained=None,
            exposure=None, strata=None, cluster=None, files=(), account=(),
        )  # fmt: skip
        sample, _ = draw_sample(panel, dates, level="unit", blank_is_never=False)
        followed = follow(panel, dates, level="unit", blank_is_never=False)
        low, high = bounds(followed, sample, "y", "efficient", "simple")
        inside += low.ci_low <= 0 <= high.ci_high
    assert inside >= 18  # 95 % intervals around each bound


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("works", "works_size_unclear", True),
        ("works", "no_worthwhile_effect", False),
        ("not_worse", "not_worse", True),
        ("not_worse", "cannot_tell", False),
        ("harm", "works", False),
    ],
)
def test_verdicts_agree_when_they_claim_the_same(one, other, same):
    assert same_side(one, other) is same


def test_leaving_by_chance_is_called_different_in_about_five_percent():
    """Fixed leavers, redrawn waves: both tests together keep their level."""
    rng = np.random.default_rng(2)
    n, periods, alarms, reps = 90, 6, 0, 300
    when = np.where(rng.random(n) < 0.3, rng.integers(2, periods, n), periods)
    present = np.arange(1, periods + 1) <= when[:, None]
    y = rng.poisson(1.0, (n, periods)).astype(float)
    for seed in range(reps):
        dates = rng.permutation(np.repeat([3.0, 5.0, NEVER], n // 3))
        panel = Panel(
            units=np.array([f"{i:03d}" for i in range(n)], object),
            period_labels=tuple(map(str, range(1, periods + 1))),
            counts={"y": np.where(present, y, 0.0)}, present=present, assigned=dates, trained=None,
            exposure=None, strata=None, cluster=None, files=(), account=(),
        )  # fmt: skip
        followed = follow(panel, dates, level="unit", blank_is_never=False)
        tests = followed_tests(followed, [], "simple", draws=199, seed=seed)
        found = leaving_of(followed, tests, ["3", "5", "never"], "efficient", "simple")
        alarms += found.differs
    assert alarms / reps < 0.085  # 99 % binomial limit above 5 %
