"""Addresses of what is taught."""

from __future__ import annotations

from typing import Any

from stepdown.web.accounts.models import Person
from stepdown.web.programs import publishing
from tests.web.access import Address, at
from tests.web.conftest import NOW, Place

OF = {"agency": "agency"}
PROGRAMME, MODULE = {**OF, "part": "programme"}, {**OF, "part": "module"}
MEMBERS = "owner fellow instructor coordinator analyst agency_admin side_trainee side_instructor"
ROWS: tuple[Address, ...] = (
    at("curriculum", "signed in"),
    at("curriculum_look", "coordinator", {"reason": "x"}, **OF),
    at("curriculum_publish", "coordinator", {"reason": "x"}, **OF),
    at("curriculum_starter", "coordinator", {}, **OF),
    at("curriculum_look_next", "coordinator", {"reason": "x"}, **PROGRAMME),
    at("curriculum_programme", MEMBERS, **PROGRAMME),
    at("curriculum_audience", MEMBERS, **PROGRAMME),
    at("curriculum_audience", "coordinator", {"kind": "chosen", "why": "x"}, **PROGRAMME),
    at("curriculum_difference", MEMBERS, **PROGRAMME),
    at("curriculum_version", MEMBERS, **PROGRAMME, number="first"),
    at("curriculum_download", MEMBERS, **PROGRAMME, number="first"),
    at("curriculum_module", MEMBERS, **MODULE),
    at("curriculum_module_difference", MEMBERS, **MODULE),
    at("curriculum_module_version", MEMBERS, **MODULE, number="first"),
)


def made(here: Place, people: dict[str, Person], ids: dict[str, Any]) -> dict[str, Any]:
    """Make the records that the addresses speak of, and return their ids by name."""
    row = publishing.add_starter(people["coordinator"].actor(), here.agency.id, NOW)
    return {"programme": row.name, "module": row.content["modules"][0]["id"], "first": 1}
