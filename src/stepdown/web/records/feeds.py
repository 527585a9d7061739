"""Addresses of calendars: made when somebody asks for one, and made anew when one got about.

Whoever has an address reads the calendar; it opens nothing else. It is kept nowhere: it is
worked out from the site's secret key and a counter. The counter is never lower than the seconds
from `BEGUN` to the moment at which the address was made, so that none comes back that was withdrawn
after the backup that a site is restored from.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Greatest

from stepdown.interop.feed_token import check_feed_token, feed_token
from stepdown.web.accounts.models import RoleGrant, Unit
from stepdown.web.audit.log import note
from stepdown.web.permission import Missing, permit
from stepdown.web.policy import Action, Actor, Role, Thing
from stepdown.web.practice.units import thing_of
from stepdown.web.records.models import Feed

PURPOSE = b"stepdown calendar feeds 1"
BEGUN = datetime(2020, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)
"""By how far a clock may have been ahead when an address was made that a restore ends."""
TEACH = (Role.INSTRUCTOR, Role.COORDINATOR)
"""Roles that let somebody have the address of a unit's calendar."""


def feed_of(actor: Actor, unit: Unit | None = None) -> Feed | None:
    """Return the feed of a unit, or of whoever asks; None if nobody has asked for one yet."""
    _permit(actor, unit)
    return Feed.objects.filter(**_whose(actor, unit)).first()


def make(actor: Actor, now: datetime, unit: Unit | None = None) -> Feed:
    """Make a feed of a unit, or of whoever asks. One that is there stays as it is."""
    _permit(actor, unit)
    with transaction.atomic():
        given = {"at": now, "agency": unit.agency if unit else None, "counter": _counter(now)}
        feed, new = Feed.objects.get_or_create(**_whose(actor, unit), defaults=given)
        if new:
            note(actor, "calendar made", *_record(actor, unit), now=now)
    return feed


def renew(actor: Actor, now: datetime, unit: Unit | None = None) -> None:
    """Give a feed another address; the one before opens nothing any more. Raises Missing."""
    _permit(actor, unit)
    with transaction.atomic():
        if not withdraw(Feed.objects.filter(**_whose(actor, unit)), now):
            raise Missing("nobody has asked for this calendar")
        note(actor, "calendar made anew", *_record(actor, unit), now=now)


def withdraw(rows: QuerySet[Feed], now: datetime) -> int:
    """Give feeds another address and return how many; whoever calls has asked the policy."""
    return rows.update(counter=Greatest(F("counter") + 1, _counter(now)))


def withdraw_from_teachers(lost: Collection[RoleGrant], now: datetime) -> None:
    """Give the calendars of units another address that somebody may see no more.

    `lost`: roles as they were before they were taken or suspended. Who has another role that lets
    them see a unit's calendar goes on seeing it.
    """
    for grant in lost:
        if grant.role in TEACH and grant.suspended_at is None:
            still = RoleGrant.objects.filter(
                Q(unit=None) | Q(unit=OuterRef("unit")), person=grant.person_id,
                agency=grant.agency_id, role__in=TEACH, suspended_at=None,
            )  # fmt: skip
            seen = Q(unit=grant.unit_id) if grant.unit_id else Q(unit__agency=grant.agency_id)
            withdraw(Feed.objects.filter(seen & ~Exists(still)), now)


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


def _counter(now: datetime) -> int:
    return max(0, int((now - BEGUN).total_seconds()))


def _permit(actor: Actor, unit: Unit | None) -> None:
    kind, record, thing = _record(actor, unit)
    permit(actor, Action.SEE_FEED, thing, kind, record)


def _record(actor: Actor, unit: Unit | None) -> tuple[str, UUID, Thing]:
    if unit is not None:
        return "unit", unit.id, thing_of(unit)
    return "person", actor.person, Thing(owner=actor.person)


def _whose(actor: Actor, unit: Unit | None) -> dict[str, object]:
    return {"unit": unit} if unit is not None else {"person_id": actor.person}
