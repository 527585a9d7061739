"""Sessions of a year with who was there, who was exempt and what was kept to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np

from stepdown.web.accounts.models import Agency, Person, RoleGrant, Unit
from stepdown.web.policy import Role
from stepdown.web.programs.models import (
    Attendance,
    Exemption,
    FidelityMark,
    Instructing,
    ModuleVersion,
    ProgrammeVersion,
    Session,
)

REFRESHED = ("whole", "listen")
"""Modules that a unit has again half a year later."""
HOUR = 9
PLACES = ("Training centre, room 2", "Training centre, hall", "Roll-call room")


@dataclass(frozen=True, slots=True)
class Course:
    """What a unit is taught from a day on: modules in their order, two a week.

    `later` and `again`: the version of the programme, and its modules, that refresh it.
    """

    unit: Unit
    first: date
    programme: ProgrammeVersion
    modules: tuple[ModuleVersion, ...]
    later: ProgrammeVersion
    again: tuple[ModuleVersion, ...]


def teach(agency: Agency, courses: Sequence[Course], by: Person, now: datetime) -> None:
    """Hold the courses, with refreshers half a year later and make-ups still to come."""
    draw = np.random.default_rng(11)
    teachers: dict[UUID | None, UUID] = dict(
        RoleGrant.objects.filter(agency=agency, role=Role.INSTRUCTOR, unit__isnull=False)
        .order_by("-id").values_list("unit_id", "person_id")
    )  # fmt: skip
    members: dict[UUID, list[UUID]] = {}
    trained = RoleGrant.objects.filter(agency=agency, role=Role.TRAINEE).order_by("id")
    for unit, person in trained.values_list("unit_id", "person_id"):
        if unit is not None:
            members.setdefault(unit, []).append(person)
    sessions = [s for course in courses for s in _sessions(agency, course, by, now)]
    Session.objects.bulk_create(sessions, batch_size=500)
    Instructing.objects.bulk_create(
        Instructing(session=s, person_id=teachers.get(s.unit_id, by.id)) for s in sessions
    )
    held = [s for s in sessions if s.start < now]
    exempt = _exempt(agency, members, by, now, draw)
    Attendance.objects.bulk_create(
        (a for s in held for a in _there(s, members, teachers, exempt, by, draw)), batch_size=500
    )
    FidelityMark.objects.bulk_create(
        (m for s in held for m in _marks(s, teachers, draw)), batch_size=500
    )


def _sessions(agency: Agency, course: Course, by: Person, now: datetime) -> list[Session]:
    """Return the sessions of a course, its refreshers, and a make-up in the weeks to come."""
    latest = {m.name: m for m in course.again}
    days = [(course.first + timedelta(days=3 * n + n // 2), m, course.programme)
            for n, m in enumerate(course.modules)]  # fmt: skip
    again = course.first + timedelta(days=182)
    days += [(again + timedelta(days=7 * n), latest[name], course.later)
             for n, name in enumerate(REFRESHED) if name in latest]  # fmt: skip
    zone = ZoneInfo(agency.zone)
    made = [
        Session(
            agency=agency, unit=course.unit, module=module, programme=programme,
            start=datetime.combine(_weekday(day), time(HOUR), zone).astimezone(UTC),
            minutes=round(module.content["hours"] * 60), place=PLACES[n % len(PLACES)], by=by,
            at=datetime.combine(day - timedelta(days=14), time(8), UTC),
            changed_at=datetime.combine(day - timedelta(days=14), time(8), UTC),
        )
        for n, (day, module, programme) in enumerate(days)
        if day < (now + timedelta(days=42)).date()
    ]  # fmt: skip
    missed = next((s for s in made if s.start < now and s.module.name == "listen"), None)
    if missed is not None:
        day = _weekday((now + timedelta(days=5 + course.first.toordinal() % 20)).date())
        made.append(Session(
            agency=agency, unit=course.unit, module=missed.module, programme=course.programme,
            start=datetime.combine(day, time(14), zone).astimezone(UTC), minutes=missed.minutes,
            place=PLACES[0], make_up_of=missed, by=by, at=now - timedelta(days=3),
            changed_at=now - timedelta(days=3),
        ))  # fmt: skip
    return made


def _weekday(day: date) -> date:
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def _exempt(
    agency: Agency, members: dict[UUID, list[UUID]], by: Person, now: datetime,
    draw: np.random.Generator,
) -> dict[UUID, Exemption]:  # fmt: skip
    found = {}
    for person in (p for people in members.values() for p in people):
        if draw.random() >= 0.04:
            continue
        start = (now - timedelta(days=int(draw.integers(20, 380)))).date()
        until = start + timedelta(days=int(draw.integers(20, 120)))
        reason = ("injury", "deployment", "leave")[int(draw.integers(3))]
        found[person] = Exemption(
            agency=agency, person_id=person, reason=reason, start=start, until=until, by=by,
            at=datetime.combine(start, time(10), UTC),
        )  # fmt: skip
    Exemption.objects.bulk_create(found.values())
    return found


def _there(
    session: Session, members: dict[UUID, list[UUID]], teachers: dict[UUID | None, UUID],
    exempt: dict[UUID, Exemption], by: Person, draw: np.random.Generator,
) -> list[Attendance]:  # fmt: skip
    """Return who was there: most for all of it, some for a part, by list or by the code."""
    made = []
    for person in members.get(session.unit_id or UUID(int=0), []):
        away = exempt.get(person)
        chance, coded = draw.random(), bool(draw.random() < 0.3)
        if (away and away.value().covers(session.start.date())) or chance < 0.05:
            continue
        minutes = session.minutes if chance > 0.09 else round(session.minutes * 0.6)
        made.append(Attendance(
            session=session, person_id=person, minutes=minutes, how="code" if coded else "list",
            recorded_by_id=person if coded else teachers.get(session.unit_id, by.id),
            recorded=session.start + timedelta(minutes=5 if coded else session.minutes),
        ))  # fmt: skip
    return made


def _marks(
    session: Session, teachers: dict[UUID | None, UUID], draw: np.random.Generator
) -> list[FidelityMark]:
    if draw.random() < 0.3:
        return []
    items = session.module.content.get("fidelity", [])
    at = session.start + timedelta(minutes=session.minutes + 20)
    return [
        FidelityMark(
            session=session, item=item["id"], by_id=teachers.get(session.unit_id),
            mark="done" if draw.random() < 0.88 else "not_done", at=at,
        )
        for item in items
    ]  # fmt: skip
