"""How far an agency has come with a programme: by unit as counts, in a unit by person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from stepdown.retention import teaching
from stepdown.retention.delivered import Lack, Standing, counts_for, standing
from stepdown.retention.publishing import Published
from stepdown.web.accounts.models import Person, Unit
from stepdown.web.permission import may, permit
from stepdown.web.policy import Action, Actor, Thing
from stepdown.web.programs import audience, exempting, taught
from stepdown.web.programs.earlier import Before, Course, completed_before, course_of
from stepdown.web.programs.models import ProgrammeVersion, Session
from stepdown.web.programs.people import by_unit, trainees, units_seen
from stepdown.web.programs.underway import counted
from stepdown.web.programs.zones import day_of, zone_of

Pin = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Count:
    """How many of a unit have completed a programme, are exempt, or lack something today.

    Those of whom it is asked, and those who take part all the same.
    """

    unit: Unit | None
    """None: trainees of the agency who belong to no unit."""
    completed: int
    exempt: int
    missing: int
    before: int
    """How many of those missing have completed an earlier version."""

    @property
    def people(self) -> int:
        """How many there count for the programme."""
        return self.completed + self.exempt + self.missing


@dataclass(frozen=True, slots=True)
class Lacking:
    """A module that somebody lacks, with the sessions to come that teach it."""

    title: str
    lack: Lack
    make_ups: tuple[Session, ...]


@dataclass(frozen=True, slots=True)
class Stands:
    """Where a person stands with a programme."""

    person: Person
    standing: Standing
    lacks: tuple[Lacking, ...]
    before: Before | None
    """An earlier version that they completed, where they have not completed this one."""
    asked: bool
    """Whether it is asked of them; others are here because they take part."""


def counts(actor: Actor, row: ProgrammeVersion, now: datetime) -> list[Count]:
    """Return how far each unit has come whose people's training this person may see, by name.

    A unit of whose people it is not asked is left out as long as none of them takes part. Raises
    Refused for whoever may see none. The number of queries is that for one unit.
    """
    units: list[Unit | None] = [*units_seen(actor, row.agency)]
    if not units or may(actor, Action.SEE_TRAINING, row.thing()):
        permit(actor, Action.SEE_TRAINING, row.thing(), "programme", row.id)
        units.append(None)
    where = by_unit(row.agency_id)
    wanted = {unit.id if unit else None for unit in units}
    seen = {person: places for person, places in where.items() if places & wanted}
    for_whom = audience.of_programme(row.agency_id, row.name)
    course = course_of(row, now)
    people = counted(course, for_whom, seen)
    found_out = standings(course, people, now)
    status = {UUID(each.person): each.status for each in found_out}
    before = completed_before(course, [p for p in people if status[p] == "missing"], now)
    found: dict[UUID | None, Counter[str]] = {place: Counter() for place in wanted}
    for person in people:
        for place in where[person] & wanted:
            found[place][status[person]] += 1
            found[place]["before"] += person in before
    rows = [_count(unit, found[unit.id if unit else None]) for unit in units]
    return [
        count for count in rows
        if count.people or (count.unit and for_whom.asks([count.unit.id]))
    ]  # fmt: skip


def of_unit(actor: Actor, row: ProgrammeVersion, unit: Unit, now: datetime) -> list[Stands]:
    """Return where the trainees of a unit stand, by name; reading it is noted.

    Those of whom the programme is asked, and those who take part all the same. Raises Refused.
    """
    thing = Thing(agency=unit.agency_id, units=frozenset([unit.id]))
    permit(actor, Action.SEE_TRAINING, thing, "unit", unit.id)
    where = by_unit(row.agency_id)
    found = trainees(row.agency, [unit])
    here = {person.id: person for person in found if unit.id in where[person.id]}
    for_whom = audience.of_programme(row.agency_id, row.name)
    course = course_of(row, now, here)
    count = counted(course, for_whom, {person: where[person] for person in here})
    people = {pk: person for pk, person in here.items() if pk in count}
    programme = course.programme
    coming = make_ups(programme, row.agency_id, [unit.id], course.record, now)
    stands = standings(course, people, now)
    before = completed_before(course, [UUID(e.person) for e in stands if e.on is None], now)
    return [
        Stands(people[UUID(each.person)], each, lacking(programme, each, coming),
               before.get(UUID(each.person)), for_whom.asks(where[UUID(each.person)]))
        for each in stands
    ]  # fmt: skip


def standings(course: Course, people: Collection[UUID], now: datetime) -> tuple[Standing, ...]:
    """Return where these people stand with a version of a programme today, in their order."""
    agency, record = course.row.agency, course.record
    exempt = exempting.standing(agency.id).filter(person__in=people)
    return standing(
        course.programme, [str(person) for person in people], record.sessions, record.attendance,
        [each.value() for each in exempt], day_of(now, zone_of(agency)),
    )  # fmt: skip


def make_ups(
    programme: Published, agency: UUID, units: Iterable[UUID], record: taught.Record,
    now: datetime,
) -> dict[Pin, list[Session]]:  # fmt: skip
    """Return the sessions to come for these units or everybody, by what they count for."""
    names = {module.content.id for module in programme.modules}
    coming = Session.objects.filter(
        taught.for_units(agency, units), cancelled_at=None, start__gt=now, module__name__in=names
    )
    return by_pin(coming.select_related("module", "unit", "agency"), record.sessions)


def by_pin(
    sessions: Iterable[Session], record: Iterable[teaching.Session]
) -> dict[Pin, list[Session]]:
    """Return sessions by the versions of modules that they count for, as all those on record say.

    One that is not on record counts for none.
    """
    held = {session.id: session for session in record}
    found: dict[Pin, list[Session]] = {}
    for session in sessions:
        for pin in counts_for(str(session.id), held):
            found.setdefault(pin, []).append(session)
    return found


def lacking(
    programme: Published, each: Standing, coming: Mapping[Pin, list[Session]]
) -> tuple[Lacking, ...]:
    """Return what somebody lacks, with the sessions to come that teach it."""
    titles = {module.pin: module.content.title for module in programme.modules}
    return tuple(
        Lacking(titles[lack.module], lack,
                tuple(coming.get((lack.module.id, lack.module.version), ())))
        for lack in each.lacks
    )  # fmt: skip


def _count(unit: Unit | None, found: Counter[str]) -> Count:
    return Count(unit, found["completed"], found["exempt"], found["missing"], found["before"])
