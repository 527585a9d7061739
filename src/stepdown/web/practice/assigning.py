"""Assign a scenario to people of a unit, see who has done it, withdraw it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from stepdown.problems import InputProblems, Problem
from stepdown.web.accounts.models import Person, Unit
from stepdown.web.audit import log
from stepdown.web.permission import Missing, permit
from stepdown.web.policy import Action, Actor
from stepdown.web.practice.models import Assignee, Assignment, Encounter, ScenarioFile
from stepdown.web.practice.scenarios import Listed, listed, titles
from stepdown.web.practice.units import find_unit, people_of

LONGEST_NOTE = 400
FURTHEST = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one person has come with an assignment."""

    person: Person
    encounters: tuple[Encounter, ...]
    """Newest first."""
    begun_at: datetime | None
    done_at: datetime | None
    late: bool
    """It was done after the day by which it was due."""
    again: bool
    """They have begun and ended it as often as they may: an instructor may allow it again."""


def scenarios_for(actor: Actor, unit: Unit) -> list[Listed]:
    """Return the scenarios that can be assigned in a unit: its agency's own, and those shipped."""
    files = ScenarioFile.objects.filter(agency=unit.agency_id, withdrawn_at=None)
    own = {str(pk) for pk in files.values_list("pk", flat=True)}
    return [item for item in listed(actor) if not item.own or item.key in own]


def assign(
    actor: Actor, unit: UUID, scenario: str, people: Sequence[UUID] | None, due: date,
    assessed: bool, note: str, now: datetime, *, key: UUID | None = None,
) -> Assignment:  # fmt: skip
    """Assign a scenario to people of a unit, or to all who are in it now (`people` None).

    Sent twice with one `key`, it is assigned once. Raises Missing, Refused or InputProblems.
    """
    place = find_unit(actor, unit, Action.ASSIGN)
    earlier = Assignment.objects.filter(pk=key).first() if key else None
    if earlier is not None and (earlier.unit_id, earlier.by_id) == (place.id, actor.id):
        return earlier
    belong = {person.id for person in people_of(place)}
    chosen = belong if people is None else set(people)
    wrong = _wrong(due, now, note, chosen, belong)
    if earlier is not None:
        fix = _("reload the page and send it again")
        wrong.append(Problem("key", _("a key that was used"), _("a new key"), fix))
    if scenario not in {item.key for item in scenarios_for(actor, place)}:
        fix = _("choose one of the list")
        wrong.insert(0, Problem("scenario", scenario[:80], _("a scenario of the library"), fix))
    if wrong:
        raise InputProblems(_("the assignment"), wrong)
    made = Assignment(
        id=key or uuid4(), unit=place, scenario=scenario, assessed=assessed, due=due,
        note=note.strip(), by_id=actor.person, at=now,
    )  # fmt: skip
    try:
        _write(actor, made, chosen)
    except IntegrityError:
        return assign(actor, unit, scenario, people, due, assessed, note, now, key=key)
    return made


def _write(actor: Actor, made: Assignment, chosen: set[UUID]) -> None:
    """Write an assignment with its people. Raises IntegrityError if its key was just used."""
    with transaction.atomic():
        made.save(force_insert=True)
        Assignee.objects.bulk_create(Assignee(assignment=made, person_id=p) for p in sorted(chosen))
        detail = {
            "scenario": made.scenario, "assessed": made.assessed, "people": len(chosen),
        }  # fmt: skip
        log.note(actor, Action.ASSIGN.value, "assignment", made.id, made.thing(), detail=detail,
                 now=made.at)  # fmt: skip


def withdraw(actor: Actor, assignment: UUID, now: datetime) -> Assignment:
    """Withdraw an assignment; it stays to be seen. What was begun for it goes on."""
    found = find(assignment)
    permit(actor, Action.WITHDRAW, found.thing(), "assignment", found.id)
    with transaction.atomic():
        standing = Assignment.objects.filter(pk=found.pk, withdrawn_at=None)
        if standing.update(withdrawn_at=now):
            log.note(actor, Action.WITHDRAW.value, "assignment", found.id, found.thing(), now=now)
    found.refresh_from_db()
    return found


