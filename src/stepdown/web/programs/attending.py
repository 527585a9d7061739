"""Who was at a session: who is expected, noting them, correcting an entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from stepdown.problems import Problem
from stepdown.retention import teaching
from stepdown.retention.delivered import counted
from stepdown.web.accounts.models import Person
from stepdown.web.audit import log
from stepdown.web.policy import Action, Actor, Role
from stepdown.web.programs.models import Attendance, Session
from stepdown.web.programs.scheduling import LONGEST_WHY, find
from stepdown.web.programs.text import line, refuse, unlisted
from stepdown.web.programs.zones import zone_of


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody who is expected at a session, or was there, with the entry that counts."""

    person: Person
    entry: Attendance | None


def expected(session: Session) -> QuerySet[Person]:
    """Return the trainees whom a session is for, and whoever has an entry, by name."""
    return Person.objects.filter(
        Q(pk__in=_trainees(session)) | Q(pk__in=session.attendance.values("person"))
    ).order_by("name", "id")


def with_entries(session: Session, people: Iterable[Person]) -> list[Expected]:
    """Return these people with the entry that counts for each; one query."""
    people = list(people)
    entries = entries_of(session, [person.id for person in people])
    counts = {entry.person_id: entry for entry in counting(entries)}
    return [Expected(person, counts.get(person.id)) for person in people]


def entries_of(session: Session, people: Iterable[UUID]) -> list[Attendance]:
    """Return all entries of these people at a session, as they were written down."""
    rows = Attendance.objects.filter(session=session, person__in=list(people))
    return list(rows.select_related("recorded_by", "person").order_by("recorded", "id"))


def counting(entries: Iterable[Attendance]) -> list[Attendance]:
    """Return those of the entries that count, one for each person."""
    by_id = {str(entry.id): entry for entry in entries}
    return [by_id[entry.id] for entry in counted(entry.value() for entry in by_id.values())]


def there(session: Session) -> int:
    """Return how many people were at a session."""
    return sum(entry.minutes > 0 for entry in counting(session.attendance.all()))


def note_present(
    actor: Actor, session: UUID, minutes: Mapping[UUID, int] | None, now: datetime
) -> int:
    """Note how long people were at a session, and return how many were new.

    `minutes` None: all who are expected and have no entry, for the whole session. Whoever has an
    entry keeps it: sent twice, nothing is noted twice. Raises Missing, Refused or InputProblems.
    """
    find(actor, session, Action.NOTE_ATTENDANCE)
    with transaction.atomic():
        found = _locked(session)
        wrong = _not_noted_now(found, now)
        held = as_value(found)
        known = set(expected(found).values_list("pk", flat=True))
        noted = set(found.attendance.values_list("person", flat=True))
        if minutes is None:
            minutes = dict.fromkeys(known - noted, found.minutes)
        if set(minutes) - known:
            given = _("%(count)d who are not expected") % {"count": len(set(minutes) - known)}
            wrong.append(Problem("people", given, _("people of the list"), _("choose others")))
        if any(not 0 < given <= found.minutes for given in minutes.values()):
            span = _("1 to %(most)d minutes, as long as the session") % {"most": found.minutes}
            wrong.append(Problem("minutes", _("another number"), span, _("correct the minutes")))
        refuse(_("who was there"), wrong)
        made = [
            Attendance(id=uuid5(found.id, f"list {person}"), session=found, person_id=person,
                       minutes=minutes[person], how="list", recorded_by_id=actor.person,
                       recorded=now)
            for person in sorted(set(minutes) - noted)
        ]  # fmt: skip
        for entry in made:
            teaching.check_attendance(entry.value(), held)
        Attendance.objects.bulk_create(made)
        if made:
            log.note(actor, Action.NOTE_ATTENDANCE.value, "session", found.id, found.thing(),
                     detail={"people": len(made)}, now=now)  # fmt: skip
    return len(made)


def correct(
    actor: Actor, session: UUID, entry: UUID, minutes: int, why: str, now: datetime
) -> Attendance:
    """Put an entry right by a new one, with the reason; the earlier one stays to be seen.

    0 minutes say that the person was not there. Sent twice, it is corrected once.
    """
    find(actor, session, Action.NOTE_ATTENDANCE)
    with transaction.atomic():
        found = _locked(session)
        replaced = found.attendance.filter(pk=entry).first()
        if replaced is None:
            raise unlisted(_("the entry"), "entry")
        wrong: list[Problem] = []
        said = line("why", why, LONGEST_WHY, wrong)
        if not 0 <= minutes <= found.minutes:
            span = _("0 to %(most)d minutes, as long as the session") % {"most": found.minutes}
            wrong.append(Problem("minutes", str(minutes)[:20], span, _("correct the minutes")))
        if found.cancelled_at is not None:
            wrong.append(_gone())
        refuse(_("the entry"), wrong)
        done = Attendance.objects.filter(supersedes=replaced, recorded_by=actor.id).first()
        if done is not None and (done.minutes, done.why) == (minutes, said):
            return done
        made = Attendance(
            id=uuid4(), session=found, person_id=replaced.person_id, minutes=minutes, how="list",
            recorded_by_id=actor.person, recorded=now, supersedes=replaced, why=said,
        )  # fmt: skip
        before = entries_of(found, [replaced.person_id])
        teaching.check_attendance(made.value(), as_value(found), [e.value() for e in before])
        made.save(force_insert=True)
        log.note(actor, "correct who was at a session", "session", found.id, found.thing(),
                 detail={"person": str(made.person_id)}, now=now)  # fmt: skip
    return made


def as_value(session: Session) -> teaching.Session:
    """Return a session as the library has it, its times in the agency's zone."""
    teachers = tuple(str(person.person_id) for person in session.instructing.all())
    session.start = session.start.astimezone(zone_of(session.agency))
    return session.value(teachers or ("unknown",))


def _trainees(session: Session) -> QuerySet[Person, Any]:
    """Return the trainees of the unit, those of its whole agency among them, or of the agency."""
    place = Q(grants__agency=session.agency_id)
    if session.unit_id is not None:
        place &= Q(grants__unit=session.unit_id) | Q(grants__unit=None)
    standing = {"grants__role": Role.TRAINEE, "grants__suspended_at": None, "is_active": True}
    return Person.objects.filter(place, **standing).values("pk")


def _locked(session: UUID) -> Session:
    rows = Session.objects.select_related("agency", "module", "programme")
    return rows.select_for_update(of=("self",)).get(pk=session)


def _gone() -> Problem:
    return Problem("session", _("cancelled"), _("one that stands"), _("nothing is noted here"))


def _not_noted_now(session: Session, now: datetime) -> list[Problem]:
    if session.cancelled_at is not None:
        return [_gone()]
    if now < session.start:
        fix = _("note who was there when it has begun")
        return [Problem("session", _("one that has not begun"), _("one that has"), fix)]
    return []
