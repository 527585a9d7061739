"""What a roster would change: a value to be looked at, with nothing applied.

Whoever is gone is deactivated, never deleted: their record stays.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from stepdown.interop.delimited import at_most
from stepdown.interop.roster import Listed, Roster
from stepdown.problems import InputProblems, Problem

A_YEAR = dt.timedelta(days=366)
"""How far ahead a first day may lie (assumed: nobody is listed earlier than that)."""
MANY = 0.2
"""Share of the people in service above which leaving asks for a confirmation (assumed)."""


@dataclass(frozen=True, slots=True)
class Known:
    """A person as the record has them. `key` is the record's own, returned as it was given.

    `id` is the agency's number, None where it is not known yet: such a person is found by e-mail,
    and no roster deactivates them.
    """

    key: str
    id: str | None
    name: str
    unit: str
    email: str = ""
    title: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class Moved:
    """A person whose unit is another one now."""

    key: str
    id: str
    name: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Changed:
    """One field of a person that is another one now: name, email, title or id."""

    key: str
    id: str
    field: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Left:
    """A person to be deactivated, and why."""

    key: str
    id: str
    name: str
    unit: str
    why: str


@dataclass(frozen=True, slots=True)
class Returned:
    """A person who was deactivated and is listed again."""

    key: str
    id: str
    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What would change on `day`. `serving` people are active now; `unchanged` stay as they are.

    `joined` may hold people whose first day is still to come: their `start` says so.
    """

    day: dt.date
    sha256: str
    joined: tuple[Listed, ...]
    moved: tuple[Moved, ...]
    changed: tuple[Changed, ...]
    left: tuple[Left, ...]
    returned: tuple[Returned, ...]
    new_units: tuple[str, ...]
    unchanged: int
    serving: int
    notes: tuple[str, ...]

    @property
    def needs_confirmation(self) -> bool:
        """Whether more than a fifth of the people in service would be deactivated."""
        return len(self.left) > MANY * self.serving

    @property
    def nothing(self) -> bool:
        """Whether the record is as the roster says."""
        return not (self.joined or self.moved or self.changed or self.left or self.returned)


def compare(roster: Roster, people: Iterable[Known], day: dt.date) -> Changes:
    """Say what a roster would change in the record on a day; nothing is applied.

    Raises InputProblems when the two cannot both be right: an address of somebody else, or the
    same number twice in the record.
    """
    return _Comparison(roster, tuple(people), day).changes()


def confirmed(changes: Changes, many_leave: bool) -> Changes:
    """Return changes that may be applied.

    Raises InputProblems when more than a fifth would be deactivated and `many_leave` is False.
    """
    if changes.needs_confirmation and not many_leave:
        given = f"{len(changes.left):,} of {changes.serving:,} people would be deactivated"
        fix = "check that the roster is whole; then confirm that so many leave"
        problem = Problem("the roster", given, f"at most {MANY:.0%} without a confirmation", fix)
        raise InputProblems("the roster", [problem])
    return changes


