"""Programs that call the API, with a token or as a browser that is signed in."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache

from stepdown.web.accounts import tokens
from stepdown.web.accounts.models import Person
from tests.web.conftest import Browser

ALL = tuple(tokens.SCOPES)


@dataclass(frozen=True, slots=True)
class Program:
    """A program that sends a token with each call."""

    token: str

    def get(self, path: str, **query: Any) -> Any:
        """Read."""
        return Browser().get(f"/api/v1{path}", query, headers=self.headers())

    def post(self, path: str, body: object = None, *, key: object = None) -> Any:
        """Do something; `key` names the act."""
        return Browser().generic(
            "POST", f"/api/v1{path}", json.dumps({} if body is None else body),
            content_type="application/json", headers=self.headers(key),
        )  # fmt: skip

    def act(self, encounter: object, kind: str, *, key: object = None, **fields: Any) -> Any:
        """Act in an encounter, with a key of its own if none is given."""
        body = {"kind": kind, **fields}
        return self.post(f"/encounters/{encounter}/acts", body, key=key or uuid.uuid4())

    def begin(self, **given: Any) -> str:
        """Begin an encounter and return its id."""
        answer = self.post("/encounters", {"scenario": "bridge", "seed": 7, **given})
        assert answer.status_code == 201, answer.content
        return str(answer.json()["id"])

    def headers(self, key: object = None) -> dict[str, str]:
        """Return the headers of a call."""
        named = {"Idempotency-Key": str(key)} if key else {}
        return {"Authorization": f"Bearer {self.token}", **named}


@pytest.fixture(autouse=True)
def _no_calls_yet(db: None) -> None:
    cache.clear()


@pytest.fixture
def program_of() -> Callable[..., Program]:
    """Return a program that has a token of somebody."""

    def made(person: Person, *scopes: str, days: int = 30) -> Program:
        """Make a key that opens for so many days more."""
        since = datetime.now(UTC) - timedelta(days=30 - days)
        return Program(tokens.make(person.actor(), "A program", scopes or ALL, 30, since)[1])

    return made


@pytest.fixture
def strong() -> Callable[[Person], Person]:
    """Return somebody with a second factor, where their roles need one."""

    def made(person: Person) -> Person:
        from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

        if person.needs_second_factor:
            TOTP.activate(person, generate_totp_secret())
        return person

    return made
