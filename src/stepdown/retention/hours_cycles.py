"""The cycles in which a person owes hours, and the share of each for which they owe them."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from stepdown.problems import InputProblems, Problem
from stepdown.retention.hours_rules import HoursRule, Jurisdiction
from stepdown.retention.teaching import Exemption

LAST_YEAR = 9000
SHORTEST_MONTH = 28


@dataclass(frozen=True, slots=True)
class Member:
    """A person as the rules see them. `certified` is needed where cycles are counted from it."""

    id: str
    hired: dt.date
    certified: dt.date | None = None
    exemptions: tuple[Exemption, ...] = ()

    def exempt(self, day: dt.date) -> bool:
        """Say whether an exemption holds on a day."""
        return any(exemption.covers(day) for exemption in self.exemptions)


@dataclass(frozen=True, slots=True)
class Cycle:
    """Days from `start` to `end`, both included, in which a person owes hours under a rule.

    `whole_start` is where the cycle would begin for somebody who was there before it; `first` says
    that the person begins with it.
    """

    start: dt.date
    end: dt.date
    whole_start: dt.date
    rule: HoursRule
    first: bool


def add_months(day: dt.date, months: int) -> dt.date:
    """Return the day so many months on; where a month is too short, its last day."""
    years, month = divmod(day.month - 1 + months, 12)
    if day.day <= SHORTEST_MONTH:
        return dt.date(day.year + years, month + 1, day.day)
    last = calendar.monthrange(day.year + years, month + 1)[1]
    return dt.date(day.year + years, month + 1, min(day.day, last))


def cycles(jurisdiction: Jurisdiction, member: Member, until: dt.date) -> tuple[Cycle, ...]:
    """Return the cycles of a person that begin on or before `until`, one after another.

    Raises InputProblems when cycles are counted from a certificate and there is no day of it.
    """
    return tuple(_cycles(jurisdiction, member, until, member.hired))


def following_cycle(jurisdiction: Jurisdiction, member: Member, cycle: Cycle) -> Cycle | None:
    """Return the cycle that begins on the day after another of the person, if one does."""
    day = cycle.end + dt.timedelta(days=1)
    return next(_cycles(jurisdiction, member, day, day), None)


def _cycles(
    jurisdiction: Jurisdiction, member: Member, until: dt.date, day: dt.date
) -> Iterator[Cycle]:
    """Go through the cycles from that of `day` on, which is the first of one."""
    if until.year > LAST_YEAR:
        given = until.isoformat()
        raise InputProblems("the day", [Problem("day", given, f"up to {LAST_YEAR}", "correct it")])
    while day <= until:
        rule = jurisdiction.rule_on(day)
        if rule is None:
            later = [r.effective_from for r in jurisdiction.rules if r.effective_from > day]
            if not later:
                return
            day = min(later)
            continue
        certified = member.certified if rule.cycle.anchor == "certified" else None
        if certified is not None and certified > day:
            day = certified
            continue
        whole_start, end = _bounds(rule, member, day)
        newer = next(
            (r for r in jurisdiction.rules
             if r.change == "at_once" and day < r.effective_from <= end), None
        )  # fmt: skip
        if newer is not None:
            rule, end = newer, _bounds(newer, member, newer.effective_from)[1]
        yield Cycle(day, end, whole_start, rule, day in (member.hired, certified))
        day = end + dt.timedelta(days=1)


def _bounds(rule: HoursRule, member: Member, day: dt.date) -> tuple[dt.date, dt.date]:
    """Return first and last day of the cycle of a rule that holds a day."""
    if rule.cycle.anchor == "calendar_year":
        return dt.date(day.year, 1, 1), dt.date(day.year, 12, 31)
    anchor = {
        "fixed": rule.cycle.start,
        "hired": member.hired,
        "certified": member.certified,
    }[rule.cycle.anchor]
    if anchor is None:
        problem = Problem(f"person {member.id}", "no day of certification", "YYYY-MM-DD",
                          "their cycles are counted from it: fill it in")  # fmt: skip
        raise InputProblems("the people", [problem])
    length = rule.cycle.months
    number = ((day.year - anchor.year) * 12 + day.month - anchor.month) // length
    while add_months(anchor, (number + 1) * length) <= day:
        number += 1
    while add_months(anchor, number * length) > day:
        number -= 1
    after = add_months(anchor, (number + 1) * length)
    return add_months(anchor, number * length), after - dt.timedelta(days=1)


def share_owed(cycle: Cycle, member: Member) -> float:
    """Return the share of a cycle's months for which hours are owed.

    A month is taken off only if the person was away on every day of it.
    """
    rule = cycle.rule
    if cycle.first and rule.first_cycle == "free":
        return 0.0
    whole = cycle.start == cycle.whole_start or (cycle.first and rule.first_cycle == "full")
    if whole and (rule.exempt == "full" or not _touched(cycle, member)):
        return 1.0
    owed = months = 0
    while (first := add_months(cycle.whole_start, months)) <= cycle.end:
        months += 1
        last = add_months(cycle.whole_start, months) - dt.timedelta(days=1)
        before = last < cycle.start and not (cycle.first and rule.first_cycle == "full")
        away = rule.exempt == "prorated" and _away(member, max(first, cycle.start), last)
        owed += not (before or away)
    return owed / months


def _touched(cycle: Cycle, member: Member) -> bool:
    """Say whether an exemption holds on a day of a cycle."""
    return any(
        e.start <= cycle.end and (e.until is None or e.until >= cycle.start)
        for e in member.exemptions
    )


def _away(member: Member, first: dt.date, last: dt.date) -> bool:
    """Say whether exemptions cover every day from `first` to `last`."""
    day = first
    while day <= last:
        ends = [min(e.until or last, last) for e in member.exemptions if e.covers(day)]
        if not ends:
            return False
        day = max(ends) + dt.timedelta(days=1)
    return first <= last
