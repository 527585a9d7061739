"""Addresses of calendar feeds."""

from __future__ import annotations

from typing import Any

from stepdown.web.accounts.models import Person
from stepdown.web.records import feeds
from tests.web.access import Address, at
from tests.web.conftest import NOW, Place

TEACHERS = "instructor coordinator"
ROWS: tuple[Address, ...] = (
    at("calendar", "signed in"),
    at("make_feed", "signed in", {}),
    at("renew_feed", "owner", {}),
    at("reminders", "signed in", {}),
    at("feed", "anybody", token="own_feed"),
    at("feed", "anybody", token="unit_feed"),
    at("unit_calendar", TEACHERS, pk="unit"),
    at("make_unit_feed", TEACHERS, {}, pk="unit"),
    at("renew_unit_feed", TEACHERS, {}, pk="unit"),
)


def made(here: Place, people: dict[str, Person], ids: dict[str, Any]) -> dict[str, Any]:
    """Make the records that the addresses speak of, and return their ids by name."""
    own = feeds.make(people["owner"].actor(), NOW)
    unit = feeds.make(people["instructor"].actor(), NOW, here.unit)
    return {"own_feed": feeds.token_of(own), "unit_feed": feeds.token_of(unit)}
