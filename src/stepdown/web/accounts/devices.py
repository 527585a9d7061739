"""Where a person is signed in, and how they end that."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from stepdown.web.accounts.models import Person
from stepdown.web.accounts.sessions import sessions_of
from stepdown.web.audit.log import note
from stepdown.web.permission import Missing, permit
from stepdown.web.policy import Action, Actor, Thing

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"),
            ("Safari", "Safari"))  # fmt: skip
SYSTEMS = (("Android", "Android"), (r"iPhone|iPad", "iOS"), ("Windows", "Windows"),
           ("Mac OS", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Device:
    """A browser in which somebody is signed in."""

    id: int
    browser: str
    system: str
    address: str
    since: datetime
    seen: datetime
    here: bool


def mine(actor: Actor, here: str | None) -> list[Device]:
    """Return where whoever asks is signed in; `here` is the key of the session that asks."""
    permit(actor, Action.OWN_ACCOUNT, Thing(actor.id))
    person = Person.objects.get(pk=actor.person)
    open_ = UserSession.objects.purge_and_list(person)
    devices = [
        Device(
            id=row.pk, browser=_first(BROWSERS, row.user_agent), address=row.ip,
            system=_first(SYSTEMS, row.user_agent), since=row.created_at,
            seen=row.last_seen_at, here=row.session_key == here,
        )
        for row in open_
    ]  # fmt: skip
    return sorted(devices, key=lambda d: (not d.here, -d.seen.timestamp()))


def end_one(actor: Actor, device: int, now: datetime) -> None:
    """Sign out in one of one's own browsers. Raises Missing for anybody else's."""
    permit(actor, Action.OWN_ACCOUNT, Thing(actor.id))
    row = UserSession.objects.filter(pk=device, user_id=actor.person).first()
    if row is None:
        raise Missing(f"no session {device}")
    with transaction.atomic():
        Session.objects.filter(session_key=row.session_key).delete()
        row.delete()
        note(actor, "session ended", "person", actor.person, Thing(actor.id), now=now)


def end_others(actor: Actor, here: str | None, now: datetime) -> int:
    """Sign out everywhere but here, and return in how many places that was."""
    permit(actor, Action.OWN_ACCOUNT, Thing(actor.id))
    person = Person.objects.get(pk=actor.person)
    with transaction.atomic():
        others = sessions_of(person).exclude(session_key=here)
        ended, _by_model = others.delete()
        UserSession.objects.filter(user=person).exclude(session_key=here).delete()
        detail = {"sessions": ended}
        note(actor, "sessions ended", "person", person.id, Thing(actor.id), detail=detail, now=now)
    return ended


def _first(known: tuple[tuple[str, str], ...], told: str) -> str:
    return next((name for sign, name in known if re.search(sign, told)), "")
