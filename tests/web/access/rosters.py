"""Addresses of rosters."""

from __future__ import annotations

from typing import Any

from stepdown.web.accounts.models import Person
from stepdown.web.records.models import StagedRoster
from tests.web.access import Address, at
from tests.web.conftest import NOW, Place

WHO = "coordinator agency_admin"
HERE = {"agency": "agency"}
WAITS = {**HERE, "pk": "staged"}
ROWS: tuple[Address, ...] = (
    at("roster", f"{WHO} foreign_coordinator foreign_agency_admin"),
    at("roster_of", WHO, **HERE),
    at("roster_csv", WHO, **HERE),
    at("roster_member", WHO, person="owner", **HERE),
    at("roster_member", WHO, {"number": "7"}, person="owner", **HERE),
    at("roster_upload", WHO, {"file": "NEW"}, **HERE),
    at("roster_waiting", WHO, **WAITS),
    at("roster_columns", WHO, {"id": "0"}, **WAITS),
    at("roster_problems", WHO, **WAITS),
    at("roster_apply", WHO, {"shown": "something else"}, **WAITS),
    at("roster_discard", WHO, {}, **WAITS),
)


def made(here: Place, people: dict[str, Person], ids: dict[str, Any]) -> dict[str, Any]:
    """Make the records that the addresses speak of, and return their ids by name."""
    columns = {name: name for name in ("id", "name", "unit")}
    staged = StagedRoster.objects.create(
        agency=here.agency, by=people["coordinator"], at=NOW, name="people.csv",
        raw=b"id,name,unit\n1,Ana,Here 1\n", mapping={"columns": columns},
    )  # fmt: skip
    return {"staged": staged.pk}
