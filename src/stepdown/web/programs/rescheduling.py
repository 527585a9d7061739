"""Change a session before it begins, or cancel it; it stays to be seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from stepdown.problems import Problem
from stepdown.retention.delivered import counted
from stepdown.web.audit import log
from stepdown.web.policy import Action, Actor
from stepdown.web.programs.models import Attendance, Session
from stepdown.web.programs.scheduling import (
    LONGEST_WHY,
    Held,
    after_its_origin,
    find,
    held_as,
    teach,
    told_of,
)
from stepdown.web.programs.text import line, refuse


def change(
    actor: Actor, session: UUID, held: Held, now: datetime, *, despite: Sequence[str] = ()
) -> Session:
    """Change when and where a session is, how long, and who teaches it, before it begins.

    `despite`: the kinds of warnings that somebody saw and ticked; the audit log keeps them.
    """
    find(actor, session, Action.SCHEDULE)
    with transaction.atomic():
        found = _locked(session)
        wrong = _unchangeable(found, now)
        before = _values(found)
        held_as(found, held, now, wrong)
        after_its_origin(found, wrong)
        refuse(_("the session"), wrong)
        teachers = set(found.instructing.values_list("person", flat=True))
        if _values(found) == before and teachers == held.instructors:
            return found
        if _values(found) != before:  # who teaches it is not what people are told anew
            found.changed_at = now
        found.save(update_fields=["start", "minutes", "place", "changed_at"])
        found.instructing.exclude(person__in=held.instructors).delete()
        teach(found, held.instructors - teachers)
        log.note(actor, "change a session", "session", found.id, found.thing(),
                 detail=told_of(despite), now=now)  # fmt: skip
    return found


def cancel(actor: Actor, session: UUID, why: str, now: datetime) -> Session:
    """Cancel a session, with the reason; it stays to be seen, and counts nowhere."""
    find(actor, session, Action.SCHEDULE)
    with transaction.atomic():
        found = _locked(session)
        if found.cancelled_at is not None:
            return found
        wrong: list[Problem] = []
        found.cancelled_why = line("why", why, LONGEST_WHY, wrong)
        entries = [entry.value() for entry in Attendance.objects.filter(session=found)]
        if any(entry.minutes for entry in counted(entries)):
            wrong.append(Problem(
                "session", _("one that somebody was noted as at"), _("one that nobody was at"),
                _("correct who was there first, to 0 minutes"),
            ))  # fmt: skip
        refuse(_("the session"), wrong)
        found.cancelled_at = found.changed_at = now
        found.save(update_fields=["cancelled_at", "cancelled_why", "changed_at"])
        log.note(actor, "cancel a session", "session", found.id, found.thing(), now=now)
    return found


def _unchangeable(found: Session, now: datetime) -> list[Problem]:
    if found.cancelled_at is not None:
        return [Problem("session", _("cancelled"), _("one that stands"), _("schedule another"))]
    if now >= found.start:
        fix = _("cancel it if it did not take place; else note who was there")
        return [Problem("session", _("one that has begun"), _("one that has not"), fix)]
    if found.attendance.exists():
        fix = _("cancel it, and schedule another")
        return [Problem("session", _("one that somebody was noted as at"), _("no entry yet"), fix)]
    return []


def _locked(session: UUID) -> Session:
    rows = Session.objects.select_related("agency", "module", "make_up_of")
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=session)


def _values(session: Session) -> tuple[datetime, int, str]:
    return session.start.astimezone(UTC), session.minutes, session.place
