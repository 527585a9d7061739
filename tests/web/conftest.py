"""People of two agencies, and browsers that are signed in as them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from stepdown.web.accounts.models import Agency, Person, RoleGrant, Unit
from stepdown.web.policy import Role

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Browser(Client):
    """A browser that comes by https, as people do."""

    def generic(self, *given: Any, **named: Any) -> Any:
        """Ask, by https."""
        return super().generic(*given, **{**named, "secure": True})


@dataclass(frozen=True, slots=True)
class Place:
    """An agency with two units, and a person of each role in the first."""

    agency: Agency
    unit: Unit
    other_unit: Unit
    people: dict[Role, Person]


def place(name: str) -> Place:
    """Make an agency with its people. Trainee and instructor are of the first unit alone."""
    agency = Agency.objects.create(name=name)
    unit, other = (Unit.objects.create(agency=agency, name=f"{name} {n}") for n in (1, 2))
    people = {}
    for role in Role:
        person = Person.objects.create_user(f"{role}@{name.lower()}.example", f"{name} {role}")
        whole = role in (Role.ANALYST, Role.AGENCY_ADMIN, Role.COORDINATOR)
        site = role is Role.SITE_ADMIN
        RoleGrant.objects.create(
            person=person, role=role, agency=None if site else agency,
            unit=None if whole or site else unit,
        )  # fmt: skip
        people[role] = person
    return Place(agency, unit, other, people)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Begin in English: a page shown in another language leaves it behind in the thread."""
    with translation.override("en"):
        yield


@pytest.fixture
def here(db: None) -> Place:
    """The agency that most tests are about."""
    return place("Here")


@pytest.fixture
def elsewhere(db: None) -> Place:
    """Another agency, which must get nothing."""
    return place("Elsewhere")


@pytest.fixture
def browser_of() -> Callable[[Person], Client]:
    """Return a client that is signed in as somebody, with a second factor set up."""

    def signed_in(person: Person) -> Client:
        from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
        from allauth.mfa.utils import is_mfa_enabled

        if person.needs_second_factor and not is_mfa_enabled(person):
            TOTP.activate(person, generate_totp_secret())
        client = Browser()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in


@pytest.fixture
def confirmed_of(browser_of: Callable[[Person], Client]) -> Callable[[Person], Client]:
    """Return a client that is signed in as somebody who just proved once more that it is them."""

    def confirmed(person: Person) -> Client:
        from allauth.account.internal.flows import login
        from allauth.account.internal.userkit import user_id_to_str

        client = browser_of(person)
        session = client.session
        proof = {"method": "password", "at": time.time(), "reauthenticated": True}
        session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [proof]
        session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = user_id_to_str(person)
        session.save()
        return client

    return confirmed
