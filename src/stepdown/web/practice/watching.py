"""What whoever examines an assessment sees of it: what a bystander would, and no hidden number."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stepdown.encounter.log import Event
from stepdown.encounter.scenario import filled
from stepdown.encounter.world import World
from stepdown.web.practice import play, showing
from stepdown.web.practice.models import Comment, Encounter


@dataclass(frozen=True, slots=True)
class Turn:
    """One entry of the talk with what was written beside it; or what the trainee read."""

    n: int
    t: float
    entry: showing.Entry | None
    read: tuple[tuple[str, str], ...]
    comments: tuple[Comment, ...]


@dataclass(frozen=True, slots=True)
class Offered:
    """A happening of the scenario, and whether it has happened."""

    id: str
    text: str
    happened: bool


def watched(row: Encounter, since: int = 0, seen: str = "") -> dict[str, Any]:
    """Return what the page of a running assessment shows: the talk from event `since` on.

    seen: the name of the scene that the page shows; the same scene is not given again.
    """
    made, played = play.resumed(row)
    shown = showing.seen(played)
    told = "\n".join((*shown["described"], shown["cue"]))
    name = hashlib.sha256(told.encode()).hexdigest()[:16]
    real = row.pace != "turn"
    return shown | {
        "row": row, "since": row.n_events, "seen": name, "changed": name != seen,
        "entries": showing.entries([e for e in made.events if e.n >= since], made.world),
        "t": row.clock_s if real else played.t, "standing": real and row.seen_at is None,
        "happenings": offered(made.world) if since < row.n_events else None,
    }  # fmt: skip


def offered(world: World) -> list[Offered]:
    """Return the happenings that an instructor may set off, and those that have happened."""
    return [
        Offered(h.id, filled(h.text, world.cast), h.id in world.happened)
        for h in world.scenario.happenings
    ]


def transcript(
    events: Sequence[Event], world: World, comments: Sequence[Comment] = ()
) -> list[Turn]:
    """Return an encounter turn by turn: what was said, done and read, and what happened."""
    known = {entry.n: entry for entry in showing.entries(events, world)}
    beside: dict[int, list[Comment]] = {}
    for comment in comments:
        beside.setdefault(comment.n, []).append(comment)
    return [
        Turn(e.n, e.t, known.get(e.n), _read(e), tuple(beside.get(e.n, ())))
        for e in events
        if e.n in known or e.kind == "assess"
    ]


def _read(event: Event) -> tuple[tuple[str, str], ...]:
    """Return what the trainee read in the situation, without what was true."""
    if event.kind != "assess":
        return ()
    reading = event.data["reading"]
    return tuple((k, f"{v:g}" if isinstance(v, float) else str(v)) for k, v in reading.items())
