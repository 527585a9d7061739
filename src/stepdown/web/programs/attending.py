"""Who was at a session: who is expected, noting them, correcting an entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from stepdown.problems import Problem
from stepdown.retention import teaching
from stepdown.retention.delivered import counted
from stepdown.web.accounts.models import Person
from stepdown.web.audit import log
from stepdown.web.policy import Action, Actor
from stepdown.web.programs.expecting import expected, left_out, trained
from stepdown.web.programs.models import Attendance, Session
from stepdown.web.programs.overlap import locked, problems
from stepdown.web.programs.scheduling import LONGEST_WHY, find
from stepdown.web.programs.text import line, refuse, unlisted
from stepdown.web.programs.zones import zone_of


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody who is expected at a session, or was there, with the entry that counts."""

    person: Person
    entry: Attendance | None
    left_out: str = ""
    """Why whoever has no entry is not noted with everybody else; else empty."""


def with_entries(actor: Actor, session: Session, people: Iterable[Person]) -> list[Expected]:
    """Return these people with the entry that counts for each, or why one button leaves them out.

    Five queries, however many they are.
    """
    people = list(people)
    entries = entries_of(session, [person.id for person in people])
    counts = {entry.person_id: entry for entry in counting(entries)}
    out = left_out(actor, session, {person.id for person in people})
    return [Expected(p, counts.get(p.id), out.get(p.id, "")) for p in people]


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

    `minutes` None: all who are expected and have no entry, for the whole session, but for those
    whom `left_out` names. By name anybody may be noted who is or was trained in the agency, except
    whoever acts. Whoever has an entry keeps it: sent twice, nothing is noted twice. Raises Missing,
    Refused or InputProblems.
    """
    find(actor, session, Action.NOTE_ATTENDANCE)
    with transaction.atomic():
        found = locked(session)
        wrong = _not_noted_now(found, now)
        held = as_value(found)
        noted = set(found.attendance.values_list("person", flat=True))
        if minutes is None:
            minutes = _everybody(actor, found, noted)
        wrong += _who(actor, found, minutes)
        if any(not 0 < given <= found.minutes for given in minutes.values()):
            span = _("1 to %(most)d minutes, as long as the session") % {"most": found.minutes}
            wrong.append(Problem("minutes", _("another number"), span, _("correct the minutes")))
        new = {person: given for person, given in minutes.items() if person not in noted}
        wrong += problems(found, new)
        refuse(_("who was there"), wrong)
        made = [
            Attendance(id=uuid4(), session=found, person_id=person, minutes=new[person],
                       how="list", recorded_by_id=actor.person, recorded=now)
            for person in sorted(new)
        ]  # fmt: skip
        for entry in made:
            teaching.check_attendance(entry.value(), held)
        Attendance.objects.bulk_create(made)
        if made:
            of = {"session": str(found.id)}
            acts = [
                log.Act(Action.NOTE_ATTENDANCE.value, "session", found.id, {"people": len(made)}),
                *(log.Act("note who was at a session", "person", e.person_id, of) for e in made),
            ]
            log.note_all(actor, acts, found.thing(), now=now)
    return len(made)


def correct(
    actor: Actor, session: UUID, entry: UUID, minutes: int, why: str, now: datetime
) -> Attendance:
    """Put an entry right by a new one, with the reason; the earlier one stays to be seen.

    0 minutes say that the person was not there. Nobody corrects their own. Sent twice, it is
    corrected once.
    """
    find(actor, session, Action.NOTE_ATTENDANCE)
    with transaction.atomic():
        found = locked(session)
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
        if replaced.person_id == actor.id:
            wrong.append(_oneself())
        wrong += problems(found, {replaced.person_id: minutes}) if minutes else []
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
        log.note(actor, "correct who was at a session", "person", made.person_id, found.thing(),
                 detail={"session": str(found.id)}, now=now)  # fmt: skip
    return made


def as_value(session: Session) -> teaching.Session:
    """Return a session as the library has it, its times in the agency's zone."""
    teachers = tuple(str(person.person_id) for person in session.instructing.all())
    session.start = session.start.astimezone(zone_of(session.agency))
    return session.value(teachers or ("unknown",))


def _everybody(actor: Actor, session: Session, noted: set[UUID]) -> dict[UUID, int]:
    """Return whom one button notes, each for the whole session."""
    people = set(expected(session).values_list("pk", flat=True)) - noted
    return dict.fromkeys(people - set(left_out(actor, session, people)), session.minutes)


def _who(actor: Actor, session: Session, people: Iterable[UUID]) -> list[Problem]:
    """Return what is wrong with who is noted, whatever their minutes."""
    wrong = []
    known = trained(session).filter(pk__in=list(people))
    strangers = set(people) - set(known.values_list("pk", flat=True))
    if strangers:
        given = _("%(count)d who never trained here") % {"count": len(strangers)}
        listed = _("people who are or were trained in the agency")
        wrong.append(Problem("people", given, listed, _("choose others")))
    if actor.id in set(people):
        wrong.append(_oneself())
    return wrong


def _oneself() -> Problem:
    fix = _("ask somebody else who teaches or coordinates")
    return Problem("people", _("yourself"), _("other people"), fix)


def _gone() -> Problem:
    return Problem("session", _("cancelled"), _("one that stands"), _("nothing is noted here"))


def _not_noted_now(session: Session, now: datetime) -> list[Problem]:
    if session.cancelled_at is not None:
        return [_gone()]
    if now < session.start:
        fix = _("note who was there when it has begun")
        return [Problem("session", _("one that has not begun"), _("one that has"), fix)]
    return []
