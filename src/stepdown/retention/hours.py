"""Training hours of a person under a jurisdiction's rules: what they have, lack, and until when.

A cycle asks for hours; credits of its days fill it. Where a past cycle was not filled, later
credits fill it before they count for their own, so that every minute counts once.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from stepdown.problems import InputProblems, Problem
from stepdown.retention.hours_cycles import Cycle, Member, cycles, following_cycle, share_owed
from stepdown.retention.hours_rules import ALL_TRAINING, Jurisdiction

MOST_MINUTES = 24 * 60
MOST_CREDITS = 1_000_000
QUARTER = 15
"""Minutes to which a requirement by months is rounded up."""

State = Literal["met", "open", "overdue", "exempt", "no_rule"]


@dataclass(frozen=True, slots=True)
class Credit:
    """Minutes of training in a topic on a day."""

    day: dt.date
    topic: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Needed:
    """Minutes of a topic, or in all (`topic` empty): asked for, credited, missing."""

    topic: str
    name: str
    required: int
    has: int
    lacks: int


@dataclass(frozen=True, slots=True)
class CycleStanding:
    """What a person has and lacks of one cycle. `late` minutes came after its end."""

    cycle: Cycle
    total: Needed
    topics: tuple[Needed, ...]
    late: int

    @property
    def lacks(self) -> int:
        """Minutes missing in all, with those that must be in a topic."""
        return max(self.total.lacks, sum(topic.lacks for topic in self.topics))

    @property
    def over(self) -> int:
        """Minutes on record beyond what can count: topics ask for hours of their own besides."""
        return max(0, self.lacks - max(0, self.total.required - self.total.has))


@dataclass(frozen=True, slots=True)
class HoursStanding:
    """Where a person stands on a day.

    `state`: "met": the running cycle is filled; "open": it is not, and not yet due; "overdue": a
    past cycle lacks hours; "exempt": on this day; "no_rule": nothing is asked for, whether
    somebody is exempt or not. `due` is the last day for what lacks: past if overdue, None if
    nothing lacks. `lapses` is the first day on which somebody ready now will be overdue unless they
    train; `following` the same for what is met already: the end of the cycle after this one.
    """

    member: str
    day: dt.date
    state: State
    current: CycleStanding | None
    missed: tuple[CycleStanding, ...]
    due: dt.date | None
    lacks: int
    lapses: dt.date | None
    following: dt.date | None = None

    @property
    def ready(self) -> bool:
        """Whether nothing is overdue. Exempt is neither ready nor overdue."""
        return self.state in ("met", "open", "no_rule")

    def lapses_within(self, days: int) -> bool:
        """Say whether somebody ready now will be overdue so many days on unless they train."""
        return self.lapses is not None and (self.lapses - self.day).days <= days


def standing(
    jurisdiction: Jurisdiction,
    member: Member,
    credits_: Iterable[Credit],
    day: dt.date,
    records_from: dt.date | None = None,
) -> HoursStanding:
    """Say where a person stands on a day; credits after it do not count yet.

    Cycles that ended before `records_from` are not judged: nobody knows what was done in them.
    That somebody exempt lacks hours is told, but never as overdue.
    Raises InputProblems for credits that cannot be and for missing days of certificates.
    """
    pool = _Pool(_checked(credits_), day)
    known = [
        cycle
        for cycle in cycles(jurisdiction, member, day)
        if records_from is None or cycle.end >= records_from
    ]
    found = [_filled(cycle, member, pool) for cycle in known]
    current = next((each for each in found if each.cycle.start <= day <= each.cycle.end), None)
    missed = tuple(each for each in found if each.cycle.end < day and each.lacks)
    lacks = sum(each.lacks for each in missed) + (current.lacks if current else 0)
    state: State = "no_rule"
    due = lapses = following = None
    if missed:
        state, due = "overdue", missed[0].cycle.end
    elif current is not None:
        state, due = ("open", current.cycle.end) if current.lacks else ("met", None)
        following = _next_lapse(jurisdiction, member, current.cycle)
        lapses = _after(due) if due else following
    if state != "no_rule" and member.exempt(day):
        state, lapses = "exempt", None
    return HoursStanding(member.id, day, state, current, missed, due, lacks, lapses, following)


def _after(day: dt.date) -> dt.date:
    return day + dt.timedelta(days=1)


def _next_lapse(jurisdiction: Jurisdiction, member: Member, cycle: Cycle) -> dt.date | None:
    """Return the day after the cycle that follows one, if anything is asked for in it."""
    coming = following_cycle(jurisdiction, member, cycle)
    if coming is None or not _filled(coming, member, _Pool([], cycle.end)).lacks:
        return None
    return _after(coming.end)


def in_words(found: HoursStanding) -> str:
    """Say a standing in one or two sentences."""
    if found.state == "no_rule":
        return "No rule asks for hours on this day."
    parts = []
    if found.missed:
        first = found.missed[0]
        parts.append(f"{_hours(found.lacks)} lacking; due since {first.cycle.end.isoformat()}.")
    elif found.current is not None:
        total = found.current.total
        parts.append(f"{_hours(total.has)} of {_hours(total.required)}.")
        short = [f"{_hours(t.lacks)} of {t.name}" for t in found.current.topics if t.lacks]
        if found.lacks and found.due is not None:
            in_topics = f", of them {' and '.join(short)}" if short else ""
            parts.append(f"{_hours(found.lacks)} lacking{in_topics}, by {found.due.isoformat()}.")
    if found.state == "exempt":
        parts.insert(0, "Exempt on this day.")
    return " ".join(parts)


def _hours(minutes: int) -> str:
    return f"{minutes / 60:.2f}".rstrip("0").rstrip(".") + (" hour" if minutes == 60 else " hours")


def _checked(credits_: Iterable[Credit]) -> list[Credit]:
    given = list(credits_)
    wrong = [
        Problem(f"credit {n}", f"{c.minutes} minutes", f"1 to {MOST_MINUTES} on a day",
                "take wrong credits out instead of giving negative ones")
        for n, c in enumerate(given, start=1)
        if not 0 < c.minutes <= MOST_MINUTES
    ]  # fmt: skip
    if len(given) > MOST_CREDITS:
        wrong.append(Problem("credits", f"{len(given):,}", f"at most {MOST_CREDITS:,}", "split"))
    if wrong:
        raise InputProblems("the credits", wrong[:200])
    return sorted(given, key=lambda c: (c.day, c.topic))


class _Pool:
    """Credits up to a day, each minute of which counts once."""

    def __init__(self, given: list[Credit], day: dt.date) -> None:
        self.credits = [c for c in given if c.day <= day]
        self.left = [c.minutes for c in self.credits]

    def within(self, start: dt.date, end: dt.date) -> dict[str, int]:
        """Take everything left of the days of a cycle, by topic."""
        found: dict[str, int] = {}
        for n, credit in enumerate(self.credits):
            if start <= credit.day <= end and self.left[n]:
                found[credit.topic] = found.get(credit.topic, 0) + self.left[n]
                self.left[n] = 0
        return found

    def later(self, end: dt.date) -> Iterator[int]:
        """Go through the places of credits after a cycle, in order of their days."""
        return (n for n, c in enumerate(self.credits) if c.day > end and self.left[n])


def _filled(cycle: Cycle, member: Member, pool: _Pool) -> CycleStanding:
    rule, share = cycle.rule, share_owed(cycle, member)
    topics = {t.id: _minutes(t.hours, share) for t in rule.topics}
    required = max(_minutes(rule.hours, share), sum(topics.values()))
    has = pool.within(cycle.start, cycle.end)
    if rule.only_topics:
        has = {topic: minutes for topic, minutes in has.items() if topic in topics}
    lacks = {topic: max(0, need - has.get(topic, 0)) for topic, need in topics.items()}
    lacking = max(0, required - sum(has.values()), sum(lacks.values()))
    late = 0
    for n in pool.later(cycle.end):
        topic = pool.credits[n].topic
        free = 0 if rule.only_topics and topic not in topics else lacking - sum(lacks.values())
        own = lacks.get(topic, 0)
        take = min(pool.left[n], own + free)
        pool.left[n] -= take
        if topic in lacks:
            lacks[topic] -= min(take, own)
        lacking -= take
        late += take
        has[topic] = has.get(topic, 0) + take
    parts = tuple(
        Needed(t.id, t.name, topics[t.id], has.get(t.id, 0), lacks[t.id]) for t in rule.topics
    )
    total = Needed("", ALL_TRAINING, required, sum(has.values()), lacking)
    return CycleStanding(cycle, total, parts, late)


def _minutes(hours: float, share: float) -> int:
    exact = hours * 60 * share
    return math.ceil(round(exact / QUARTER, 6)) * QUARTER
