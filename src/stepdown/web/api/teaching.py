"""Assigning by the API: what was assigned to one, and what one assigns in a unit."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID, uuid5

from ninja import Header, Status

from stepdown.web.api import teaching_schemas as schemas
from stepdown.web.api.errors import Conflict
from stepdown.web.api.operations import Operations
from stepdown.web.policy import Action
from stepdown.web.practice import assigned, assigning, units
from stepdown.web.practice.models import Assignment
from stepdown.web.request import Request

part = Operations("teaching")
OnceKey = Annotated[
    UUID | None,
    Header(
        alias="Idempotency-Key",
        description="A new UUID; sent again with the same one, it is assigned once.",
    ),
]


@part.get("/assignments", "practice", schemas.Tasks)
def list_tasks(request: Request) -> schemas.Tasks:
    """List what was assigned to oneself and stands."""
    found = assigned.tasks(request.actor, datetime.now(UTC))
    return schemas.Tasks(items=[_task(task) for task in found])


@part.get("/units", "teach", schemas.Units)
def list_units(request: Request) -> schemas.Units:
    """List the units in which one teaches."""
    return schemas.Units(
        items=[
            schemas.UnitOut(id=unit.id, agency=unit.agency.name, name=unit.name)
            for unit in units.taught_by(request.actor)
        ]
    )


@part.get("/units/{pk}/people", "teach", schemas.People)
def list_people(request: Request, pk: UUID) -> schemas.People:
    """List the trainees of a unit, and that they practised.

    Whoever administers the agency sees who they are and nothing of their practice.
    """
    unit = units.find_unit(request.actor, pk, Action.SEE_PEOPLE)
    return schemas.People(
        items=[
            schemas.PersonOut(id=p.person.id, name=p.person.name, times=p.times, last=p.last)
            for p in units.people_shown(request.actor, unit)
        ]
    )


@part.get("/units/{pk}/assignments", "teach", schemas.Assignments)
def list_assignments(request: Request, pk: UUID) -> schemas.Assignments:
    """List the assignments of a unit."""
    unit = units.find_unit(request.actor, pk, Action.SEE_ASSIGNMENT)
    return schemas.Assignments(
        items=[
            schemas.AssignmentItem(
                **_assignment(row).model_dump(), title=title, given=given, done=done
            )
            for row, title, given, done in assigning.given_in(unit)
        ]
    )


@part.post("/units/{pk}/assignments", "teach", schemas.AssignmentOut, 201)
def assign(
    request: Request, pk: UUID, given: schemas.Assign, key: OnceKey = None
) -> Status[schemas.AssignmentOut]:
    """Assign a scenario to people of a unit, or to all who are in it now."""
    actor = request.actor
    named = uuid5(actor.person, f"{pk} {key}") if key else None
    made = assigning.assign(
        actor, pk, given.scenario, given.people, given.due, given.assessed, given.note,
        datetime.now(UTC), key=named,
    )  # fmt: skip
    asked = (given.scenario, given.due, given.assessed, given.note.strip())
    if asked != (made.scenario, made.due, made.assessed, made.note):
        raise Conflict("This key was sent before, with something else.")
    return Status(201, _assignment(made))


@part.post("/assignments/{pk}/withdraw", "teach", schemas.AssignmentOut)
def withdraw(request: Request, pk: UUID) -> schemas.AssignmentOut:
    """Withdraw an assignment; what was begun for it goes on."""
    return _assignment(assigning.withdraw(request.actor, pk, datetime.now(UTC)))


@part.get("/assignments/{pk}/progress", "teach", schemas.Progress)
def get_progress(request: Request, pk: UUID) -> schemas.Progress:
    """Show who has come how far with an assignment."""
    row, people = assigning.progress(request.actor, pk)
    return schemas.Progress(
        assignment=_assignment(row),
        items=[
            schemas.ProgressItem(
                person=p.person.id, name=p.person.name, begun_at=p.begun_at, done_at=p.done_at,
                late=p.late,
            )
            for p in people
        ],
    )  # fmt: skip


def _task(task: assigned.Task) -> schemas.TaskOut:
    row = task.assignment
    return schemas.TaskOut(
        id=row.id, scenario=row.scenario, title=task.title, assessed=row.assessed, due=row.due,
        note=row.note, encounter=task.standing.id if task.standing else None,
        done_at=task.done_at, late=task.late, spent=task.spent,
    )  # fmt: skip


def _assignment(row: Assignment) -> schemas.AssignmentOut:
    return schemas.AssignmentOut(
        id=row.id, unit=row.unit_id, scenario=row.scenario, assessed=row.assessed, due=row.due,
        note=row.note, at=row.at, withdrawn_at=row.withdrawn_at,
    )  # fmt: skip
