"""Who attended what of a programme, as a table to take away.

The columns and their words are the same in every language, so that a program can read them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from stepdown.interop.delimited import write_delimited
from stepdown.retention import teaching
from stepdown.retention.delivered import towards
from stepdown.web.accounts.models import Unit
from stepdown.web.audit.log import note
from stepdown.web.permission import may, permit
from stepdown.web.policy import Action, Actor, Thing
from stepdown.web.programs import audience
from stepdown.web.programs.earlier import Course, course_of
from stepdown.web.programs.models import Attendance, Instructing, ProgrammeVersion
from stepdown.web.programs.people import by_unit, units_seen
from stepdown.web.programs.underway import counted
from stepdown.web.records.models import Member

COLUMNS = (
    "number", "name", "unit", "day", "module", "version", "instructors", "minutes", "how",
    "corrected",
)  # fmt: skip

Cells = tuple[str, ...]
Found = tuple[teaching.Attendance, teaching.Session]


@dataclass(frozen=True, slots=True)
class _Known:
    """What stands in the table of people, by id: `units` are where they are trained now."""

    names: Mapping[str, str]
    numbers: Mapping[str, str]
    units: Mapping[str, str]


def table(actor: Actor, row: ProgrammeVersion, now: datetime) -> bytes:
    """Return who attended the sessions that count for a version of a programme, and note it.

    Everybody's for whoever may see the training of the whole agency; else that of the people who
    are trained now in the units that they may see. Left out is of whom the programme is not asked,
    and who was only at sessions held for another. Raises Refused. The number of queries does not
    depend on how many people there are.
    """
    seen = units_seen(actor, row.agency)
    whole = not seen or may(actor, Action.SEE_TRAINING, row.thing())
    units = frozenset() if whole else frozenset(unit.id for unit in seen)
    thing = Thing(agency=row.agency_id, units=units)
    permit(actor, Action.SEE_TRAINING, thing, "programme", row.id)
    places = by_unit(row.agency_id)
    theirs = {str(person) for person, where in places.items() if where & units}
    course = course_of(row, now)
    found = [
        (entry, session) for entry, session in _attended(course) if whole or entry.person in theirs
    ]
    people = {UUID(who) for who in {entry.person for entry, _session in found}}
    for_whom = audience.of_programme(row.agency_id, row.name)
    count = counted(course, for_whom, {who: places.get(who, set()) for who in people})
    counting = {str(person) for person in count}
    found = [each for each in found if each[0].person in counting]
    note(actor, "take attendance away as a table", "programme", row.id, thing, now=now,
         detail={"people": len(count)})  # fmt: skip
    known = _known(row, places)
    return write_delimited(COLUMNS, sorted(_cells(known, *each) for each in found))


def _attended(course: Course) -> Iterator[Found]:
    """Yield the entries that count of whoever was at a session that counts for the programme."""
    record = course.record
    counts = towards(course.programme, record.sessions, record.attendance)
    theirs = {(who, each.id) for who, sessions in counts.items() for each in sessions}
    for entry, session in record.counted:
        if (entry.person, session.id) in theirs:
            yield entry, session


def _known(row: ProgrammeVersion, places: Mapping[UUID, Collection[UUID | None]]) -> _Known:
    here, named = {"session__agency": row.agency_id}, ("person", "person__name")
    rows = [
        *Attendance.objects.filter(**here).order_by().values_list(*named).distinct(),
        *Instructing.objects.filter(**here).order_by().values_list(*named).distinct(),
    ]
    members = Member.objects.filter(agency=row.agency_id)
    units = dict(Unit.objects.filter(agency=row.agency_id).values_list("pk", "name"))
    return _Known(
        {str(pk): name for pk, name in rows},
        {str(pk): number for pk, number in members.values_list("person", "number")},
        {str(pk): "; ".join(sorted(units[unit] for unit in where if unit))
         for pk, where in places.items()},
    )  # fmt: skip


def _cells(known: _Known, entry: teaching.Attendance, session: teaching.Session) -> Cells:
    who = entry.person
    teachers = sorted(known.names[each] for each in session.instructors if each in known.names)
    return (
        known.numbers.get(who, ""), known.names[who], known.units.get(who, ""),
        session.start.date().isoformat(), session.module.id, str(session.module.version),
        "; ".join(teachers), str(entry.minutes), entry.how, "yes" if entry.supersedes else "no",
    )  # fmt: skip
