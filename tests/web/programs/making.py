"""Modules, programmes and sessions for tests, made in the database as their acts make them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from stepdown.retention import publishing
from stepdown.retention.curriculum import Module, Pinned, Programme
from stepdown.web.accounts.models import Agency, Person, RoleGrant
from stepdown.web.policy import Role
from stepdown.web.programs.models import Instructing, ModuleVersion, ProgrammeVersion, Session
from tests.web.conftest import Place

DAY = date(2026, 1, 5)
LOOKED_FOR = (
    {"id": "opening", "text": "Began with a scenario"},
    {"id": "talk", "text": "Everybody spoke"},
)


def a_module(agency: Agency, name: str = "listening", **changed: Any) -> ModuleVersion:
    """Publish the next version of a module of two hours, with a checklist of two lines."""
    row = ModuleVersion.objects.filter(agency=agency, name=name).order_by("-number").first()
    content = {
        "id": name, "title": name.replace("_", " ").capitalize(), "hours": 2.0,
        "delivery": ["classroom"], "objectives": [{"id": "hear", "text": "Hears what is said"}],
        "techniques": ["listen"], "fidelity": list(LOOKED_FOR),
    } | changed  # fmt: skip
    if row is not None and "assumed" not in changed:
        content["assumed"] = [{"id": f"a{row.number}", "text": "Changed"}]
    made = publishing.publish(
        row.value() if row else None, Module.model_validate(content), "Needed", DAY
    )
    return ModuleVersion.objects.create(
        agency=agency, name=name, number=made.number, day=made.day, reason=made.reason,
        digest=made.digest, content=made.content.as_dict(),
    )  # fmt: skip


def a_programme(agency: Agency, name: str, *modules: ModuleVersion) -> ProgrammeVersion:
    """Publish the next version of a programme of these modules."""
    row = ProgrammeVersion.objects.filter(agency=agency, name=name).order_by("-number").first()
    content = Programme(
        id=name, title=name.replace("_", " ").capitalize(), for_whom="Everybody",
        modules=tuple(Pinned(id=m.name, version=m.number) for m in modules),
    )  # fmt: skip
    made = publishing.publish(row.value() if row else None, content, "Needed", DAY)
    return ProgrammeVersion.objects.create(
        agency=agency, name=name, number=made.number, day=made.day, reason=made.reason,
        digest=made.digest, content=made.content.as_dict(),
    )  # fmt: skip


def a_session(
    here: Place, module: ModuleVersion, start: datetime, *teachers: Person,
    everybody: bool = False, **given: Any,
) -> Session:  # fmt: skip
    """Make a session of two hours, of the first unit or for everybody."""
    given = {"minutes": 120, "place": "Room 4", "unit": None if everybody else here.unit} | given
    made = Session.objects.create(agency=here.agency, module=module, start=start, **given)
    for teacher in teachers:
        Instructing.objects.create(session=made, person=teacher)
    return made


def trainees(here: Place, count: int, prefix: str = "t") -> list[Person]:
    """Make trainees of the first unit, whose names sort in the order of their numbers."""
    made = Person.objects.bulk_create(
        Person(email=f"{prefix}{n}@many.example", name=f"{prefix.upper()} {n:04}")
        for n in range(count)
    )
    RoleGrant.objects.bulk_create(
        RoleGrant(person=person, role=Role.TRAINEE, agency=here.agency, unit=here.unit)
        for person in made
    )
    return made