def allow_again(actor: Actor, assignment: UUID, person: UUID, now: datetime) -> None:
    """Let somebody begin an assessment once more than they have."""
    found = find(assignment)
    permit(actor, Action.ASSIGN, found.thing(), "assignment", found.id)
    with transaction.atomic():
        used_up = Assignee.objects.filter(
            assignment=found, person=person, begun__gte=F("allowed"), assignment__assessed=True
        )
        if not used_up.update(allowed=F("begun") + 1):
            problem = Problem(
                "person", str(person), _("somebody who has begun this assessment as often as they"
                " may"), _("nothing needs to be done: they can begin it"),
            )  # fmt: skip
            raise InputProblems(_("the assignment"), [problem])
        log.note(actor, "allow an assessment again", "assignment", found.id, found.thing(),
                 detail={"person": str(person)}, now=now)  # fmt: skip


def progress(actor: Actor, assignment: UUID) -> tuple[Assignment, list[Progress]]:
    """Return an assignment with who has come how far, by name. Raises Missing or Refused."""
    found = find(assignment)
    # Its list is about others, also for the person who made it: reading it is noted.
    permit(actor, Action.SEE_ASSIGNMENT, replace(found.thing(), owner=None), "assignment", found.id)
    assignees = found.assignees.select_related("person").order_by("person__name", "person_id")
    begun: dict[UUID, list[Encounter]] = {}
    for row in found.encounters.order_by("-started_at"):
        begun.setdefault(row.person_id, []).append(row)
    return found, [_progress(found, a, tuple(begun.get(a.person_id, ()))) for a in assignees]


def given_in(unit: Unit) -> list[tuple[Assignment, str, int, int]]:
    """Return a unit's assignments, newest first, with title, how many have it and have done it."""
    rows = list(Assignment.objects.filter(unit=unit).select_related("unit").order_by("-at")[:100])
    named = titles({row.scenario for row in rows})
    given: dict[UUID, int] = {}
    for pk in Assignee.objects.filter(assignment__in=rows).values_list("assignment", flat=True):
        given[pk] = given.get(pk, 0) + 1
    ended = Encounter.objects.filter(assignment__in=rows).exclude(ended_at=None).order_by()
    done = set(ended.values_list("assignment", "person").distinct())
    return [
        (row, named.get(row.scenario, row.scenario), given.get(row.id, 0),
         sum(pk == row.id for pk, _person in done))
        for row in rows
    ]  # fmt: skip


def title_of(assignment: Assignment) -> str:
    """Return the title of what is assigned."""
    return titles({assignment.scenario}).get(assignment.scenario, assignment.scenario)


def find(assignment: UUID) -> Assignment:
    """Return an assignment, whoever may see it. Raises Missing."""
    found = Assignment.objects.select_related("unit").filter(pk=assignment).first()
    if found is None:
        raise Missing(f"no assignment {assignment}")
    return found


def _wrong(
    due: date, now: datetime, note: str, chosen: set[UUID], belong: set[UUID]
) -> list[Problem]:
    wrong: list[Problem] = []
    today = now.astimezone(UTC).date()
    if not today <= due <= today + FURTHEST:
        expected = _("a day from today on, within two years")
        wrong.append(Problem("due", due.isoformat(), expected, _("choose another day")))
    if len(note.strip()) > LONGEST_NOTE:
        expected = _("%(most)d characters at most") % {"most": LONGEST_NOTE}
        given = _("%(count)d characters") % {"count": len(note.strip())}
        wrong.append(Problem("note", given, expected, _("shorten it")))
    if not note.isprintable() and any(not c.isprintable() and c not in "\r\n\t" for c in note):
        wrong.append(Problem("note", _("signs that cannot be shown"), _("plain text"),
                             _("write it anew")))  # fmt: skip
    if not chosen:
        wrong.append(Problem("people", _("nobody"), _("at least one person of the unit"),
                             _("choose people, or the whole unit")))  # fmt: skip
    if foreign := chosen - belong:
        given = _("%(count)d who are not trainees of the unit") % {"count": len(foreign)}
        wrong.append(Problem("people", given, _("trainees of the unit"), _("choose others")))
    return wrong


def late(assignment: Assignment, at: datetime) -> bool:
    """Say whether a time is after the day by which an assignment is due."""
    return at.astimezone(UTC).date() > assignment.due


def _progress(found: Assignment, row: Assignee, begun: tuple[Encounter, ...]) -> Progress:
    ended = [e.ended_at for e in begun if e.ended_at]
    done = min(ended) if ended else None
    spent = found.assessed and row.begun >= row.allowed and len(ended) == len(begun)
    return Progress(
        row.person, begun, begun[-1].started_at if begun else None, done,
        done is not None and late(found, done), spent,
    )  # fmt: skip
