"""The people of the demo agency: service, districts, a stratified draw of waves, training."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.datetime64]


class Purpose(IntEnum):
    """What a stream of random numbers is for; a change in one never shifts another."""

    SERVICE = 1
    DISTRICT = 2
    DRAW = 3
    COMPLIANCE = 4
    HOURS = 5
    FRAILTY = 6
    COUNTS = 7
    DAYS = 8
    THINNING = 9


def stream(seed: int, purpose: Purpose) -> np.random.Generator:
    """Give the random numbers of one seed for one purpose."""
    return np.random.Generator(np.random.Philox(key=[seed, int(purpose)]))


@dataclass(frozen=True, slots=True)
class DemoOutcome:
    """One thing that is counted: its level, spread and what training does to it.

    `rate` is per officer and month of full hours without training; `frailty` is the shape of
    the gamma distribution of officers' rates (small: few officers have most); `effect` is the
    share that training prevents; `recorded` multiplies the rate from the break on.
    """

    rate: float
    frailty: float
    effect: float = 0.0
    recorded: float = 1.0


def _outcomes() -> dict[str, DemoOutcome]:
    # Levels of force and complaints: Chicago 2011-16, 0.0399 and 0.0383 per officer-month
    # (Wood et al.); officers hurt in a tenth of force reports (Dallas 0.08-0.13, New Jersey
    # 0.10). The effect on force is the size reported from Louisville (Engel et al. 2022, -28.1 %);
    # deaths, the other effects, the break and all spreads are assumed.
    return {
        "force": DemoOutcome(rate=0.040, frailty=0.65, effect=0.28, recorded=1.25),
        "complaints": DemoOutcome(rate=0.038, frailty=1.0),
        "officer_injury": DemoOutcome(rate=0.004, frailty=0.65, effect=0.10),
        "deaths": DemoOutcome(rate=0.00004, frailty=1.0),
    }


def _districts() -> dict[str, float]:
    return {
        "Central": 0.21,
        "East": 0.19,
        "Harbor": 0.17,
        "North": 0.16,
        "South": 0.14,
        "West": 0.13,
    }


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """How the demo agency is built; months count from 1."""

    first: str = "2021-01"
    months: int = 48
    officers: int = 4000
    joining_a_month: float = 14.0
    leaving_a_month: float = 0.003
    draw_month: int = 10
    waves: tuple[int, ...] = (11, 15, 19, 23, 27, 31, 35, 39, 51)
    break_month: int = 37
    late: float = 0.11
    never: float = 0.04
    districts: Mapping[str, float] = field(default_factory=_districts)
    outcomes: Mapping[str, DemoOutcome] = field(default_factory=_outcomes)

    def month_start(self, month: int) -> np.datetime64:
        """Give the first day of a month of the plan; months may lie outside the data."""
        start = dt.date.fromisoformat(f"{self.first}-01")
        years, months = divmod(start.month - 1 + month - 1, 12)
        return np.datetime64(start.replace(year=start.year + years, month=months + 1))

    @property
    def starts(self) -> Days:
        """The first day of each month and of the one after the last, (months + 1,)."""
        return np.array([self.month_start(m) for m in range(1, self.months + 2)])


@dataclass(frozen=True, slots=True)
class DemoPeople:
    """All N officers, with what would have happened to each in every wave.

    `wave` is an index into the plan's waves, -1 without a draw. `delay` is how many days after
    the assigned day an officer would be trained, in whichever wave, NaN for never.
    """

    officer: NDArray[np.object_]  # (N,)
    start: Days  # (N,)
    end: Days  # (N,) NaT while in service
    district: NDArray[np.object_]  # (N,)
    wave: NDArray[np.int64]  # (N,)
    delay: NDArray[np.float64]  # (N,)
    trained_in: Days  # (N, G) day of training if assigned to each wave, NaT for never
    analysed: NDArray[np.bool_]  # (N,) in the draw and in service in every month


def draw_people(seed: int, plan: DemoPlan) -> DemoPeople:
    """Draw service, districts and waves; every district is dealt out over all waves equally."""
    start, end = _service(stream(seed, Purpose.SERVICE), plan)
    people = len(start)
    names = np.array(list(plan.districts), dtype=object)
    shares = np.array(list(plan.districts.values()))
    picks = stream(seed, Purpose.DISTRICT).choice(len(names), size=people, p=shares / shares.sum())
    drawn_on = plan.month_start(plan.draw_month)
    there = (start <= drawn_on) & (np.isnat(end) | (end >= drawn_on))
    wave = _deal(stream(seed, Purpose.DRAW), picks, there, len(plan.waves))
    chance = stream(seed, Purpose.COMPLIANCE)
    kind, late_days = chance.random(people), chance.integers(30, 181, people)
    delay = np.where(kind < plan.never, np.nan, np.where(kind > 1 - plan.late, late_days, 0))
    whole = (start <= plan.starts[0]) & (np.isnat(end) | (end >= plan.starts[-1] - 1))
    officer = np.empty(people, dtype=object)
    officer[:] = [f"HC{i:04d}" for i in range(1, people + 1)]
    return DemoPeople(
        officer=officer,
        start=start,
        end=end,
        district=names[picks],
        wave=wave,
        delay=delay,
        trained_in=_trained_in(delay, plan),
        analysed=whole & (wave >= 0),
    )


def _service(chance: np.random.Generator, plan: DemoPlan) -> tuple[Days, Days]:
    begin, after = plan.starts[0], plan.starts[-1]
    days = int((after - begin).astype(np.int64))
    joining = int(chance.poisson(plan.joining_a_month * plan.months))
    since = np.concatenate(
        [-chance.integers(0, 25 * 365, plan.officers), np.sort(chance.integers(1, days, joining))]
    )
    start = begin + since.astype("timedelta64[D]")
    stays = chance.exponential(days / plan.months / plan.leaving_a_month, len(since))
    last = np.maximum(start, begin) + (np.floor(stays) + 30).astype("timedelta64[D]")
    return start, np.where(last < after, last, np.datetime64("NaT", "D"))


def _deal(
    chance: np.random.Generator,
    district: NDArray[np.int64],
    there: NDArray[np.bool_],
    waves: int,
) -> NDArray[np.int64]:
    wave = np.full(len(district), -1, dtype=np.int64)
    for d in range(int(district.max()) + 1):
        who = chance.permutation(np.flatnonzero(there & (district == d)))
        wave[who] = chance.permutation(waves)[np.arange(len(who)) % waves]
    return wave


def _trained_in(delay: NDArray[np.float64], plan: DemoPlan) -> Days:
    assigned = np.array([plan.month_start(m) for m in plan.waves])
    after = np.nan_to_num(delay).astype(np.int64).astype("timedelta64[D]")
    days = assigned[None, :] + after[:, None]
    return np.where(np.isnan(delay)[:, None], np.datetime64("NaT", "D"), days)
