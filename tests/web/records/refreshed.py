"""People who were taught, tested and practised, for tests of refreshers."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from stepdown.encounter.review.rubric import domains
from stepdown.retention.refresher import Refresher
from stepdown.web.accounts.models import Agency, Person, RoleGrant, Unit
from stepdown.web.policy import Role
from stepdown.web.practice.models import Encounter, HandScore, Skill
from stepdown.web.programs.models import Attendance, ModuleVersion, Session
from stepdown.web.records.models import Exam, PlanSetting
from stepdown.web.records.planning import Wanted

RUBRIC = tuple(domains())
BRIDGE = Refresher("bridge", "On the bridge", 1.0, ("listening", "options"))
WANTED = Wanted(
    hours=20.0, most_hours=4.0, aim="skill", standard=0.8, within=None, scouting=0.1,
    refreshers=(BRIDGE, Refresher("block:all", "All of it", 2.0, RUBRIC)),
)  # fmt: skip


def trainees(unit: Unit, n: int, name: str = "Trainee") -> list[Person]:
    """Add trainees to a unit; they are named so that they sort by number."""
    made = Person.objects.bulk_create(
        Person(email=f"{uuid.uuid4()}@x.example", name=f"{name} {i:04}") for i in range(n)
    )
    RoleGrant.objects.bulk_create(
        RoleGrant(person=p, role=Role.TRAINEE, agency=unit.agency, unit=unit) for p in made
    )
    return made


def module(
    agency: Agency, name: str, kept: Sequence[str], hours: float = 2.0, number: int = 1
) -> ModuleVersion:
    """Publish a module that teaches techniques."""
    content = {
        "id": name, "title": f"Module {name}", "hours": hours, "delivery": ["classroom"],
        "objectives": [{"id": "o", "text": "Do it."}], "techniques": list(kept),
    }  # fmt: skip
    return ModuleVersion.objects.create(
        agency=agency, name=name, number=number, day=date(2024, 1, 1), reason="first", digest=name,
        content=content,
    )  # fmt: skip


def taught(
    people: Sequence[Person], of: ModuleVersion, day: date, *, minutes: int = 120,
    at: time = time(9), **session: Any,
) -> Session:  # fmt: skip
    """Hold a session of two hours, at which these people were for so many minutes."""
    start = datetime.combine(day, at, UTC)
    held = Session.objects.create(
        agency=of.agency, module=of, start=start, minutes=120, place="Hall", **session
    )
    Attendance.objects.bulk_create(
        Attendance(session=held, person=p, minutes=minutes, how="list", recorded=start)
        for p in people
    )
    return held


def played(person: Person, unit: Unit, at: datetime, score: int | None, **named: Any) -> Encounter:
    """Add an ended encounter that showed the same in every domain."""
    row = Encounter.objects.create(
        person=person, agency=unit.agency, unit=unit, scenario="bridge", title="B",
        sector="police", scenario_hash="0", seed=1, pace="turn", started_at=at, ended_at=at,
        **named,
    )  # fmt: skip
    Skill.objects.create(
        encounter=row, domains=dict.fromkeys(RUBRIC, score), outcome="", seconds=1, turns=9
    )
    return row


def scored_by_hand(row: Encounter, by: Person, score: int) -> None:
    HandScore.objects.create(encounter=row, by=by, domains=dict.fromkeys(RUBRIC, score))


def examined(person: Person, unit: Unit, day: date, **scores: int) -> Exam:
    return Exam.objects.create(unit=unit, person=person, day=day, scores=scores)


def wanted(agency: Agency, **named: Any) -> PlanSetting:
    """Write down what an agency wants of its refreshers."""
    values = {
        "hours": 20.0, "most_hours": 4.0, "aim": "skill", "standard": 0.8, "scouting": 0.1,
        "refreshers": [
            {"id": one.id, "title": one.title, "hours": one.hours,
             "techniques": list(one.techniques)}
            for one in WANTED.refreshers
        ],
    }  # fmt: skip
    return PlanSetting.objects.create(agency=agency, **{**values, **named})
