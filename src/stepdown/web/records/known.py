"""Everybody whom an agency knows, read at once: their roles, and what its rosters said of them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.hashers import is_password_usable
from django.db.models import Q, QuerySet

from stepdown.web.accounts.models import Agency, Person, RoleGrant
from stepdown.web.policy import Role
from stepdown.web.records.models import Member

NOWHERE = "@invalid"
"""How addresses end to which no mail goes, of people of whom no address is known."""
SENIOR = frozenset({Role.COORDINATOR, Role.ANALYST, Role.AGENCY_ADMIN})
"""Roles that people give and take by hand alone; no roster suspends or gives back one."""


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """Somebody who has a role in the agency, or had one while on its roster."""

    person: UUID
    name: str
    sign_in: str
    number: str
    email: str
    """The address that the roster gave, else the one that they sign in with, else empty."""
    title: str
    hired: dt.date | None
    left: dt.date | None
    roles: frozenset[str]
    units: tuple[str, ...]
    """Names of the units in which they are a trainee, the earliest first; empty: all of them."""
    active: bool
    alone: bool
    """Whether no other agency answers for them, nor do they run the site."""
    came_in: bool
    """Whether they have, or ever had, a way to sign in."""

    @property
    def senior(self) -> bool:
        """Whether they hold a role beyond trainee and instructor."""
        return bool(self.roles & SENIOR)

    @property
    def trained(self) -> bool:
        """Whether they are a trainee."""
        return Role.TRAINEE in self.roles


def no_address(person: UUID) -> str:
    """Return the address of somebody of whom none is known; nobody signs in with it."""
    return f"no-address-{person}{NOWHERE}"


def acquaintances(agency: Agency) -> dict[UUID, Acquaintance]:
    """Return everybody whom the agency knows, in the order of their names."""
    grants = _grants(agency)
    members = {m.person_id: m for m in Member.objects.filter(agency=agency)}
    elsewhere = Q(agency=None) | ~Q(agency=agency)
    shared = set(
        RoleGrant.objects.filter(elsewhere, person__in=_people(agency).values("pk"))
        .values_list("person_id", flat=True)
    )  # fmt: skip
    return {
        person.pk: _acquaintance(person, grants[person.pk], members.get(person.pk),
                                 alone=person.pk not in shared)
        for person in _people(agency).order_by("name", "pk")
    }  # fmt: skip


def _people(agency: Agency) -> QuerySet[Person]:
    roles = RoleGrant.objects.filter(agency=agency).values("person")
    members = Member.objects.filter(agency=agency).values("person")
    return Person.objects.filter(Q(pk__in=roles) | Q(pk__in=members))


def _grants(agency: Agency) -> dict[UUID, list[RoleGrant]]:
    found: dict[UUID, list[RoleGrant]] = defaultdict(list)
    rows = RoleGrant.objects.filter(agency=agency).select_related("unit").order_by("since", "pk")
    for row in rows:
        found[row.person_id].append(row)
    return found


def _acquaintance(
    person: Person, grants: list[RoleGrant], member: Member | None, *, alone: bool
) -> Acquaintance:
    sign_in = person.email
    nowhere = sign_in.endswith(NOWHERE)
    return Acquaintance(
        person=person.pk,
        name=person.name,
        sign_in=sign_in,
        number=member.number if member else "",
        email=(member.email if member else "") or ("" if nowhere else sign_in),
        title=member.title if member else "",
        hired=member.hired if member else None,
        left=member.left if member else None,
        roles=frozenset(grant.role for grant in grants),
        units=tuple(g.unit.name for g in grants if g.role == Role.TRAINEE and g.unit is not None),
        active=any(grant.suspended_at is None for grant in grants),
        alone=alone,
        came_in=not nowhere
        or is_password_usable(person.password)
        or person.last_login is not None
        or person.erased_at is not None,
    )
