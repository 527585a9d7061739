"""What a roster would do on the site: what changes, what stays as it is, what is done by hand."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Literal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from stepdown.interop.delimited import at_most
from stepdown.interop.roster import Listed, Roster
from stepdown.interop.roster_changes import Changed, Changes, Known, Left, Moved, Returned, compare
from stepdown.problems import Problem
from stepdown.web.accounts.models import Agency, Person
from stepdown.web.policy import Role
from stepdown.web.records.known import Acquaintance, acquaintances

Why = Literal["elsewhere", "no role", "senior leaves", "senior returns", "by hand", "sign-in"]
CHUNK = 500
MOST_PEOPLE = 20_000


@dataclass(frozen=True, slots=True)
class ByHand:
    """Somebody for whom the roster does nothing, and why; an administrator may, by hand."""

    number: str
    name: str
    why: Why
    key: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of somebody's service. `was`: the one on record, which stays."""

    key: str
    field: Literal["hired", "certified"]
    now: dt.date
    was: dt.date | None = None


@dataclass(frozen=True, slots=True)
class DryRun:
    """What applying a roster would do; nothing is applied."""

    changes: Changes
    by_hand: tuple[ByHand, ...]
    names_stay: tuple[Changed, ...]
    """Names that differ and stay: another agency answers for them, or they run this one."""
    new_sign_in: frozenset[str]
    """Keys of those who sign in with the new address, as they could not sign in before."""
    days: tuple[Day, ...]
    """First days and days of certification where none was known."""
    days_stay: tuple[Day, ...]
    """Those that differ from the record; a person corrects them by hand."""
    ends: Mapping[str, dt.date]
    """The last day of each who leaves, by key."""
    known: Mapping[str, Acquaintance]

    @property
    def digest(self) -> str:
        """What was shown, so that nothing else is applied; the day alone makes no difference."""
        c = self.changes
        shown = [
            *([asdict(each) for each in group]
              for group in (c.joined, c.moved, c.changed, c.left, c.returned, self.by_hand)),
            list(c.new_units), sorted(self.new_sign_in), [asdict(d) for d in self.days], c.sha256,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(shown, default=str).encode()).hexdigest()

    @property
    def nothing(self) -> bool:
        """Whether the record is as the roster says."""
        return self.changes.nothing and not self.days


def dry_run(agency: Agency, roster: Roster, day: dt.date) -> DryRun:
    """Compare a roster with the agency as it is now.

    Raises InputProblems when the two cannot both be right.
    """
    if len(roster.people) > MOST_PEOPLE:
        given, most = f"{len(roster.people):,}", f"{MOST_PEOPLE:,}"
        fix = _("give people of today only, of one agency")
        raise at_most(_("the roster"), [Problem(_("people"), given, most, fix)])
    people = {str(pk): found for pk, found in acquaintances(agency).items()}
    units = set(agency.units.values_list("name", flat=True))
    roster = _with_known_units(roster, units)
    changes = compare(roster, [_known(key, a) for key, a in people.items()], day)
    return _Sorting(roster, changes, people, units).dry_run()


def _known(key: str, person: Acquaintance) -> Known:
    unit = person.units[0] if person.units else ""
    return Known(key, person.number or None, person.name, unit, person.email, person.title,
                 person.active)  # fmt: skip


def _with_known_units(roster: Roster, units: Iterable[str]) -> Roster:
    """Call units as the site does, else as the roster first does: capitals make no other unit."""
    names = {name.casefold(): name for name in units}
    people = tuple(
        replace(p, unit=names.setdefault(p.unit.casefold(), p.unit)) for p in roster.people
    )
    return replace(roster, people=people)


def taken(emails: Iterable[str]) -> dict[str, UUID]:
    """Return who on this site signs in with which of these addresses, whatever the capitals."""
    wanted, found = sorted(set(emails)), {}
    for start in range(0, len(wanted), CHUNK):
        low = Person.objects.annotate(low=Lower("email"))
        rows = low.filter(low__in=wanted[start : start + CHUNK]).values_list("low", "pk")
        found.update(dict(rows))
    return found


