"""The code on the wall: shown to whoever teaches, typed by whoever is in the room."""

from __future__ import annotations

import hashlib
import hmac
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from stepdown.problems import InputProblems, Problem
from stepdown.retention import teaching, wall_code
from stepdown.web.audit import log
from stepdown.web.audit.models import Entry
from stepdown.web.policy import Action, Actor
from stepdown.web.practice.polling import permit_again
from stepdown.web.programs.attending import as_value, counting, entries_of
from stepdown.web.programs.models import Attendance, Session
from stepdown.web.programs.overlap import locked, problems
from stepdown.web.programs.scheduling import find, found_session
from stepdown.web.programs.text import refuse

EARLY = timedelta(minutes=15)
"""The code is there from so long before a session begins until it ends."""
GRACE = timedelta(minutes=15)
"""Who types it up to so long after the beginning is there for all of it."""
MOST_WRONG = 10
WRONG = "type a wrong code of a session"


@dataclass(frozen=True, slots=True)
class Shown:
    """The code as it stands on the wall. `code` empty: it is not the time for it."""

    code: str
    until: datetime
    """When another one comes."""


def secret() -> bytes:
    """Return the secret that the codes of this site are made by, 32 bytes."""
    return hmac.digest(settings.SECRET_KEY.encode(), b"stepdown wall code", hashlib.sha256)


def usable(session: Session, now: datetime) -> bool:
    """Say whether the code of a session may be shown and typed now."""
    return session.cancelled_at is None and session.start - EARLY <= now < session.end


def shown(actor: Actor, session: UUID, now: datetime, mark: str = "") -> tuple[Session, Shown]:
    """Return the code of a session for its wall. `mark`: of a page whose opening was noted."""
    found = found_session(session)
    permit_again(actor, Action.NOTE_ATTENDANCE, found.thing(), "session", found.id, mark)
    window = wall_code.window_of(now)
    until = datetime.fromtimestamp((window + 1) * 60 * wall_code.MINUTES, UTC)
    if not usable(found, now):
        return found, Shown("", until)
    return found, Shown(wall_code.wall_code(secret(), str(found.id), window), until)


def for_whoever_attends(actor: Actor, session: UUID) -> tuple[Session, Attendance | None]:
    """Return a session with one's own entry, for whoever may type its code."""
    found = find(actor, session, Action.ATTEND)
    return found, own_entry(actor, found)


def own_entry(actor: Actor, session: Session) -> Attendance | None:
    """Return the entry that counts of whoever acts, if they have one."""
    return next(iter(counting(entries_of(session, [actor.person]))), None)


def minutes_from(session: Session, now: datetime) -> int:
    """Return for how long somebody is there who types the code now: all of it, or what is left."""
    if now <= session.start + GRACE:
        return session.minutes
    left = math.ceil((session.end - now).total_seconds() / 60)
    return max(1, min(left, session.minutes))


def wrong_tries(actor: Actor, session: UUID) -> int:
    """Return how often this person typed a wrong code of a session."""
    noted = Entry.objects.filter(kind="session", record=str(session), actor=actor.id)
    return noted.filter(action=WRONG).count()


def attend(actor: Actor, session: UUID, entered: str, now: datetime) -> Attendance:
    """Note that somebody is there who typed the code; an entry that stands stays as it is.

    Raises Missing, Refused, or InputProblems: not the time, a wrong code, too many of them, or
    they were noted at another session at the time.
    """
    find(actor, session, Action.ATTEND)
    right = wall_code.code_holds(secret(), str(session), entered[:40], now)
    with transaction.atomic():
        found = locked(session)
        done = own_entry(actor, found)
        if done is not None:
            return done
        refuse(_("the code"), _not_now(found, now) or _too_often(actor, found))
        if right:
            return _write(actor, found, now)
        log.note(actor, WRONG, "session", found.id, found.thing(), outcome="refused", now=now)
    raise InputProblems(_("the code"), [Problem(
        "code", _("this code is not the one on the wall"),
        _("the six characters on the wall now"),
        _("type it anew; it changes every five minutes"),
    )])  # fmt: skip


def _write(actor: Actor, session: Session, now: datetime) -> Attendance:
    made = Attendance(
        id=uuid4(), session=session, person_id=actor.person, minutes=minutes_from(session, now),
        how="code", recorded_by_id=actor.person, recorded=max(now, session.start),
    )  # fmt: skip
    refuse(_("the code"), problems(session, {actor.person: made.minutes}))
    teaching.check_attendance(made.value(), as_value(session))
    made.save(force_insert=True)
    log.note(actor, Action.ATTEND.value, "session", session.id, session.thing(), now=now)
    return made


def _not_now(session: Session, now: datetime) -> list[Problem]:
    if usable(session, now):
        return []
    if session.cancelled_at is not None:
        return [Problem("code", _("a session that was cancelled"), _("one that stands"),
                        _("nothing needs to be done"))]  # fmt: skip
    if now < session.start:
        return [Problem("code", _("too early"), _("from 15 minutes before it begins"),
                        _("come back then"))]  # fmt: skip
    return [Problem("code", _("too late"), _("until the session ends"),
                    _("ask whoever taught it to note you"))]  # fmt: skip


def _too_often(actor: Actor, session: Session) -> list[Problem]:
    if wrong_tries(actor, session.id) < MOST_WRONG:
        return []
    given = _("%(count)d wrong codes") % {"count": MOST_WRONG}
    fix = _("ask whoever teaches it to note you")
    return [Problem("code", given, _("fewer"), fix)]
