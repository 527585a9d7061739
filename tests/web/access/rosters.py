"""Addresses of rosters."""

from __future__ import annotations

from typing import Any

from stepdown.web.accounts.models import Person
from tests.web.access import Address
from tests.web.conftest import Place

ROWS: tuple[Address, ...] = ()


def made(here: Place, people: dict[str, Person], ids: dict[str, Any]) -> dict[str, Any]:
    """Make the records that the addresses speak of, and return their ids by name."""
    return {}