class _Sorting:
    """Sorts what a comparison found into what a roster may do and what it leaves to people."""

    def __init__(
        self, roster: Roster, changes: Changes, people: dict[str, Acquaintance], units: set[str]
    ) -> None:
        self.roster, self.found, self.people, self.units = roster, changes, people, units
        self.by_hand: list[ByHand] = []
        self.problems: list[Problem] = []
        sought = [p.email for p in changes.joined if p.email]
        sought += [c.now for c in changes.changed if c.field == "email"]
        self.taken = taken(sought)
        numbers = {p.number.casefold(): key for key, p in people.items() if p.number}
        emails = {p.email.lower(): key for key, p in people.items() if p.email and not p.number}
        self.listed = {
            key: p for p in roster.people
            if (key := numbers.get(p.id.casefold()) or emails.get(p.email)) is not None
        }  # fmt: skip

    def dry_run(self) -> DryRun:
        returned = self._returned()
        stay = {each.key for each in self.by_hand if each.key}
        moved = self._moved(stay)
        changed, names_stay = self._changed(stay)
        joined, left = self._joined(), self._left()
        if self.problems:
            raise at_most(_("the roster and the record"), self.problems)
        days = tuple(self._days(stay))
        placed = [p.unit for p in joined] + [m.now for m in moved]
        changes = replace(
            self.found, joined=joined, moved=moved, changed=changed, left=left, returned=returned,
            new_units=tuple(dict.fromkeys(u for u in placed if u not in self.units)),
            unchanged=self._unchanged(moved, changed, returned, stay),
        )  # fmt: skip
        return DryRun(
            changes=changes,
            by_hand=tuple(self.by_hand),
            names_stay=names_stay,
            new_sign_in=frozenset(c.key for c in changed if self._signs_in_with(c)),
            days=tuple(day for day in days if day.was is None),
            days_stay=tuple(day for day in days if day.was is not None),
            ends={x.key: self._end(x) for x in left},
            known=self.people,
        )

    def _days(self, stay: set[str]) -> Iterator[Day]:
        for key, listed in self.listed.items():
            known = self.people[key]
            given: tuple[tuple[Literal["hired", "certified"], dt.date | None, dt.date | None], ...]
            given = (("hired", listed.start, known.hired),
                     ("certified", listed.certified, known.certified))  # fmt: skip
            for field, now, was in given:
                if now is not None and now != was and key not in stay:
                    yield Day(key, field, now, was)

    def _returned(self) -> tuple[Returned, ...]:
        return tuple(
            each for each in self.found.returned
            if not self._left_alone(each, self._why_not_in(self.people[each.key]))
        )  # fmt: skip

    def _why_not_in(self, person: Acquaintance) -> Why | None:
        if not person.roles:
            return "no role"
        if person.senior:
            return "senior returns"
        return "by hand" if person.left is None else None

    def _left(self) -> tuple[Left, ...]:
        return tuple(
            each for each in self.found.left
            if not self._left_alone(
                each, "senior leaves" if self.people[each.key].senior else None)
        )  # fmt: skip

    def _left_alone(self, each: Returned | Left, why: Why | None) -> bool:
        if why is not None:
            self.by_hand.append(ByHand(each.id, each.name, why, each.key))
        return why is not None

    def _moved(self, stay: set[str]) -> tuple[Moved, ...]:
        """Return who moves: trainees whose one unit is another now. Other roles stay in place."""
        return tuple(
            replace(each, was=", ".join(person.units))
            for each in self.found.moved
            if (person := self.people[each.key]).trained
            and each.now not in person.units
            and each.key not in stay
        )

    def _changed(self, stay: set[str]) -> tuple[tuple[Changed, ...], tuple[Changed, ...]]:
        here = [
            each for each in self.found.changed
            if each.key not in stay and not self._for_a_person_to_let_in(each)
        ]  # fmt: skip
        names_stay = tuple(c for c in here if c.field == "name" and not self._renames(c.key))
        return tuple(c for c in here if c not in names_stay), names_stay

    def _renames(self, key: str) -> bool:
        person = self.people[key]
        return person.alone and not person.senior

    def _for_a_person_to_let_in(self, change: Changed) -> bool:
        """Leave to people whom an address would let in with more than a trainee's role here."""
        person = self.people[change.key]
        if not self._would_let_in(change) or not person.roles or self._only_trained_here(person):
            return False
        self.by_hand.append(ByHand(change.id, person.name, "sign-in", change.key))
        return True

    def _signs_in_with(self, change: Changed) -> bool:
        return self._would_let_in(change) and self._only_trained_here(self.people[change.key])

    def _would_let_in(self, change: Changed) -> bool:
        return (
            change.field == "email"
            and not self.people[change.key].came_in
            and change.now not in self.taken
            and _is_address(change.now)
        )

    def _only_trained_here(self, person: Acquaintance) -> bool:
        return person.alone and person.roles == {Role.TRAINEE}

    def _joined(self) -> tuple[Listed, ...]:
        found = []
        for person in self.found.joined:
            owner = self.taken.get(person.email) if person.email else None
            where = f"row {person.row}"
            if owner is not None and str(owner) in self.people:
                self.problems.append(Problem(
                    where, _("%(email)s, with which somebody else here signs in")
                    % {"email": person.email}, _("an address of their own"),
                    _("correct the address, or the number of whoever has it"),
                ))  # fmt: skip
            elif owner is not None:
                self.by_hand.append(ByHand(person.id, person.name, "elsewhere"))
            elif person.email and not _is_address(person.email):
                self.problems.append(Problem(
                    where, person.email, _("an address to which mail can be sent"),
                    _("correct it, or leave it blank"),
                ))  # fmt: skip
            else:
                found.append(person)
        return tuple(found)

    def _unchanged(
        self, moved: Iterable[Moved], changed: Iterable[Changed], returned: Iterable[Returned],
        stay: set[str],
    ) -> int:  # fmt: skip
        was = self.found
        met = was.unchanged + len(_keys(was.moved, was.changed, was.returned))
        back = _keys(was.returned) & stay
        return met - len(back) - len(_keys(moved, changed, returned))

    def _end(self, each: Left) -> dt.date:
        listed = self.listed.get(each.key)
        ended = listed.end if listed else None
        return min(ended, self.found.day) if ended else self.found.day


def _keys(*groups: Iterable[Moved] | Iterable[Changed] | Iterable[Returned]) -> set[str]:
    return {each.key for group in groups for each in group}


def _is_address(email: str) -> bool:
    try:
        validate_email(email)
    except ValidationError:
        return False
    return True
