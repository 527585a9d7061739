"""The scenarios that a person may practise: those that ship, and those of their agencies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from stepdown.encounter.library import library, parsed
from stepdown.encounter.scenario import Scenario
from stepdown.web.permission import Missing, permit
from stepdown.web.policy import Action, Actor
from stepdown.web.practice.models import ScenarioFile


@dataclass(frozen=True, slots=True)
class Listed:
    """A scenario with the key that names it in addresses; `own`: an agency's own."""

    key: str
    scenario: Scenario
    own: bool


def listed(actor: Actor) -> list[Listed]:
    """Return every scenario that this person may practise."""
    shipped = [Listed(key, scenario, False) for key, scenario in library().items()]
    agencies = [grant.agency for grant in actor.grants if grant.agency]
    return [*_own(ScenarioFile.objects.filter(agency__in=agencies, withdrawn_at=None)), *shipped]


def scenario_of(actor: Actor, key: str) -> Scenario:
    """Return a scenario by its key. Raises Missing, or Refused for another agency's."""
    if key in library():
        return library()[key]
    try:
        file = ScenarioFile.objects.get(pk=UUID(key))
    except (ValueError, ScenarioFile.DoesNotExist):
        raise Missing(f"no scenario {key[:80]}") from None
    permit(actor, Action.SEE_SCENARIO, file.thing(), "scenario", file.id)
    return _read(file.text, file.name)


def _own(files: Iterable[ScenarioFile]) -> list[Listed]:
    latest: dict[tuple[UUID, str], ScenarioFile] = {}
    for file in sorted(files, key=lambda f: f.at):
        latest[(file.agency_id, file.name)] = file
    return [Listed(str(f.id), _read(f.text, f.name), True) for f in latest.values()]


@lru_cache(maxsize=64)
def _read(text: str, name: str) -> Scenario:
    return parsed(text, name)
