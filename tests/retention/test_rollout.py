import datetime as dt
from collections import Counter
from dataclasses import replace

import pytest

from stepdown.problems import InputProblems
from stepdown.retention.rollout import ALGORITHM, Assigned, draw, redraw
from stepdown.retention.rollout_plan import DrawnUnit, RolloutPlan, Wave, cells, even_waves

DRAWN = dt.datetime(2026, 1, 15, 10, tzinfo=dt.UTC)
FIRST = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
STARTS = (dt.date(2026, 3, 2), dt.date(2026, 6, 1), dt.date(2026, 9, 1), None)


def plan(units=12, strata=("",), starts=STARTS):
    drawn = tuple(DrawnUnit(f"U{n:02d}", strata[n % len(strata)]) for n in range(units))
    return RolloutPlan(drawn, even_waves(units, starts))


def drawn(seed=17, **given):
    return draw(plan(**given), seed, DRAWN, FIRST)


def test_every_unit_gets_one_wave_and_every_wave_its_size():
    found = drawn(units=14)
    assert [a.unit for a in found.assigned] == [f"U{n:02d}" for n in range(14)]
    assert Counter(a.wave for a in found.assigned) == {1: 4, 2: 4, 3: 3, 4: 3}
    assert {a.due for a in found.assigned} == set(STARTS)


def test_the_same_seed_gives_the_same_draw_in_whatever_order_units_are_given():
    one = drawn(units=20)
    turned = replace(plan(units=20), units=tuple(reversed(plan(units=20).units)))
    assert draw(turned, 17, DRAWN, FIRST) == one
    assert draw(turned, 18, DRAWN, FIRST).assigned != one.assigned


def test_the_draw_is_the_one_that_is_described_and_stays_so():
    """Anybody can redo it: sort by SHA-256 of ["17","","U00"] and fill the waves."""
    import hashlib

    units = sorted(
        (f"U{n:02d}" for n in range(8)),
        key=lambda u: hashlib.sha256(f'["17","","{u}"]'.encode()).hexdigest(),
    )
    found = drawn(units=8)
    assert [u for w in (1, 2, 3, 4) for u in units if found.of(u).wave == w] == units
    assert found.algorithm == ALGORITHM == "sha256-sort-1"
    assert found.of("U00") == Assigned("U00", "", 1, dt.date(2026, 3, 2))


def test_within_its_stratum_every_unit_is_equally_likely_in_each_wave():
    """2,000 seeds; chi-square of unit by wave within a stratum, 99.9 % quantile."""
    from scipy.stats import chi2

    given = RolloutPlan(
        tuple(DrawnUnit(f"U{n}", "a" if n < 9 else "b") for n in range(15)),
        (Wave(STARTS[0], 5), Wave(STARTS[1], 5), Wave(None, 5)),
    )
    sizes = cells(given)
    assert sizes == {("a", 1): 3, ("a", 2): 3, ("a", 3): 3, ("b", 1): 2, ("b", 2): 2, ("b", 3): 2}
    hits = Counter()
    seeds = 2000
    for seed in range(seeds):
        hits.update((a.unit, a.stratum, a.wave) for a in draw(given, seed, DRAWN, FIRST).assigned)
    for stratum, units in (("a", 9), ("b", 6)):
        statistic = sum(
            (hits[f"U{n}", stratum, w] - seeds / 3) ** 2 / (seeds / 3)
            for n in (range(9) if stratum == "a" else range(9, 15))
            for w in (1, 2, 3)
        )
        # Rows and columns are fixed: (units - 1) x (waves - 1) degrees of freedom, scaled by
        # (units - 1) / units, as a wave is drawn without putting back.
        statistic *= (units - 1) / units
        freedom = (units - 1) * 2
        assert chi2.ppf(0.0005, freedom) < statistic < chi2.ppf(0.9995, freedom)


def test_all_orders_of_a_small_draw_come_up_equally_often():
    """4 units in 2 waves of 2: six assignments, as the randomization test lists them."""
    given = plan(units=4, starts=(STARTS[0], None))
    seen = Counter(
        tuple(a.wave for a in draw(given, seed, DRAWN, FIRST).assigned) for seed in range(3000)
    )
    assert len(seen) == 6
    assert sum((n - 500) ** 2 / 500 for n in seen.values()) < 20.5  # chi-square, 5 df, 99.9 %


