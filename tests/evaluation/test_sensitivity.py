from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize

from stepdown.evaluation.moments import lay_out
from stepdown.evaluation.robustness import per_exposure
from stepdown.evaluation.sensitivity import (
    multiplicative_fit,
    placebo,
    poisson,
    spillover,
    without_top,
)
from stepdown.incidents.panel import NEVER

from .rollouts import make_sample, random_sample

HOW = ("efficient", "simple")


def test_the_rates_are_those_of_greatest_likelihood():
    rng = np.random.default_rng(1)
    exposure = rng.uniform(5, 20, (4, 6)) * (np.arange(6) < np.array([2, 4, 5, 6])[:, None])
    total = rng.poisson(0.4 * exposure).astype(float)

    def loss(parameters):
        rate = np.exp(parameters[:4, None] + parameters[4:])
        return (exposure * rate - total * np.log(rate)).sum()

    best = minimize(loss, np.zeros(10), method="BFGS", options={"gtol": 1e-9}).x
    assert multiplicative_fit(total, exposure) == pytest.approx(
        np.exp(best[:4, None] + best[4:]), rel=1e-4
    )


def test_a_wave_without_events_has_no_rate():
    fitted = multiplicative_fit(np.array([[0.0, 0.0], [3.0, 5.0]]), np.ones((2, 2)))
    assert fitted.tolist() == [[0, 0], [3, 5]]


def test_a_share_taken_off_everybody_is_found_by_the_model_of_rates():
    sample = random_sample(np.random.default_rng(2), {4: 300, 7: 300, NEVER: 300}, 10, rate=2.0)
    rng = np.random.default_rng(3)
    trained = np.arange(1, 11) >= sample.wave[:, None]
    y = np.where(trained, rng.binomial(sample.outcomes["y"].astype(int), 0.7), sample.outcomes["y"])
    found = poisson(make_sample(y, sample.wave), "y", "simple")
    assert found.percent_low < -30 < found.percent_high
    assert found.percent_high < -15
    assert found.ci_low < found.estimate < found.ci_high < 0


def test_the_model_of_rates_covers_no_effect_at_about_its_level():
    """Fixed frail people, redrawn waves: the jackknife keeps one person's counts together."""
    rng = np.random.default_rng(4)
    people = random_sample(rng, {3: 60, 5: 60, NEVER: 60}, 6, rate=1.0)
    covered = 0
    for _ in range(300):
        found = poisson(
            make_sample(people.outcomes["y"], rng.permutation(people.wave)), "y", "simple"
        )
        covered += found.percent_low <= 0 <= found.percent_high
    assert 0.91 <= covered / 300 <= 0.985


def test_where_a_wave_never_had_an_event_the_model_of_rates_says_so():
    y = np.zeros((12, 4))
    y[4:, 0] = 1
    found = poisson(make_sample(y, np.repeat([3, 4, NEVER], 4)), "y", "simple")
    assert found.estimate is None
    assert found.reason


def test_placebo_dates_show_nothing_on_average_and_what_is_there_before():
    rng = np.random.default_rng(5)
    people = random_sample(rng, {7: 40, 9: 40, NEVER: 40}, 10, rate=1.0)
    values = [
        placebo(make_sample(people.outcomes["y"], rng.permutation(people.wave)), "y", *HOW)
        for _ in range(200)
    ]
    estimates = np.array([v.estimate for v in values])
    assert abs(estimates.mean()) < 3 * estimates.std() / 200**0.5
    drifting = people.outcomes["y"] + 0.8 * np.arange(10) * (people.wave < NEVER)[:, None]
    assert placebo(make_sample(drifting, people.wave), "y", *HOW).ci_low > 0


def test_placebo_dates_use_no_period_after_the_first_training():
    people = random_sample(np.random.default_rng(6), {5: 20, 7: 20, NEVER: 20}, 8)
    changed = people.outcomes["y"].copy()
    changed[:, 4:] += 100
    found = [
        placebo(make_sample(y, people.wave), "y", *HOW) for y in (people.outcomes["y"], changed)
    ]
    assert found[0] == found[1]


def test_too_short_a_past_has_no_placebo():
    people = random_sample(np.random.default_rng(7), {2: 20, 4: 20, NEVER: 20}, 6)
    assert placebo(people, "y", *HOW).reason == "fewer than two periods before"


def test_the_busiest_are_chosen_by_what_training_cannot_have_changed():
    people = random_sample(np.random.default_rng(8), {4: 50, 6: 50, NEVER: 50}, 8)
    y = people.outcomes["y"].copy()
    y[0, 0] = 500  # before anybody is trained
    outlier = without_top(make_sample(y, people.wave), "y", *HOW)
    y[0, 0] = 0
    calm = without_top(make_sample(y, people.wave), "y", *HOW)
    assert abs(outlier.estimate - calm.estimate) < 0.2


@pytest.mark.parametrize("moved", [True, False])
def test_a_rate_is_called_descriptive_where_training_moved_the_exposure(moved):
    rng = np.random.default_rng(9)
    people = random_sample(rng, {3: 60, 5: 60, NEVER: 60}, 7, rate=1.0)
    hours = rng.uniform(90, 110, people.outcomes["y"].shape)
    if moved:
        hours *= np.where(np.arange(1, 8) >= people.wave[:, None], 0.5, 1.0)
    sample = make_sample(people.outcomes["y"], people.wave, exposure=hours)
    rate, _ = per_exposure(sample, "y", lay_out(sample), *HOW)
    assert rate.remark.startswith("Descriptive only") is moved


def squads(rng, spill, n_squads=60, size=5, periods=8):
    """People of squads; the counts of the untrained move with the share of the others trained."""
    n = n_squads * size
    group = np.repeat(np.arange(n_squads), size)
    wave = rng.permutation(np.repeat([3, 5, NEVER], n // 3))
    trained = np.arange(1, periods + 1) >= wave[:, None]
    level = rng.gamma(3.0, 1.0, n_squads)[group][:, None]  # squads differ
    share = np.stack([
        (np.bincount(group, trained[:, t])[group] - trained[:, t]) / (size - 1)
        for t in range(periods)
    ], axis=1)  # fmt: skip
    y = rng.poisson(np.maximum(level + spill * share - 0.5 * trained, 0.01)).astype(float)
    return replace(make_sample(y, wave), group=group)


def test_what_the_others_training_does_to_the_untrained_is_found():
    found = spillover(squads(np.random.default_rng(1), -1.5, n_squads=600), "y")
    assert found.ci_low < -1.5 < found.ci_high
    assert found.ci_high < 0


def test_without_spillover_its_interval_holds_zero_at_about_its_level():
    rng = np.random.default_rng(2)
    held = [spillover(squads(rng, 0.0), "y") for _ in range(300)]
    assert 0.90 <= np.mean([h.ci_low <= 0 <= h.ci_high for h in held]) <= 0.985


def test_without_enough_groups_spillover_is_not_estimated():
    few = squads(np.random.default_rng(3), 0.0, n_squads=9)
    assert "fewer than 10" in spillover(few, "y").reason
    assert "no groups" in spillover(replace(few, group=None), "y").reason
