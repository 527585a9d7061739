"""Who has done what is asked, who owes it still, who is overdue: counts for a chief, no ranking.

A person is asked for topics: hours in all, hours in a topic, a programme, whatever the agency
keeps. They are ready if no topic asked of them is overdue, and done if they owe nothing either.
Somebody exempt from all is counted apart: neither ready nor lapsed.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from stepdown.problems import InputProblems, Problem
from stepdown.retention.hours import HoursStanding

WINDOWS = (60, 90)
"""Days within which a lapse is told (assumed: time enough to schedule a session)."""
SMALLEST_SHARE = 10
"""People below whom no percentage is given, as for every published number of a site."""

State = Literal["ready", "lapsed", "exempt"]


@dataclass(frozen=True, slots=True)
class Item:
    """How a person stands with one topic.

    `lapses` is the first day on which it will be lapsed; `owes_until` the last day for what is
    lacking though not yet overdue, None if nothing is.
    """

    person: str
    unit: str
    topic: str
    state: State
    lapses: dt.date | None = None
    owes_until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """People, and how they stand. `lapsing` counts by window those ready who lapse within it.

    `people` = `ready` + `lapsed` + `exempt`; those within 60 days are among those within 90.
    `owing` of those ready lack something that is not yet overdue.
    """

    people: int
    ready: int
    lapsed: int
    exempt: int
    lapsing: tuple[int, ...]
    owing: int = 0

    @property
    def done(self) -> int:
        """People who have done all that is asked of them at present."""
        return self.ready - self.owing

    @property
    def asked(self) -> int:
        """People of whom something is asked: the denominator of every share."""
        return self.people - self.exempt

    @property
    def share(self) -> float | None:
        """The share done of those asked; None where fewer than SMALLEST_SHARE are asked."""
        return self.done / self.asked if self.asked >= SMALLEST_SHARE else None


@dataclass(frozen=True, slots=True)
class Row:
    """The counts of a unit or a topic."""

    name: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class Lapse:
    """Somebody ready who lapses within the longest window: for whoever schedules, nobody else."""

    person: str
    unit: str
    on: dt.date
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Readiness:
    """Readiness of an agency on a day. Units by name, topics in the order in which they came."""

    agency: str
    day: dt.date
    windows: tuple[int, ...]
    everybody: Counts
    units: tuple[Row, ...]
    topics: tuple[Row, ...]
    lapsing: tuple[Lapse, ...]
    """By unit and person: no order of merit."""
    owed_by: tuple[dt.date, dt.date] | None = None
    """The first and the last day by which what people owe has to be done; None: nobody owes."""


def hours_items(found: HoursStanding, unit: str) -> tuple[Item, ...]:
    """Return the items of a person's standing with hours: all training, and each topic."""
    if found.state == "no_rule":
        return ()
    latest = found.current or found.missed[-1]
    names = {"": latest.total.name} | {t.topic: t.name for t in latest.topics}
    late = {
        part.topic for each in found.missed for part in (each.total, *each.topics) if part.lacks
    }
    running = latest.topics if found.current else ()
    open_ = {part.topic for part in (latest.total, *running) if found.current and part.lacks}
    items = []
    for topic, name in names.items():
        if found.state == "exempt":
            items.append(Item(found.member, unit, name, "exempt"))
        elif topic in late:
            items.append(Item(found.member, unit, name, "lapsed"))
        else:
            until = latest.cycle.end if topic in open_ else None
            ends = until + dt.timedelta(days=1) if until else found.following
            items.append(Item(found.member, unit, name, "ready", ends, until))
    return tuple(items)


def readiness(items: Iterable[Item], agency: str, day: dt.date) -> Readiness:
    """Count who has done what is asked, owes it or is overdue on a day, by unit and by topic.

    Raises InputProblems for a person who stands in two units or twice in a topic.
    """
    given = tuple(items)
    if wrong := _bad(given):
        raise InputProblems("the readiness", wrong[:200])
    people: dict[str, list[Item]] = defaultdict(list)
    topics: dict[str, list[Item]] = defaultdict(list)
    for item in given:
        people[item.person].append(item)
        topics[item.topic].append(item)
    whole = [_person(theirs) for theirs in people.values()]
    units: dict[str, list[Item]] = defaultdict(list)
    for item in whole:
        units[item.unit].append(item)
    soon = [item for item in whole if _within(item, day, WINDOWS[-1])]
    owed = [item.owes_until for item in whole if item.owes_until is not None]
    return Readiness(
        agency=agency,
        day=day,
        windows=WINDOWS,
        everybody=_counts(whole, day),
        units=tuple(Row(name, _counts(units[name], day)) for name in sorted(units, key=_by_name)),
        topics=tuple(Row(name, _counts(theirs, day)) for name, theirs in topics.items()),
        lapsing=tuple(
            Lapse(
                item.person,
                item.unit,
                item.lapses,
                tuple(t.topic for t in people[item.person] if _within(t, day, WINDOWS[-1])),
            )
            for item in sorted(soon, key=lambda i: (_by_name(i.unit), i.person))
            if item.lapses is not None
        ),
        owed_by=(min(owed), max(owed)) if owed else None,
    )


def _by_name(name: str) -> list[tuple[bool, int, str]]:
    """Sort `Unit 2` before `Unit 10`."""
    parts: list[tuple[bool, int, str]] = []
    for word in name.casefold().split():
        number = word.isascii() and word.isdigit()
        parts.append((not number, int(word[:18]) if number else 0, word))
    return parts


def _person(items: list[Item]) -> Item:
    """Sum up the topics of a person."""
    asked = [item for item in items if item.state != "exempt"]
    first = items[0]
    state: State = "exempt"
    if asked:
        state = "lapsed" if any(item.state == "lapsed" for item in asked) else "ready"
    days = [item.lapses for item in asked if item.lapses is not None]
    owed = [item.owes_until for item in asked if item.owes_until is not None]
    until = min(owed) if owed and state == "ready" else None
    return Item(first.person, first.unit, "", state, min(days) if days else None, until)


def _within(item: Item, day: dt.date, window: int) -> bool:
    return item.state == "ready" and item.lapses is not None and (item.lapses - day).days <= window


def _counts(items: list[Item], day: dt.date) -> Counts:
    states = [item.state for item in items]
    return Counts(
        people=len(items),
        ready=states.count("ready"),
        lapsed=states.count("lapsed"),
        exempt=states.count("exempt"),
        lapsing=tuple(sum(_within(item, day, window) for item in items) for window in WINDOWS),
        owing=sum(item.state == "ready" and item.owes_until is not None for item in items),
    )


def _bad(items: tuple[Item, ...]) -> list[Problem]:
    unit: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    found = []
    for item in items:
        if unit.setdefault(item.person, item.unit) != item.unit:
            given = f"in {unit[item.person]} and in {item.unit}"
            found.append(
                Problem(f"person {item.person}", given, "one unit", "name the unit of today")
            )
        if (item.person, item.topic) in seen:
            given = f"twice in {item.topic}"
            found.append(Problem(f"person {item.person}", given, "once", "give their latest state"))
        seen.add((item.person, item.topic))
    return found
