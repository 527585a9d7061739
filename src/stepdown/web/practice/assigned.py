"""What was assigned to a person: what waits, what it says, and how it is begun."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from stepdown.encounter.scenario import Scenario
from stepdown.problems import InputProblems, Problem
from stepdown.web.audit import log
from stepdown.web.permission import Missing, may, permit
from stepdown.web.policy import Action, Actor, Thing
from stepdown.web.practice import play
from stepdown.web.practice.assigning import find, late
from stepdown.web.practice.models import Assignee, Assignment, Encounter, ScenarioFile
from stepdown.web.practice.scenarios import scenario_of, titles


@dataclass(frozen=True, slots=True)
class Task:
    """An assignment as the person sees it to whom it was given."""

    assignment: Assignment
    title: str
    standing: Encounter | None
    """The encounter that was begun for it and has not ended."""
    done_at: datetime | None
    late: bool
    """It was done, or stands undone, after the day by which it is due."""
    spent: bool
    """It is an assessment that may not be begun once more."""


def tasks(actor: Actor, now: datetime) -> list[Task]:
    """Return what was assigned to this person and stands, what is due first before all else."""
    mine = Assignee.objects.filter(person=actor.id, assignment__withdrawn_at=None)
    rows = list(mine.select_related("assignment__unit").order_by("assignment__due", "pk"))
    rows = [r for r in rows if may(actor, Action.DO_ASSIGNMENT, _thing(r.assignment, actor))]
    begun: dict[UUID | None, list[Encounter]] = {}
    for row in Encounter.objects.filter(
        person=actor.id, assignment__in=[r.assignment_id for r in rows]
    ):
        begun.setdefault(row.assignment_id, []).append(row)
    named = titles({r.assignment.scenario for r in rows})
    return [_task(r, begun.get(r.assignment_id, []), named, now) for r in rows]


def waiting(actor: Actor, now: datetime) -> list[Task]:
    """Return what was assigned to this person, stands, and has not been done."""
    return [task for task in tasks(actor, now) if task.done_at is None]


def task(actor: Actor, assignment: UUID, now: datetime) -> Task:
    """Return an assignment for a person to whom it was given, withdrawn or not."""
    row = _mine(actor, assignment)
    begun = Encounter.objects.filter(person=actor.id, assignment=assignment)
    return _task(row, list(begun), titles({row.assignment.scenario}), now)


def scenario_for(actor: Actor, task: Task) -> Scenario | None:
    """Return the scenario of an assignment, None if it is there no more."""
    try:
        return scenario_of(actor, task.assignment.scenario)
    except Missing:
        return None


def open_assignment(actor: Actor, assignment: UUID, now: datetime) -> Assignment:
    """Return an assignment that this person may begin. Late is allowed; withdrawn is not."""
    found = _mine(actor, assignment).assignment
    if found.withdrawn_at is not None:
        given = _("withdrawn on %(day)s") % {"day": found.withdrawn_at.date().isoformat()}
        fix = _("nothing is left to do; the library is open for practice")
        raise InputProblems(
            _("the assignment"), [Problem("assignment", given, _("one that stands"), fix)]
        )
    return found


def begin(
    actor: Actor, assignment: UUID, pace: str, *, announced: bool, now: datetime
) -> Encounter:
    """Begin what was assigned, or return to where it stands.

    `announced`: the person says that they know it is an assessment and who will read it. Raises
    InputProblems without that, or if they have begun the assessment as often as they may.
    """
    given = open_assignment(actor, assignment, now)
    scenario = _scenario(actor, given)
    standing = _standing(actor, given)
    if standing is not None:
        return standing
    if given.assessed and not announced:
        problem = Problem(
            "announced", _("not confirmed"), _("that you know this is an assessment"),
            _("read who will see it, tick the box, and begin"),
        )  # fmt: skip
        raise InputProblems(_("the assessment"), [problem])
    with transaction.atomic():
        if given.assessed and not _counted(actor, given):
            again = _standing(actor, given)
            if again is None:
                raise InputProblems(_("the assessment"), [_once_only()])
            return again
        if given.assessed:
            log.note(actor, "assessment acknowledged", "assignment", given.id,
                     _thing(given, actor), now=now)  # fmt: skip
        return play.start(actor, scenario, given.scenario, pace, now, assignment=given)


def _thing(assignment: Assignment, *people: Actor) -> Thing:
    """Return an assignment as the policy sees it for people to whom it was given."""
    given = frozenset(actor.id for actor in people if actor.id)
    return replace(assignment.thing(), assigned=given)


def _mine(actor: Actor, assignment: UUID) -> Assignee:
    """Return this person's part in an assignment. Raises Missing or Refused."""
    rows = Assignee.objects.select_related("assignment__unit")
    row = rows.filter(assignment=assignment, person=actor.id).first()
    if row is None:
        permit(actor, Action.DO_ASSIGNMENT, find(assignment).thing(), "assignment", assignment)
        raise Missing(f"no assignment {assignment}")
    permit(actor, Action.DO_ASSIGNMENT, _thing(row.assignment, actor), "assignment", assignment)
    return row


def _scenario(actor: Actor, given: Assignment) -> Scenario:
    if ScenarioFile.objects.filter(
        pk__in=[given.scenario] if len(given.scenario) == 36 else [], withdrawn_at__isnull=False
    ).exists():
        problem = Problem(
            "scenario", _("one that was withdrawn"), _("one that stands"),
            _("tell whoever assigned it"),
        )  # fmt: skip
        raise InputProblems(_("the assignment"), [problem])
    return scenario_of(actor, given.scenario)


def _standing(actor: Actor, given: Assignment) -> Encounter | None:
    mine = Encounter.objects.filter(person=actor.id, assignment=given, ended_at=None)
    return mine.order_by("-started_at").first()


def _counted(actor: Actor, given: Assignment) -> bool:
    """Count one more beginning of an assessment, if one is left; two at once cannot both be."""
    left = Assignee.objects.filter(assignment=given, person=actor.id, begun__lt=F("allowed"))
    return left.update(begun=F("begun") + 1) == 1


def _once_only() -> Problem:
    return Problem(
        "assessment", _("begun before"), _("one that you have not begun"),
        _("an instructor of your unit can allow you to begin it again"),
    )  # fmt: skip


def _task(row: Assignee, begun: list[Encounter], named: dict[str, str], now: datetime) -> Task:
    given = row.assignment
    ended = [e.ended_at for e in begun if e.ended_at]
    done = min(ended) if ended else None
    standing = next((e for e in begun if e.ended_at is None), None)
    return Task(
        given, named.get(given.scenario, given.scenario), standing, done,
        late(given, done or now), given.assessed and row.begun >= row.allowed,
    )  # fmt: skip
