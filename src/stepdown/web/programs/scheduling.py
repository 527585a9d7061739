"""Schedule a session: what it teaches, to whom, when, where and by whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from stepdown.problems import Problem
from stepdown.retention import teaching
from stepdown.web.accounts.models import Agency, Person, RoleGrant, Unit
from stepdown.web.audit import log
from stepdown.web.permission import Missing, may, permit
from stepdown.web.policy import Action, Actor, Role, Thing
from stepdown.web.programs.curricula import find_agency
from stepdown.web.programs.models import (
    Instructing,
    ModuleVersion,
    ProgrammeVersion,
    Session,
)
from stepdown.web.programs.text import line, refuse, unlisted, used_key
from stepdown.web.programs.zones import NoSuchTime, moments, zone_of

LONGEST_PLACE, LONGEST_WHY, MOST_INSTRUCTORS = 200, 400, 20
EARLIEST, FURTHEST = timedelta(days=3653), timedelta(days=731)


@dataclass(frozen=True, slots=True)
class When:
    """A day and a time as the clocks of the agency show them.

    `second`: of two such times on a day on which clocks are set back; None where nobody said.
    """

    day: date
    clock: time
    second: bool | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What may change until a session begins. `minutes` None: those of the module."""

    when: When
    minutes: int | None
    place: str
    instructors: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a session teaches, and to whom: a unit, or everybody in the agency (None)."""

    module: UUID
    unit: UUID | None = None
    programme: UUID | None = None
    make_up_of: UUID | None = None


def schedule(
    actor: Actor, agency: UUID, subject: Subject, held: Held, now: datetime, *,
    key: UUID | None = None, despite: Sequence[str] = (),
) -> Session:  # fmt: skip
    """Schedule a session. Sent twice with one `key`, there is one.

    `despite`: the kinds of warnings that somebody saw and ticked; the audit log keeps them.
    Raises Missing, Refused or InputProblems.
    """
    place = find_agency(actor, agency, Action.SEE_SESSION)
    unit = _unit(place, subject)
    thing = Thing(agency=place.id, units=frozenset([unit.id] if unit else []))
    permit(actor, Action.SCHEDULE, thing, "session", key or "")
    earlier = Session.objects.filter(pk=key).first() if key else None
    if earlier is not None and (earlier.agency_id, earlier.by_id) == (place.id, actor.id):
        return earlier
    wrong = [used_key()] if earlier is not None else []
    made = Session(
        id=key or uuid4(), agency=place, unit=unit, by_id=actor.person, at=now, changed_at=now
    )  # fmt: skip
    _about(made, subject, wrong)
    held_as(made, held, now, wrong)
    after_its_origin(made, wrong)
    refuse(_("the session"), wrong)
    try:
        _write(actor, made, held, despite, now)
    except IntegrityError:
        return schedule(actor, agency, subject, held, now, key=key, despite=despite)
    return made


def find(actor: Actor, session: UUID, action: Action) -> Session:
    """Return a session if the policy allows the action. Raises Missing or Refused."""
    found = found_session(session)
    permit(actor, action, found.thing(), "session", found.id)
    return found


def found_session(session: UUID) -> Session:
    """Return a session, whoever may see it. Raises Missing."""
    rows = Session.objects.select_related("agency", "unit", "module", "programme")
    found = rows.filter(pk=session).prefetch_related("instructing").first()
    if found is None:
        raise Missing(f"no session {session}")
    return found


def instructors_of(agency: Agency) -> QuerySet[Person]:
    """Return those who instruct in an agency, by name."""
    standing = {"grants__role": Role.INSTRUCTOR, "grants__suspended_at": None, "is_active": True}
    people = Person.objects.filter(grants__agency=agency, **standing)
    return people.distinct().order_by("name", "id")


def units_of_instructors(agency: Agency) -> dict[UUID, list[str]]:
    """Return the names of the units that each instructor of an agency teaches; one query."""
    roles = RoleGrant.objects.filter(agency=agency, role=Role.INSTRUCTOR, suspended_at=None)
    found: dict[UUID, list[str]] = {}
    named = roles.filter(unit__isnull=False).order_by("unit__name")
    for person, unit in named.values_list("person", "unit__name"):
        found.setdefault(person, []).append(unit)
    return found


def units_for(actor: Actor, agency: Agency) -> tuple[list[Unit], bool]:
    """Return the units this person may schedule for, and whether they may for everybody."""
    units = [
        unit for unit in Unit.objects.filter(agency=agency).order_by("name")
        if may(actor, Action.SCHEDULE, Thing(agency=agency.id, units=frozenset([unit.id])))
    ]  # fmt: skip
    return units, may(actor, Action.SCHEDULE, Thing(agency=agency.id))


def can_be_made_up(agency: Agency, module: str, before: datetime) -> QuerySet[Session]:
    """Return the sessions that taught a module, in some version, newest first."""
    taught = Session.objects.filter(agency=agency, module__name=module, start__lt=before)
    return taught.select_related("unit").order_by("-start", "id")


def _unit(place: Agency, subject: Subject) -> Unit | None:
    if subject.unit is None:
        return None
    unit = Unit.objects.filter(pk=subject.unit, agency=place).first()
    if unit is None:
        raise unlisted(_("the session"), "unit")
    return unit


def _about(made: Session, subject: Subject, wrong: list[Problem]) -> None:
    """Set what a session teaches, within which programme, and what it makes up."""
    choose = _("choose one of the list")
    module = ModuleVersion.objects.filter(pk=subject.module, agency=made.agency).first()
    if module is None:
        expected = _("a published version of a module")
        wrong.append(Problem("module", _("one that is not there"), expected, choose))
        return
    made.module = module
    if subject.programme is not None:
        rows = ProgrammeVersion.objects.filter(pk=subject.programme, agency=made.agency)
        made.programme = rows.first()
        pin = {"id": module.name, "version": module.number}
        if made.programme is None or pin not in made.programme.content["modules"]:
            given = _("one without this version of the module")
            wrong.append(Problem("programme", given, _("one that pins it"), choose))
    if subject.make_up_of is not None:
        taught = Session.objects.filter(pk=subject.make_up_of, agency=made.agency)
        made.make_up_of = taught.filter(module__name=module.name).first()
        if made.make_up_of is None:
            expected = _("an earlier session of the same module")
            wrong.append(Problem("make_up_of", _("another one"), expected, choose))


def after_its_origin(made: Session, wrong: list[Problem]) -> None:
    """Hold a make-up against the session that it makes up, which comes first."""
    origin = made.make_up_of
    if origin is not None and made.start is not None and origin.start >= made.start:
        wrong.append(Problem("make_up_of", _("one that begins later"),
                             _("an earlier session of the same module"),
                             _("choose another time, or another session")))  # fmt: skip


def held_as(made: Session, held: Held, now: datetime, wrong: list[Problem]) -> None:
    """Set when, how long and where a session is, and hold its instructors against the agency."""
    start = _start(held.when, zone_of(made.agency), wrong)
    if start is not None:
        made.start = start
        if not now - EARLIEST <= start <= now + FURTHEST:
            expected = _("at most ten years back, and two years ahead")
            wrong.append(Problem("day", held.when.day.isoformat(), expected,
                                 _("choose another day")))  # fmt: skip
    made.minutes = _minutes(made) if held.minutes is None else held.minutes
    if not 0 < made.minutes <= teaching.LONGEST:
        expected = _("1 to %(most)d minutes") % {"most": teaching.LONGEST}
        fix = _("say how long it is; a course of several days has a session for each")
        wrong.append(Problem("minutes", str(made.minutes), expected, fix))
    made.place = line("place", held.place, LONGEST_PLACE, wrong)
    _instructed(made, held.instructors, wrong)


def _minutes(made: Session) -> int:
    return round(made.module.content["hours"] * 60) if made.module_id else 1


def _instructed(made: Session, chosen: frozenset[UUID], wrong: list[Problem]) -> None:
    known = set(instructors_of(made.agency).values_list("pk", flat=True))
    known |= set(Instructing.objects.filter(session=made.id).values_list("person", flat=True))
    if not 0 < len(chosen) <= MOST_INSTRUCTORS:
        expected = _("1 to %(most)d of those who instruct here") % {"most": MOST_INSTRUCTORS}
        wrong.append(Problem("instructors", str(len(chosen)), expected, _("choose who teaches")))
    elif chosen - known:
        given = _("%(count)d who do not instruct here") % {"count": len(chosen - known)}
        expected = _("people who instruct in the agency")
        wrong.append(Problem("instructors", given, expected, _("choose others")))


def _start(when: When, zone: ZoneInfo, wrong: list[Problem]) -> datetime | None:
    """Return the moment that a day and a time mean in a zone."""
    given = f"{when.day.isoformat()} {when.clock:%H:%M}"
    try:
        found = moments(when.day, when.clock, zone)
    except (NoSuchTime, OverflowError, ValueError):
        wrong.append(Problem("clock", given, _("a time that exists: clocks are set forward then"),
                             _("choose an earlier or a later time")))  # fmt: skip
        return None
    if len(found) == 1:
        return found[0]
    if when.second is None:
        first, second = (f"{m.astimezone(zone):%H:%M %Z}" for m in found)
        expected = _("which of two: clocks are set back, so it is first %(first)s, then %(second)s")
        wrong.append(Problem("clock", given, expected % {"first": first, "second": second},
                             _("choose the first or the second")))  # fmt: skip
        return None
    return found[1] if when.second else found[0]


def _write(actor: Actor, made: Session, held: Held, despite: Sequence[str], now: datetime) -> None:
    """Write a session with its instructors. Raises IntegrityError if its key was just used."""
    with transaction.atomic():
        made.save(force_insert=True)
        teach(made, held.instructors)
        detail = {"module": str(made.module_id), "unit": str(made.unit_id or "")}
        detail |= told_of(despite)
        log.note(actor, Action.SCHEDULE.value, "session", made.id, made.thing(), detail=detail,
                 now=now)  # fmt: skip


def told_of(despite: Sequence[str]) -> dict[str, Any]:
    """Return what an entry of the audit log holds of warnings that somebody ticked."""
    return {"despite": list(despite)} if despite else {}


def teach(session: Session, people: frozenset[UUID]) -> None:
    """Write down that these people are to teach a session."""
    Instructing.objects.bulk_create(
        Instructing(session=session, person_id=person) for person in sorted(people)
    )
