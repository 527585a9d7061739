"""Everybody whom an agency knows, read at once: their roles, and what its rosters said of them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.hashers import is_password_usable
from django.db.models import Q

from stepdown.web.accounts.models import Agency, RoleGrant
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
    certified: dt.date | None
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


_PERSON = ("name", "email", "password", "last_login", "erased_at")
_MEMBER = ("number", "email", "title", "hired", "left", "certified")


@dataclass(frozen=True, slots=True)
class _Row:
    """The columns of a person, then those of their row of the roster."""

    name: str
    sign_in: str
    password: str
    last_login: dt.datetime | None
    erased_at: dt.datetime | None
    number: str = ""
    email: str = ""
    title: str = ""
    hired: dt.date | None = None
    left: dt.date | None = None
    certified: dt.date | None = None


def acquaintances(agency: Agency) -> dict[UUID, Acquaintance]:
    """Return everybody whom the agency knows, in the order of their names. Three queries."""
    named = [f"person__{field}" for field in _PERSON]
    roles = RoleGrant.objects.filter(agency=agency).order_by("since", "pk")
    grants: dict[UUID, list[tuple[str, dt.datetime | None, str | None]]] = defaultdict(list)
    rows: dict[UUID, _Row] = {}
    for pk, role, suspended, unit, *person in roles.values_list(
        "person_id", "role", "suspended_at", "unit__name", *named
    ):
        grants[pk].append((role, suspended, unit))
        rows.setdefault(pk, _Row(*person))
    members = Member.objects.filter(agency=agency)
    for pk, *person in members.values_list("person_id", *named, *_MEMBER):
        rows[pk] = _Row(*person)
    shared = _shared(agency)
    found = [_acquaintance(pk, row, grants[pk], pk not in shared) for pk, row in rows.items()]
    return {each.person: each for each in sorted(found, key=lambda a: (a.name, str(a.person)))}


def _shared(agency: Agency) -> set[UUID]:
    """Return those for whom another agency answers too, or who run the site."""
    roles = RoleGrant.objects.filter(agency=agency).values("person")
    members = Member.objects.filter(agency=agency).values("person")
    known = Q(person__in=roles) | Q(person__in=members)
    elsewhere = Q(agency=None) | ~Q(agency=agency)
    return set(RoleGrant.objects.filter(known, elsewhere).values_list("person_id", flat=True))


def _acquaintance(
    person: UUID, row: _Row, grants: list[tuple[str, dt.datetime | None, str | None]], alone: bool
) -> Acquaintance:
    nowhere = row.sign_in.endswith(NOWHERE)
    return Acquaintance(
        person=person,
        name=row.name,
        sign_in=row.sign_in,
        number=row.number,
        email=row.email or ("" if nowhere else row.sign_in),
        title=row.title,
        hired=row.hired,
        left=row.left,
        certified=row.certified,
        roles=frozenset(role for role, _, _ in grants),
        units=tuple(unit for role, _, unit in grants if role == Role.TRAINEE and unit is not None),
        active=any(suspended is None for _, suspended, _ in grants),
        alone=alone,
        came_in=not nowhere
        or is_password_usable(row.password)
        or row.last_login is not None
        or row.erased_at is not None,
    )
