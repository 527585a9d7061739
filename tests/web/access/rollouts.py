"""Addresses of rollouts."""

from __future__ import annotations

from typing import Any

from stepdown.web.accounts.models import Person
from stepdown.web.policy import Role
from tests.web.access import Address, at
from tests.web.conftest import Place

SEE, DRAW = "coordinator analyst agency_admin", "coordinator"
ROWS: tuple[Address, ...] = (
    at("rollouts", "signed in"),
    at("rollout_draw", DRAW, agency="agency"),
    at("rollout_draw", DRAW, {"title": "x"}, agency="agency"),
    at("rollout_look", DRAW, {"title": "x"}, agency="agency"),
    at("rollout", SEE, pk="rollout"),
    at("rollout_actual", DRAW, {"unit": "Unit 01"}, pk="rollout"),
    at("rollout_file", SEE, pk="rollout"),
    at("rollout_study", SEE, pk="rollout"),
    at("rollout_study", SEE, {"title": "x"}, pk="rollout"),
)


def made(here: Place, people: dict[str, Person], ids: dict[str, Any]) -> dict[str, Any]:
    """Make the records that the addresses speak of, and return their ids by name."""
    from tests.web.programs.drawn import drawn, units
    from tests.web.programs.texts import published

    actor = here.people[Role.COORDINATOR].actor()
    published(actor, here.agency.id)
    return {"rollout": drawn(actor, here.agency, units(here.agency)).id}
