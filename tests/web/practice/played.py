"""Encounters that tests of pages rest on, played through the acts of the site."""

from __future__ import annotations

import uuid

from stepdown.encounter.library import library
from stepdown.web.practice import play
from stepdown.web.practice.deeds import read_deed
from stepdown.web.practice.models import Encounter, Event
from tests.web.conftest import NOW

ACTS = (
    ("say", {"text": "Hello, I am Sam. It sounds like you are worn out."}),
    ("move", {"text": "step_back"}),
    ("say", {"text": "You must calm down now! Why did you do that?"}),
    ("assess", {"arousal": "7", "risk": "self_harm"}),
    ("wait", {"seconds": "5"}),
)


def begun(person, key="bridge", seed=7, acts=ACTS, **named):
    row = play.start(person.actor(), library()[key], key, "turn", NOW, seed=seed, **named)
    for kind, given in acts:
        play.do(person.actor(), row.id, uuid.uuid4(), read_deed(kind, given), NOW)
    return Encounter.objects.get(pk=row.id)


def ended(person, key="bridge", seed=7, acts=ACTS, **named):
    row = begun(person, key, seed, acts, **named)
    return stopped(person, row)


def stopped(person, row):
    play.do(person.actor(), row.id, uuid.uuid4(), read_deed("stop", {}), NOW)
    return Encounter.objects.get(pk=row.id)


def log_of(row):
    lines = Event.objects.filter(encounter=row).order_by("n").values_list("line", flat=True)
    return "".join(f"{line}\n" for line in lines).encode()


def assessment(place, key="bridge", note="", due=None):
    """Return an assessment that an instructor assigned to the trainee of a place."""
    from stepdown.web.policy import Role
    from stepdown.web.practice.models import Assignee, Assignment

    made = Assignment.objects.create(
        unit=place.unit, scenario=key, assessed=True, due=due or NOW.date(), note=note,
        by=place.people[Role.INSTRUCTOR], at=NOW,
    )  # fmt: skip
    Assignee.objects.create(assignment=made, person=place.people[Role.TRAINEE])
    return made
