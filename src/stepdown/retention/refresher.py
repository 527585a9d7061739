"""What a plan is made of: refreshers, months with their hours, wishes, visits."""

from __future__ import annotations

import calendar
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import MAXYEAR, date, timedelta

from stepdown.problems import InputProblems, Problem
from stepdown.retention.worth import Aim


@dataclass(frozen=True, slots=True)
class Refresher:
    """Something that refreshes techniques: a scenario to practise, a block of teaching."""

    id: str
    title: str
    hours: float
    techniques: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the plan: the day its refreshers are reckoned on, and the hours there are.

    In a month of 0 hours nobody is asked to come, even where hours were saved before it.
    """

    day: date
    hours: float


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a plan has to keep to.

    `aim`: what is kept, see `stepdown.retention.worth`. `weight`: how much each technique counts,
    1 where it is not named. `away`: people who cannot come in a month. `most_hours`: what one
    person may be asked in a month. `done`: hours of the first month that each person gave before
    today, and is not asked for again. `saved`: a month leaves to the next what it does not need, as
    long as no more than so many times its own hours are saved up; what was saved before a smaller
    month, or one of 0 hours, stays. `scouting`: the share of the first month's hours that
    goes to people drawn by lot, one at least, so that techniques are tested that would not come up:
    without it a wrong prior would never be found out. `within`: nobody waits longer than so many
    days for some refresher, whatever it is worth: they come before months of 0 hours, too; where
    hours are too short for that, those come first who waited longest, after those drawn by lot.
    None for no such promise.
    """

    aim: Aim = "standard"
    weight: Mapping[str, float] = field(default_factory=dict)
    away: Mapping[date, frozenset[str]] = field(default_factory=dict)
    most_hours: float = 8.0
    done: Mapping[str, float] = field(default_factory=dict)
    saved: float = 1.0
    scouting: float = 0.0
    within: int | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Visit:
    """One person comes in a month for one refresher, and why.

    `chance`: that the technique that faded most is at the standard. `gain_days`: how many days more
    of its techniques together are expected to be held within a year (see `worth.gain`), each
    counted alike, whatever the weights.
    """

    person: str
    day: date
    refresher: str
    hours: float
    techniques: tuple[str, ...]
    since_days: float
    chance: float
    gain_days: float
    by_lot: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """The visits of all months; by month, the hours used and the share of skills that are held.

    `offered`: the hours that there are of each month alone, without those saved before it.
    `price`: what the last hour of the month was worth (see `worth.worth`), with weights. `late`:
    how many people wait longer than was promised before the next month, in spite of the visits.
    """

    visits: tuple[Visit, ...]
    days: tuple[date, ...]
    hours: tuple[float, ...]
    held: tuple[float, ...]
    held_without: tuple[float, ...]
    price: tuple[float, ...]
    late: tuple[int, ...]
    offered: tuple[float, ...]


def months_from(
    today: date, count: int, hours: float, used: float = 0.0,
    other: Mapping[int, float] | None = None,
) -> tuple[Month, ...]:  # fmt: skip
    """Return months of so many hours: today, then the first of each month that follows.

    `other`: the hours of calendar months that differ, by their number from 1 to 12. The first month
    has the share of its hours that its days from today on are of it, and no more than what is left
    of them: `used` were used already.
    Raises InputProblems for months after the last year of the calendar, and all that `differing`
    finds.
    """
    other = other or {}
    wrong = list(differing(other))
    if wrong:
        raise InputProblems("the plan", wrong)
    if today.year + (today.month - 2 + count) // 12 > MAXYEAR:
        given = f"{count} months from {today.isoformat()}"
        fix = "plan from an earlier day, or fewer months"
        raise InputProblems("the plan", [Problem("the months", given, f"up to {MAXYEAR}", fix)])
    days = calendar.monthrange(today.year, today.month)[1]
    first = other.get(today.month, hours)
    left = min(first * (days - today.day + 1) / days, first - used)
    months = [Month(today, max(left, 0.0))]
    for n in range(1, count):
        year, month = divmod(today.month - 1 + n, 12)
        there = other.get(month + 1, hours)
        months.append(Month(date(today.year + year, month + 1, 1), there))
    return tuple(months)


def differing(other: Mapping[int, float]) -> Iterator[Problem]:
    """Yield a problem for each calendar month that is none, or whose hours are no hours."""
    for month, hours in other.items():
        if month not in range(1, 13):
            expected = "a calendar month from 1 to 12"
            yield Problem("hours in a month", f"month {month}", expected, "name another")
        if not 0 <= hours < math.inf:
            yield Problem(f"hours in month {month}", f"{hours:g}", "0 or more", "correct it")


def check(
    techniques: Sequence[str],
    refreshers: Sequence[Refresher],
    months: Sequence[Month],
    today: date,
    wishes: Wishes,
) -> None:
    """Raise InputProblems for everything that a plan cannot be made of."""
    wrong = [
        *_refreshers(techniques, refreshers, wishes.most_hours), *_months(months, today),
        *_wishes(techniques, wishes),
    ]  # fmt: skip
    if wrong:
        raise InputProblems("the plan", wrong)


def _refreshers(
    techniques: Sequence[str], refreshers: Sequence[Refresher], most_hours: float
) -> Iterator[Problem]:
    ids = [one.id for one in refreshers]
    if not ids:
        yield Problem("the refreshers", "none", "at least one", "add a scenario or a block")
    for twice in sorted({i for i in ids if ids.count(i) > 1}):
        yield Problem(f"refresher {twice}", "given twice", "once", "leave one out")
    for one in refreshers:
        where = f"refresher {one.id}"
        if not one.hours > 0:
            yield Problem(where, f"{one.hours} hours", "more than 0", "say how long it takes")
        elif one.hours > most_hours > 0:
            most = f"no more than the {most_hours:g} that one person may be asked in a month"
            fix = "allow more hours a person, split it, or leave it out"
            yield Problem(where, f"{one.hours:g} hours", most, fix)
        for technique in sorted(set(one.techniques) - set(techniques)):
            yield Problem(where, technique, "a technique that is kept", "name another, or keep it")


def _months(months: Sequence[Month], today: date) -> Iterator[Problem]:
    if not months:
        yield Problem("the months", "none", "at least one", "say how many to plan")
    for before, after in itertools.pairwise([today, *(m.day for m in months)]):
        if after - before < timedelta(0):
            yield Problem(f"month {after}", f"after {before}", "days in order", "put them in order")
    for month in months:
        if not month.hours >= 0:
            yield Problem(f"month {month.day}", f"{month.hours} hours", "0 or more", "correct it")


def _wishes(techniques: Sequence[str], wishes: Wishes) -> Iterator[Problem]:
    for name, weight in wishes.weight.items():
        if name not in techniques:
            yield Problem("the weights", name, "a technique that is kept", "name another")
        if not weight >= 0:
            yield Problem(f"the weight of {name}", str(weight), "0 or more", "correct it")
    if not wishes.most_hours > 0:
        yield Problem("most hours", str(wishes.most_hours), "more than 0", "correct it")
    for person, hours in wishes.done.items():
        if not hours >= 0:
            yield Problem(f"hours done by {person}", str(hours), "0 or more", "correct it")
    if not wishes.saved >= 0:
        yield Problem("saved", str(wishes.saved), "0 months or more", "correct it")
    if not 0 <= wishes.scouting <= 0.5:
        yield Problem("scouting", str(wishes.scouting), "a share from 0 to 0.5", "correct it")
