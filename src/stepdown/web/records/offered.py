"""What an agency may refresh with: scenarios to practise, and blocks of teaching from modules."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from stepdown.retention.refresher import Refresher
from stepdown.web.accounts.models import Agency
from stepdown.web.policy import Actor
from stepdown.web.practice.models import ScenarioFile
from stepdown.web.practice.scenarios import listed
from stepdown.web.programs.models import ModuleVersion
from stepdown.web.records.models import PlanSetting
from stepdown.web.records.techniques import techniques

LONGEST_TITLE, LONGEST_ID = 200, 61
BLOCK = "block:"
QUARTER = 15
"""Minutes to which the time of a scenario is rounded up: it is opened and talked over, too."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A refresher that can be chosen: its techniques, and the hours that it is likely to take."""

    id: str
    title: str
    kind: Literal["scenario", "block"]
    techniques: tuple[str, ...]
    hours: float

    def refresher(self, hours: float) -> Refresher:
        """Return the refresher that takes so many hours."""
        return Refresher(self.id, self.title, hours, self.techniques)


def offered(actor: Actor, agency: Agency) -> list[Offer]:
    """Return everything that can be chosen: what refreshes no technique that is planned is not.

    A scenario refreshes the domains of the rubric that it trains, as the library says; a block the
    techniques of the latest version of its module.
    """
    known = frozenset(techniques(agency.id))
    return [*_scenarios(actor, agency, known), *_blocks(agency.id, known)]


def refreshers_of(setting: PlanSetting, known: Collection[str]) -> tuple[Refresher, ...]:
    """Return the refreshers that an agency uses, each for what it refreshes by now; one query.

    A block refreshes what the latest version of its module does. What refreshes none of the
    techniques that are planned for is left out.
    """
    blocks = {offer.id: offer.techniques for offer in _blocks(setting.agency_id, known)}
    found = []
    for one in setting.refreshers:
        kept = blocks.get(one["id"], ())
        if not one["id"].startswith(BLOCK):
            kept = tuple(t for t in one["techniques"] if t in known)
        if kept:
            found.append(Refresher(one["id"], one["title"], one["hours"], kept))
    return tuple(found)


def _scenarios(actor: Actor, agency: Agency, known: Collection[str]) -> list[Offer]:
    files = ScenarioFile.objects.filter(agency=agency, withdrawn_at=None)
    own = {str(pk) for pk in files.values_list("pk", flat=True)}
    return [
        Offer(item.key, item.scenario.title[:LONGEST_TITLE], "scenario",
              tuple(t for t in item.trains if t in known), _hours(item.scenario.minutes))
        for item in listed(actor)
        if item.trains and (not item.own or item.key in own)
    ]  # fmt: skip


def _blocks(agency: UUID, known: Collection[str]) -> list[Offer]:
    rows = ModuleVersion.objects.filter(agency=agency).order_by("name", "number")
    latest = {row.name: row for row in rows.only("name", "number", "content")}
    found = []
    for name, row in latest.items():
        kept = tuple(t for t in row.content.get("techniques", ()) if t in known)
        if kept:
            title, hours = row.title[:LONGEST_TITLE], float(row.content["hours"])
            found.append(Offer(f"{BLOCK}{name}"[:LONGEST_ID], title, "block", kept, hours))
    return found


def _hours(minutes: float) -> float:
    """Return the hours of a scenario with talking it over: twice its minutes, in quarters."""
    return max(-(-2 * minutes // QUARTER), 1) * QUARTER / 60
