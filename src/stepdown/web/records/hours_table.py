"""The hours of an agency or a unit as a table for a state or a board: who has how many, who lacks.

The columns and their words are the same in every language, so that a program can read them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from stepdown.interop.delimited import write_delimited
from stepdown.retention.hours import CycleStanding, HoursStanding, Needed
from stepdown.retention.readiness import hours_items
from stepdown.web.accounts.models import Agency
from stepdown.web.audit.log import note
from stepdown.web.permission import permit
from stepdown.web.policy import Action, Actor, Thing
from stepdown.web.practice.units import thing_of
from stepdown.web.records.counting import Rules, Stands, rules_of, stand
from stepdown.web.records.hours import find_unit
from stepdown.web.records.models import Member
from stepdown.web.records.serving import Serving, agency_for, serving, today_in

COLUMNS = (
    "number", "name", "unit", "rules", "rules_version", "cycle_start", "cycle_end", "topic",
    "hours_needed", "hours_had", "hours_lacking", "standing", "ready_until",
)  # fmt: skip
NO_RULES, NO_DAY, NOT_ASKED = "no rules set", "day of certification missing", "no rule asks"

Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of hours as a file, and the day of which it is."""

    day: date
    content: bytes


def of_agency(actor: Actor, agency: UUID, now: datetime) -> Table:
    """Return the hours of everybody in an agency, and note it. Raises Missing or Refused.

    The number of queries does not depend on how many people there are.
    """
    place = agency_for(actor, agency, Action.SEE_TRAINING)
    people = serving(place)
    _note(actor, "agency", place.id, Thing(agency=place.id), len(people), now)
    return _table(place, people, now)


def of_unit(actor: Actor, unit: UUID, now: datetime) -> Table:
    """Return the hours of everybody in a unit, and note it. Raises Missing or Refused."""
    place = find_unit(unit)
    permit(actor, Action.SEE_TRAINING, thing_of(place), "unit", place.id)
    people = serving(place.agency, place.id)
    _note(actor, "unit", place.id, thing_of(place), len(people), now)
    return _table(place.agency, people, now)


def _note(actor: Actor, kind: str, record: UUID, thing: Thing, people: int, now: datetime) -> None:
    note(actor, "take hours away as a table", kind, record, thing,
         detail={"people": people}, now=now)  # fmt: skip


def _table(agency: Agency, people: list[Serving], now: datetime) -> Table:
    day, rules = today_in(agency, now), rules_of(agency.id)
    numbers = dict(Member.objects.filter(agency=agency).values_list("person", "number"))
    found = (
        stand(agency, rules, people, now) if rules else [Stands(person, None) for person in people]
    )
    rows = [
        (numbers.get(each.person.id, ""), each.person.name, each.person.unit_name, *cells)
        for each in found
        for cells in _rows(rules, each.found)
    ]
    return Table(day, write_delimited(COLUMNS, rows))


def _rows(rules: Rules | None, found: HoursStanding | None) -> Iterator[Cells]:
    """Yield what stands after the person: each cycle that lacks hours, and the one that runs."""
    if rules is None:
        yield _nothing("", "", NO_RULES)
        return
    of = (_named(rules), str(rules.setting))
    if found is None or found.state == "no_rule":
        yield _nothing(*of, NO_DAY if found is None else NOT_ASKED)
        return
    for cycle in found.missed:
        for part in (cycle.total, *cycle.topics):
            yield (*of, *_part(cycle, part, found), "")
    if found.current is not None:
        parts = (found.current.total, *found.current.topics)
        for part, item in zip(parts, hours_items(found, ""), strict=True):
            until = item.lapses - timedelta(days=1) if item.lapses else None
            yield (*of, *_part(found.current, part, found), until.isoformat() if until else "")


def _part(cycle: CycleStanding, part: Needed, found: HoursStanding) -> Cells:
    hours = (_hours(part.required), _hours(part.has), _hours(part.lacks))
    days = (cycle.cycle.start.isoformat(), cycle.cycle.end.isoformat())
    return (*days, part.name, *hours, _standing(cycle, part, found))


def _standing(cycle: CycleStanding, part: Needed, found: HoursStanding) -> str:
    if found.state == "exempt":
        return "exempt"
    if not part.lacks:
        return "met"
    return "overdue" if cycle.cycle.end < found.day else "open"


def _nothing(name: str, version: str, standing: str) -> Cells:
    return (name, version, *[""] * 6, standing, "")


def _named(rules: Rules) -> str:
    name = rules.jurisdiction.name
    return f"{name} (example: nobody's law)" if rules.jurisdiction.example else name


def _hours(minutes: int) -> str:
    return f"{minutes / 60:.2f}".rstrip("0").rstrip(".")
