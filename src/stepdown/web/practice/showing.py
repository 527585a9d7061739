"""What the page of an encounter shows: the talk as a log, what can be seen, what can be done."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from stepdown.encounter.log import Event
from stepdown.encounter.moves import Move
from stepdown.encounter.play import Encounter as Played
from stepdown.encounter.review.reading import RISKS
from stepdown.encounter.review.review import told
from stepdown.encounter.world import World
from stepdown.web.practice.models import Encounter

GROUP_NAMES = {
    "space": _("Distance"), "bearing": _("Body"), "voice": _("Voice"), "environment": _("Place"),
    "people": _("People"), "call": _("Call"), "option": _("Other ways"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the talk: who (you, them, place), what, and what they answered."""

    n: int
    t: float
    who: str
    text: str
    cut: bool
    answer: str
    acted: bool
    """The answer is something done, not something said."""


def entries(events: Sequence[Event], world: World) -> list[Entry]:
    """Return the talk, event by event."""
    return [entry for event in events if (entry := _entry(event, world)) is not None]


def _entry(event: Event, world: World) -> Entry | None:
    if event.kind == "assess":
        return None
    answer = str((event.data.get("reply") or {}).get("text", ""))
    acted = answer.startswith("(") and answer.endswith(")")
    who = {"say": "you", "move": "you-do", "wait": "you-do", "speak": "them"}.get(
        event.kind, "place"
    )
    text = "" if event.kind == "speak" else told(event, world)
    cut = event.kind == "say" and event.data["cut"] < 1
    return Entry(event.n, event.t, who, text, cut, answer, acted)


def page(row: Encounter, played: Played) -> dict[str, Any]:
    """Return everything that the page of a running encounter shows besides the talk."""
    world = played.world
    return {
        "row": row, "world": world, "name": world.cast["name"], "key": uuid.uuid4(),
        "t": row.clock_s if row.pace != "turn" else played.t, "over": played.over,
        "cue": played.cue(), "groups": _grouped(world), "chapter": played.chapter,
        "risks": RISKS, "asked": world.scenario.reading, "standing": row.seen_at is None,
        "real": row.pace != "turn",
    }  # fmt: skip


def _grouped(world: World) -> list[tuple[object, list[Move]]]:
    moves = list(world.moves.values())
    return [
        (GROUP_NAMES[group], [m for m in moves if m.group == group])
        for group in GROUP_NAMES
        if any(m.group == group for m in moves)
    ]
