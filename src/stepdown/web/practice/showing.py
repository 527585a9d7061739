"""What the page of an encounter shows: the talk as a log, what can be seen, what can be done."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stepdown.encounter.drawing import draw_scene
from stepdown.encounter.log import Event
from stepdown.encounter.moves import Move
from stepdown.encounter.play import Encounter as Played
from stepdown.encounter.policy import spent
from stepdown.encounter.review.reading import EVERY_S, RISKS, due
from stepdown.encounter.review.review import OUTCOMES, told
from stepdown.encounter.scene import described, scene_of
from stepdown.encounter.world import World
from stepdown.web.practice.models import Encounter

GROUP_NAMES = {
    "space": _("Distance"),
    "bearing": _("Body"),
    "voice": _("Voice"),
    "environment": _("Place"),
    "people": _("People"),
    "call": _("Call"),
    "option": _("Other ways"),
}
WAITS = (5, 10, 20, 30)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the talk: who (you, you-do, them, place), what, and what was answered.

    `acted`: the answer is something done, not something said.
    """

    n: int
    t: float
    who: str
    text: str
    cut: bool
    answer: str
    acted: bool


def entries(events: Sequence[Event], world: World) -> list[Entry]:
    """Return the talk, event by event."""
    return [entry for event in events if (entry := _entry(event, world)) is not None]


def _entry(event: Event, world: World) -> Entry | None:
    if event.kind == "assess":
        return None
    answer = str((event.data.get("reply") or {}).get("text", ""))
    kinds = {"say": "you", "move": "you-do", "wait": "you-do", "speak": "them"}
    return Entry(
        event.n, event.t, kinds.get(event.kind, "place"),
        "" if event.kind == "speak" else what_happened(event, world),
        event.kind == "say" and event.data["cut"] < 1, answer,
        answer.startswith("(") and answer.endswith(")"),
    )  # fmt: skip


def what_happened(event: Event, world: World) -> str:
    """Return what an event was, in the reader's language; an end without words, as its outcome."""
    text = told(event, world, gettext)
    return gettext(OUTCOMES.get(text, text)) if event.kind == "end" and text else text


def seen(played: Played) -> dict[str, Any]:
    """Return what can be seen now: the cue, the drawing, and the drawing in sentences."""
    scene = scene_of(played.world, played.live)
    return {
        "world": played.world, "name": played.world.cast["name"], "cue": played.cue(),
        "drawing": draw_scene(scene, gettext), "described": described(scene, gettext),
    }  # fmt: skip


def page(row: Encounter, played: Played) -> dict[str, Any]:
    """Return everything that the page of an encounter shows besides the talk."""
    real = row.pace != "turn"
    t = row.clock_s if real else played.t
    asked = [event.t for event in played.events if event.kind == "assess"]
    return seen(played) | {
        "row": row, "key": uuid.uuid4(), "forms": _forms(played, real=real), "waits": WAITS, "t": t,
        "over": played.over, "groups": _grouped(played.world), "spent": _spent(played.world),
        "chapter": played.chapter,
        "risks": RISKS, "asked": played.world.scenario.reading, "scale": range(11),
        "due": due(asked, t), "every": EVERY_S, "real": real,
        "standing": real and row.seen_at is None,
    }  # fmt: skip


def _forms(played: Played, *, real: bool) -> list[str]:
    """Return the forms of the page; each carries the key of the next act."""
    if played.over:
        return []
    chapter = played.chapter
    choose = ["choose"] if chapter is not None and chapter.choices else []
    return ["controls", "say", "move", "read", "tick" if real else "wait", *choose]


def _spent(world: World) -> set[str]:
    """Return the moves that would change nothing now."""
    return {name for name in world.moves if spent(world, name)}


def _grouped(world: World) -> list[tuple[object, list[Move]]]:
    moves = list(world.moves.values())
    return [
        (GROUP_NAMES[group], [m for m in moves if m.group == group])
        for group in GROUP_NAMES
        if any(m.group == group for m in moves)
    ]
