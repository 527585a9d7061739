"""Let people in no more as far as one agency goes, or again; whoever calls has asked the policy.

Nothing of theirs is deleted but what lets somebody in: keys for programs and unused links. The
addresses of calendars that they could see are withdrawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from stepdown.web.accounts.models import Agency, OneTimeLink, Person, RoleGrant, Token
from stepdown.web.accounts.sessions import end_sessions
from stepdown.web.records.feeds import withdraw, withdraw_from_teachers
from stepdown.web.records.models import Feed


def suspend(people: Sequence[Person], agency: Agency, now: datetime) -> None:
    """Suspend every role in the agency; who has none elsewhere can sign in no more."""
    grants = RoleGrant.objects.filter(person__in=people)
    lost = list(grants.filter(agency=agency))
    grants.filter(agency=agency, suspended_at=None).update(suspended_at=now)
    withdraw_from_teachers(lost, now)
    standing = set(grants.filter(suspended_at=None).values_list("person_id", flat=True))
    closed = [person.pk for person in people if person.pk not in standing]
    Person.objects.filter(pk__in=closed).update(is_active=False)
    Token.objects.filter(person__in=closed).delete()
    OneTimeLink.objects.filter(person__in=closed, used_at=None).delete()
    withdraw(Feed.objects.filter(person__in=closed), now)
    end_sessions(*people)


def let_in(people: Sequence[Person], agency: Agency) -> None:
    """Give back the roles in the agency, and open accounts that it may open.

    An agency cannot undo what another did before it gave its own first role.
    """
    grants = RoleGrant.objects.filter(person__in=people)
    grants.filter(agency=agency, suspended_at__isnull=False).update(suspended_at=None)
    open_accounts(people, agency)


def gone(person: Person, agency: Agency, now: datetime) -> None:
    """Write down the last day in an agency of somebody whose last role there was taken.

    Whoever is deactivated has roles that say since when, so nothing is written for them by hand.
    """
    day = now.astimezone(ZoneInfo(agency.zone)).date()
    agency.members.update_or_create(person=person, defaults={"left": day})


def open_accounts(people: Sequence[Person], agency: Agency) -> None:
    """Open accounts again, unless another agency closed them before this one's first role.

    Whoever comes back has not left: their row of the roster says so no more.
    """
    agency.members.filter(person__in=people, left__isnull=False).update(left=None)
    shut = [person.pk for person in people if not person.is_active]
    grants = RoleGrant.objects.filter(person__in=shut)
    first: dict[UUID, datetime] = {}
    here = grants.filter(agency=agency).order_by("since").values_list("person_id", "since")
    for person, since in here:
        first.setdefault(person, since)
    elsewhere = grants.exclude(agency=agency).filter(suspended_at__isnull=False)
    closed = {
        person
        for person, at in elsewhere.values_list("person_id", "suspended_at")
        if at is not None and person in first and at <= first[person]
    }
    Person.objects.filter(pk__in=set(shut) - closed).update(is_active=True)
