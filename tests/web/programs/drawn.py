"""Units, a programme and a draw for the tests."""

from __future__ import annotations

import datetime as dt
import uuid

from stepdown.retention.rollout_plan import even_waves
from stepdown.web.accounts.models import Person, RoleGrant, Unit
from stepdown.web.policy import Role
from stepdown.web.programs import drawing
from stepdown.web.programs.looked import Wanted
from stepdown.web.programs.models import ModuleVersion, ProgrammeVersion, Session
from tests.web.conftest import NOW

STARTS = (dt.date(2026, 4, 1), dt.date(2026, 7, 1), None)


def units(agency, n=6):
    """Return units of an agency, made by number."""
    return [Unit.objects.create(agency=agency, name=f"Unit {k:02}") for k in range(1, n + 1)]


def trainees(unit, n=3, since=NOW):
    """Return trainees of a unit."""
    people = []
    for k in range(n):
        person = Person.objects.create_user(f"{uuid.uuid4().hex}@x.example", f"Trainee {k}")
        RoleGrant.objects.create(
            person=person, role=Role.TRAINEE, agency=unit.agency, unit=unit, since=since
        )
        people.append(person)
    return people


def wanted(units, **named):
    """Return what is to be drawn of these units."""
    given = {
        "title": "Our rollout", "programme": "roll_call", "strata": {u.id: "" for u in units},
        "waves": even_waves(len(units), STARTS),
    }  # fmt: skip
    return Wanted(**{**given, **named})


def drawn(actor, agency, units, now=NOW, seed=5, key=None, **named):
    """Look, draw, and return the row."""
    asked = wanted(units, seed=seed, **named)
    mark = drawing.look(actor, agency.id, asked, now).mark
    return drawing.draw(actor, agency.id, key or uuid.uuid4(), asked, mark, now)


def held(agency, unit, start=NOW, **named):
    """Return a session of the programme, for a unit or everybody."""
    return Session.objects.create(
        agency=agency, unit=unit, module=ModuleVersion.objects.get(name="first_words", number=1),
        programme=ProgrammeVersion.objects.get(name="roll_call", number=1), start=start,
        minutes=30, place="x", **named,
    )  # fmt: skip
