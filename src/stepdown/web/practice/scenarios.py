"""The scenarios that a person may practise: those that ship, and those of their agencies."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from stepdown.encounter.library import library, parsed
from stepdown.encounter.review.rubric import domains
from stepdown.encounter.scenario import Scenario
from stepdown.web.permission import Missing, permit
from stepdown.web.policy import Action, Actor
from stepdown.web.practice.models import ScenarioFile

LENGTHS = (10, 12, 15, 20)
"""Minutes by which the library can be filtered."""

_SPEAKS_OF = {
    "position": "distance|stay back|stand back|cover|distancia|atrás",
    "environment": "quiet|quieter|noise|light|audience|crowd|street|children|apart|stop the bus"
    "|tranquilo|público|ruido|para el autobús",
    "bearing": "voice|hands|touch|voz|manos",
    "listening": "listen|listening|hear (?:him|her|what)|ask (?:what|plainly)|feelings|meet the"
    "|escucha|escuchando|pregunta",
    "respect": "dignity|face|sorry|feelings|fears|fault|guilt|true and kind|dignidad|significa",
    "clarity": "short|precise|few words|literal|plainly|say little|reason|lie|promise|your name"
    "|cortas|claramente",
    "options": "call|choices|another way|way out|good way|help|adult",
}
"""Words in what a scenario says it trains, by the domain of the review that they speak of."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A scenario with the key that names it in addresses; `own`: an agency's own."""

    key: str
    scenario: Scenario
    own: bool

    @property
    def trains(self) -> tuple[str, ...]:
        """The domains that it trains, by id."""
        return trained_by(self.scenario.learning)


def listed(actor: Actor) -> list[Listed]:
    """Return every scenario that this person may practise."""
    shipped = [Listed(key, scenario, False) for key, scenario in library().items()]
    agencies = [grant.agency for grant in actor.grants if grant.agency]
    return [*_own(ScenarioFile.objects.filter(agency__in=agencies, withdrawn_at=None)), *shipped]


def scenario_of(actor: Actor, key: str) -> Scenario:
    """Return a scenario that stands, by its key. Raises Missing; Refused if another agency's."""
    if key in library():
        return library()[key]
    try:
        file = ScenarioFile.objects.get(pk=UUID(key), withdrawn_at=None)
    except (ValueError, ScenarioFile.DoesNotExist):
        raise Missing(f"no scenario {key[:80]}") from None
    permit(actor, Action.SEE_SCENARIO, file.thing(), "scenario", file.id)
    return _read(file.text, file.name)


def titles(keys: Collection[str]) -> dict[str, str]:
    """Return the titles of scenarios by key, older versions of an agency's own among them."""
    found = {key: library()[key].title for key in keys if key in library()}
    ids = [UUID(key) for key in keys if key not in found and _is_id(key)]
    files = ScenarioFile.objects.filter(pk__in=ids) if ids else []
    return found | {str(file.id): _read(file.text, file.name).title for file in files}


def trained_by(learning: Iterable[str]) -> tuple[str, ...]:
    """Return the domains of the review that what a scenario trains speaks of."""
    text = " ".join(learning).lower()
    return tuple(d for d in domains() if re.search(rf"\b(?:{_SPEAKS_OF[d]})\b", text))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for in the library; what is empty or zero does not matter to them."""

    sector: str = ""
    language: str = ""
    minutes: int = 0
    trains: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Wanted:
        """Return what the fields of a form ask for; what they cannot ask for is left out."""
        minutes = given.get("minutes", "")
        trains = given.get("trains", "")
        return cls(
            given.get("sector", ""), given.get("language", ""),
            int(minutes) if minutes in map(str, LENGTHS) else 0,
            trains if trains in domains() else "",
        )  # fmt: skip

    def fits(self, item: Listed) -> bool:
        """Say whether a scenario is what they look for."""
        scenario = item.scenario
        return (
            self.sector in ("", scenario.sector)
            and self.language in ("", scenario.language)
            and (not self.minutes or scenario.minutes <= self.minutes)
            and (not self.trains or self.trains in item.trains)
        )


def _own(files: Iterable[ScenarioFile]) -> list[Listed]:
    latest: dict[tuple[UUID, str], ScenarioFile] = {}
    for file in sorted(files, key=lambda f: f.at):
        latest[(file.agency_id, file.name)] = file
    return [Listed(str(f.id), _read(f.text, f.name), True) for f in latest.values()]


def _is_id(key: str) -> bool:
    try:
        UUID(key)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=64)
def _read(text: str, name: str) -> Scenario:
    return parsed(text, name)