def test_strata_are_divided_over_the_waves_as_evenly_as_whole_units_allow():
    given = plan(units=39, strata=("a", "b", "b"))
    found = cells(given)
    for (stratum, wave), size in found.items():
        units = 13 if stratum == "a" else 26
        assert abs(size - units * given.waves[wave - 1].size / 39) < 1
    for wave in (1, 2, 3, 4):
        total = found["a", wave] + found["b", wave]
        assert total == given.waves[wave - 1].size


def test_a_draw_that_is_not_before_the_first_session_is_refused():
    for late in (FIRST, FIRST + dt.timedelta(days=1)):
        with pytest.raises(InputProblems, match="a draw before the first session"):
            draw(plan(), 1, late, FIRST)


def test_a_wave_before_the_draw_is_refused():
    with pytest.raises(InputProblems, match="starts 2026-01-05, before the draw"):
        draw(plan(starts=(dt.date(2026, 1, 5), None)), 1, DRAWN, FIRST)


def test_times_without_a_zone_and_seeds_that_are_none_are_refused_together():
    with pytest.raises(InputProblems) as error:
        draw(plan(), -1, DRAWN.replace(tzinfo=None), FIRST)
    assert [p.where for p in error.value.problems] == ["seed", "drawn_at"]


U = tuple(DrawnUnit(f"U{n}") for n in range(8))
HALF = (Wave(STARTS[0], 4), Wave(None, 4))


@pytest.mark.parametrize(
    ("units", "waves", "said"),
    [
        (U, (Wave(STARTS[0], 8),), "1 waves"),
        (U, (Wave(None, 4), Wave(STARTS[0], 4)), "days in order"),
        (U, (Wave(STARTS[0], 4), Wave(STARTS[0], 4)), "days in order"),
        (U, (Wave(STARTS[0], 4), Wave(None, 3)), "7 of 8"),
        (U, (Wave(STARTS[0], 8), Wave(None, 0)), "no unit"),
        (U, (Wave(STARTS[0], 7), Wave(None, 1)), "1 in wave 2"),
        ((*U[:7], DrawnUnit("u0")), HALF, "'u0' 2 times"),
        ((*U[:7], DrawnUnit("x", "s")), HALF, "some without a stratum"),
        ((*U[:7], DrawnUnit("=1+1")), HALF, "formula"),
        ((*U[:7], DrawnUnit("")), HALF, "without blanks"),
        ((*U[:7], DrawnUnit("a\u202eb")), HALF, "characters that are seen"),
        ((*U[:7], DrawnUnit("x" * 121)), HALF, "at most 120"),
        ((), HALF, "8 of 0"),
        ((), (), "0 waves"),
    ],
)
def test_a_plan_that_cannot_be_drawn_is_refused_with_the_reason(units, waves, said):
    with pytest.raises(InputProblems, match=said):
        draw(RolloutPlan(units, waves), 1, DRAWN, FIRST)


def test_a_stratum_too_small_for_the_waves_is_refused():
    units = (*U[:6], DrawnUnit("x", "s"), DrawnUnit("y", "s"))
    units = tuple(replace(u, stratum=u.stratum or "r") for u in units)
    with pytest.raises(InputProblems, match="merge small strata"):
        draw(RolloutPlan(units, HALF), 1, DRAWN, FIRST)


def test_redrawing_gives_nothing_to_say_and_names_what_was_changed():
    found = drawn()
    assert redraw(found) == []
    first = found.assigned[0]
    other = replace(first, wave=first.wave % 4 + 1)
    changed = replace(found, assigned=(other, *found.assigned[1:]))
    assert [p.where for p in redraw(changed)] == ["unit U00"]
    dropped = replace(found, assigned=found.assigned[1:])
    assert redraw(dropped)[0].given == "no wave"
    resized = replace(found, plan=plan(units=16))
    assert redraw(resized)[0].where == "input_digest"
    assert redraw(replace(found, algorithm="other"))[0].where == "algorithm"


def test_the_digest_seals_seed_time_and_assignment():
    found = drawn()
    later = replace(found, drawn_at=DRAWN + dt.timedelta(seconds=1))
    assert len({found.digest, later.digest, replace(found, seed=1).digest}) == 3