class _Comparison:
    def __init__(self, roster: Roster, people: tuple[Known, ...], day: dt.date) -> None:
        self.roster, self.people, self.day = roster, people, day
        self.problems: list[Problem] = []
        self.by_id = {p.id.casefold(): p for p in people if p.id}
        self.by_email = {p.email.lower(): p for p in people if p.email}
        twice = Counter(p.id.casefold() for p in people if p.id)
        self.problems += [
            Problem("the record", f"number {n} is held by {count} people", "one person",
                    "correct the number of one of them")
            for n, count in twice.items() if count > 1
        ]  # fmt: skip

    def _no_days_to_come(self, listed: Listed) -> None:
        """Refuse a first day more than a year ahead, and a certification that is still to come."""
        latest = self.day + A_YEAR
        for what, given, last in (
            ("a first day", listed.start, latest), ("a day of certification", listed.certified,
                                                    self.day),
        ):  # fmt: skip
            if given is not None and given > last:
                expected = f"{what} until {last}"
                self.problems.append(
                    Problem(f"row {listed.row}", str(given), expected, "correct it")
                )

    def changes(self) -> Changes:
        for listed in self.roster.people:
            self._no_days_to_come(listed)
        pairs = [(listed, self._known(listed)) for listed in self.roster.people]
        if self.problems:
            raise at_most("the roster and the record", self.problems)
        there = [(listed, known) for listed, known in pairs if not self._gone(listed)]
        joined = tuple(listed for listed, known in there if known is None)
        met = [(listed, known) for listed, known in there if known is not None]
        moved = tuple(
            Moved(known.key, listed.id, listed.name, known.unit, listed.unit)
            for listed, known in met
            if listed.unit != known.unit
        )
        changed = tuple(each for listed, known in met for each in self._fields(listed, known))
        returned = tuple(
            Returned(known.key, listed.id, listed.name, listed.unit)
            for listed, known in met
            if not known.active
        )
        left = self._left(pairs)
        touched = {c.key for group in (moved, changed, returned, left) for c in group}
        units = {p.unit for p in self.people}
        return Changes(
            day=self.day,
            sha256=self.roster.sha256,
            joined=joined,
            moved=moved,
            changed=changed,
            left=left,
            returned=returned,
            new_units=tuple(dict.fromkeys(p.unit for p, _ in there if p.unit not in units)),
            unchanged=sum(1 for _, known in met if known.key not in touched),
            serving=sum(p.active for p in self.people),
            notes=(*self.roster.notes, *self._notes(joined, left)),
        )

    def _known(self, listed: Listed) -> Known | None:
        """Find a listed person in the record: by number, else by e-mail if they have no number."""
        known = self.by_id.get(listed.id.casefold())
        owner = self.by_email.get(listed.email) if listed.email else None
        if known is None and owner is not None and owner.id is None:
            return owner
        if owner is not None and owner is not known:
            whose = f"number {owner.id}" if owner.id else "somebody without a number"
            self.problems.append(
                Problem(f"row {listed.row}", f"{listed.email}, which in the record belongs to "
                        f"{whose}", "an address of their own", "correct the address or the number")
            )  # fmt: skip
        return known

    def _gone(self, listed: Listed) -> bool:
        return not listed.active or (listed.end is not None and listed.end < self.day)

    def _fields(self, listed: Listed, known: Known) -> list[Changed]:
        pairs = [("id", known.id or "", listed.id), ("name", known.name, listed.name)]
        if "email" in self.roster.columns and listed.email:
            pairs.append(("email", known.email.lower(), listed.email))
        if "title" in self.roster.columns:
            pairs.append(("title", known.title, listed.title))
        return [
            Changed(known.key, listed.id, name, was, now) for name, was, now in pairs if was != now
        ]

    def _left(self, pairs: list[tuple[Listed, Known | None]]) -> tuple[Left, ...]:
        why = {}
        for listed, known in pairs:
            if known is not None and self._gone(listed):
                ended = listed.end is not None and listed.end < self.day
                why[known.key] = f"last day {listed.end}" if ended else "listed as inactive"
        listed_keys = {known.key for _, known in pairs if known is not None}
        found = []
        for person in self.people:
            if person.active and person.key in why:
                reason = why[person.key]
            elif person.active and person.id and person.key not in listed_keys:
                reason = "not on the roster"
            else:
                continue
            found.append(Left(person.key, person.id or "", person.name, person.unit, reason))
        return tuple(found)

    def _notes(self, joined: tuple[Listed, ...], left: tuple[Left, ...]) -> list[str]:
        stripped = {person.id.lstrip("0"): person.id for person in left if person.id}
        lost = [p.id for p in joined if stripped.get(p.id.lstrip("0"), p.id) != p.id]
        notes = [
            f"{len(lost)} numbers are new while the same with other leading zeros leave, such as "
            f"{lost[0]}: are zeros lost?"
        ] if lost else []  # fmt: skip
        unnumbered = sum(1 for p in self.people if p.active and p.id is None)
        if unnumbered:
            notes.append(f"{unnumbered} people in the record have no number; no roster ends them.")
        later = sum(1 for p in joined if p.start is not None and p.start > self.day)
        if later:
            notes.append(f"{later} of those who join have their first day after {self.day}.")
        return notes
