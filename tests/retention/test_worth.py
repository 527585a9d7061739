from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import lognorm

from stepdown.retention.held import Held, chance_held, days_held
from stepdown.retention.memory import retention, skill_days
from stepdown.retention.worth import amount, gain, worth


def known(lasts, since, sd=0.05, growth=1e-9, decay=0.5):
    """Skills of one person that last so many days, so many days after their teaching."""
    k = len(lasts)
    return Held(
        ("a",), tuple(f"t{n}" for n in range(k)), np.zeros(k, int), np.arange(k),
        np.log(np.array(lasts, float)), np.full(k, sd**2), np.array(since, float),
        np.full(k, growth), np.full(k, decay), 0.8,
    )  # fmt: skip


@pytest.mark.parametrize("decay", [0.2, 0.5, 0.8, 1.0, 1.7])
def test_days_of_skill_are_the_area_under_the_curve(decay):
    area = quad(lambda t: retention(t, 90.0, decay), 0, 400)[0]
    assert skill_days(400.0, 90.0, decay) == pytest.approx(area)


@pytest.mark.parametrize("t", [1.0, 100.0, 365.0, 2000.0])
def test_days_held_are_the_area_under_the_chance(t):
    area = quad(lambda u: lognorm.sf(u, 0.7, scale=200), 0, t, limit=200)[0]
    found = days_held(np.array([t]), np.array([np.log(200)]), np.array([0.49]))[0]
    assert found == pytest.approx(area, rel=1e-6)
    assert chance_held(np.array([t]), np.array([np.log(200)]), np.array([0.49]))[0] == (
        pytest.approx(lognorm.sf(t, 0.7, scale=200))
    )


def test_right_after_a_refresher_another_is_worth_nothing():
    given = known([200], [0])
    assert worth(given, 0.0, "skill") == pytest.approx([0.0], abs=1e-9)
    assert worth(given, 0.0, "standard") == pytest.approx([0.0], abs=1e-9)


def test_a_skill_that_is_still_held_can_wait_and_one_that_fell_is_worth_the_days_it_lasts():
    given = known([200, 200], [100, 260])
    held, fallen = worth(given, 0.0, "standard")
    assert held < 1
    assert fallen == pytest.approx(200, rel=0.02)


def test_for_mean_skill_who_forgets_soon_is_not_given_up():
    given = known([100, 800], [365, 365])
    soon, late = worth(given, 0.0, "skill")
    assert soon > 0.5 * late
    soon, late = worth(known([100, 800], [900, 900]), 0.0, "standard")
    assert soon < 0.2 * late


def test_a_refresher_that_makes_skill_last_is_worth_more():
    plain, growing = known([200], [300]), known([200], [300], growth=1.0)
    assert worth(growing, 0.0)[0] > 1.2 * worth(plain, 0.0)[0]


def test_refreshing_by_worth_at_one_price_is_the_best_there_is():
    """Held against the best cycles for a price, found by trying all."""
    given = known([60, 200, 500], [0, 0, 0], sd=0.3)
    days = np.arange(5.0, 3000.0, 5.0)
    for aim in ("skill", "standard"):
        value = np.array([worth(given, t, aim) for t in days])
        rate = np.array([_cycle(given, t, aim) / t for t in days])
        price = 40.0
        best = days[np.argmax(rate - price / days[:, None], axis=0)]
        for k in range(3):
            reached = days[value[:, k] >= price]
            never = (rate - price / days[:, None])[:, k].max() <= 1e-3
            assert never or abs(best[k] - reached[0]) <= 10


def _cycle(given, t, aim):
    if aim == "standard":
        return days_held(np.full(3, t), given.log_mean, given.log_var)
    stability, chances = given.stability()
    return skill_days(t, stability, given.decay[:, None]) @ chances


def test_the_amount_held_falls_with_time_and_of_nobody_is_nothing():
    given = known([200, 400], [0, 0])
    for aim in ("skill", "standard"):
        assert amount(given, 0.0, aim) == pytest.approx(1.0)
        assert amount(given, 900.0, aim) < amount(given, 300.0, aim) < 1
    nobody = replace(
        given, person=np.zeros(0, int), technique=np.zeros(0, int), log_mean=np.zeros(0),
        log_var=np.zeros(0), since=np.zeros(0),
    )  # fmt: skip
    assert amount(nobody) == 0.0


@pytest.mark.parametrize("aim", ["skill", "standard"])
@pytest.mark.parametrize("days", [0.0, 200.0])
def test_the_gain_is_the_area_between_with_and_without_over_a_year(aim, days):
    given = known([60, 200, 900], [10, 300, 700], sd=0.5, growth=0.8)
    refreshed = given.refreshed(np.ones(3, bool), days)
    held = "expected" if aim == "skill" else "chance"
    for n in range(3):
        with_it, without = (
            quad(lambda t, one=one, at=at, n=n: getattr(one, held)(at + t)[n], 0, 365, limit=200)[0]
            for one, at in ((refreshed, 0.0), (given, days))
        )
        assert gain(given, days, aim)[n] == pytest.approx(with_it - without, rel=1e-4)
