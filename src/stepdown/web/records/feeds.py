"""Addresses of calendars: made when somebody asks for one, and made anew when one got about.

Whoever has an address reads the calendar; it opens nothing else. It is kept nowhere: it is
worked out from the site's secret key and a counter.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from stepdown.interop.feed_token import check_feed_token, feed_token
from stepdown.web.accounts.models import Unit
from stepdown.web.audit.log import note
from stepdown.web.permission import Missing, permit
from stepdown.web.policy import Action, Actor, Thing
from stepdown.web.practice.units import thing_of
from stepdown.web.records.models import Feed

PURPOSE = b"stepdown calendar feeds 1"


def feed_of(actor: Actor, unit: Unit | None = None) -> Feed | None:
    """Return the feed of a unit, or of whoever asks; None if nobody has asked for one yet."""
    _permit(actor, unit)
    return Feed.objects.filter(**_whose(actor, unit)).first()


def make(actor: Actor, now: datetime, unit: Unit | None = None) -> Feed:
    """Make a feed of a unit, or of whoever asks. One that is there stays as it is."""
    _permit(actor, unit)
    with transaction.atomic():
        given = {"at": now, "agency": unit.agency if unit else None}
        feed, new = Feed.objects.get_or_create(**_whose(actor, unit), defaults=given)
        if new:
            note(actor, "calendar made", *_record(actor, unit), now=now)
    return feed


def renew(actor: Actor, now: datetime, unit: Unit | None = None) -> None:
    """Give a feed another address; the one before opens nothing any more. Raises Missing."""
    _permit(actor, unit)
    with transaction.atomic():
        if not Feed.objects.filter(**_whose(actor, unit)).update(counter=F("counter") + 1):
            raise Missing("nobody has asked for this calendar")
        note(actor, "calendar made anew", *_record(actor, unit), now=now)


def token_of(feed: Feed) -> str:
    """Return the secret part of a feed's address."""
    return feed_token(_secret(), feed.subject, feed.counter)


def opened(token: str) -> Feed:
    """Return the feed that a token opens.

    Raises Missing for a token that is not ours or was withdrawn, and for the feed of somebody who
    may not come in.
    """
    found: list[Feed] = []

    def counter_of(subject: str) -> int | None:
        found.extend(_of(subject))
        return found[0].counter if found else None

    if check_feed_token(_secret(), token, counter_of) is None:
        raise Missing("no such calendar")
    return found[0]


def _of(subject: str) -> list[Feed]:
    kind, _, pk = subject.partition(":")
    feeds = Feed.objects.select_related("person", "unit__agency")
    if kind == "person":
        standing = {"person__is_active": True, "person__erased_at": None}
        return list(feeds.filter(person=UUID(pk), **standing))
    return list(feeds.filter(unit=UUID(pk)))


def _secret() -> bytes:
    """Return a secret of 32 bytes for these tokens alone."""
    return hmac.new(settings.SECRET_KEY.encode(), PURPOSE, hashlib.sha256).digest()


def _permit(actor: Actor, unit: Unit | None) -> None:
    kind, record, thing = _record(actor, unit)
    permit(actor, Action.SEE_FEED, thing, kind, record)


def _record(actor: Actor, unit: Unit | None) -> tuple[str, UUID, Thing]:
    if unit is not None:
        return "unit", unit.id, thing_of(unit)
    return "person", actor.person, Thing(owner=actor.person)


def _whose(actor: Actor, unit: Unit | None) -> dict[str, object]:
    return {"unit": unit} if unit is not None else {"person_id": actor.person}
