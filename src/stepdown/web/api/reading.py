"""What the API says of an encounter: what its trainee may see now, and nothing hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from stepdown.encounter.log import Event
from stepdown.encounter.play import Encounter as Played
from stepdown.encounter.review.reading import RISKS
from stepdown.encounter.scenario import filled
from stepdown.encounter.scene import described, scene_of
from stepdown.encounter.world import World
from stepdown.web.api import schemas
from stepdown.web.practice import play, showing
from stepdown.web.practice.live import ready
from stepdown.web.practice.models import Encounter
from stepdown.web.practice.scenarios import Listed


def scenario_item(item: Listed) -> dict[str, Any]:
    """Return a scenario as the library lists it."""
    known = item.scenario
    return {
        "key": item.key, "title": known.title, "sector": known.sector, "role": known.role,
        "language": known.language, "minutes": known.minutes, "own": item.own,
    }  # fmt: skip


def summary(row: Encounter) -> dict[str, Any]:
    """Return what an encounter is, without its words."""
    return {
        "id": row.id, "scenario": row.scenario, "title": row.title, "sector": row.sector,
        "pace": row.pace, "assessed": row.assessed, "assignment": row.assignment_id,
        "parent": row.parent_id, "parent_at": row.parent_n, "started_at": row.started_at,
        "ended_at": row.ended_at, "how": row.how, "n_events": row.n_events,
        "erased": row.erased_at is not None,
    }  # fmt: skip


def state(row: Encounter, played: Played | None = None) -> schemas.State:
    """Return an encounter as far as it has come; of one whose words were deleted, that it was."""
    known = summary(row) | {"clock_s": row.clock_s, "running": row.seen_at is not None}
    if row.erased_at is not None or row.n_events == 0:
        return schemas.State(
            **known, opening=None, cue=None, scene=None, moves=[], chapter=None, asked=None
        )
    played = played or play.resumed(row)[1]
    world = played.world
    return schemas.State(
        **known, opening=filled(world.scenario.opening, world.cast), cue=played.cue(),
        scene=_scene(world, played), moves=_moves(played), chapter=_chapter(played),
        asked=_asked(world),
    )  # fmt: skip


def events(listed: Sequence[Event], world: World) -> list[schemas.EventOut]:
    """Return events as their trainee may see them."""
    kinds = {event.n: event.kind for event in listed}
    return [
        schemas.EventOut(
            n=entry.n, t=entry.t, kind=kinds[entry.n],  # type: ignore[arg-type]
            text=entry.text, answer=entry.answer, cut=entry.cut,
        )
        for entry in showing.entries(listed, world)
    ]  # fmt: skip


def events_since(row: Encounter, since: int) -> schemas.Events:
    """Return the events of an encounter from a number on, and the number to ask from next."""
    if row.n_events == 0:
        return schemas.Events(items=[], next=0, over=row.ended_at is not None)
    made = ready(row.id, row.n_events)
    told = [event for event in made.events if event.n >= since]
    over = row.ended_at is not None
    return schemas.Events(items=events(told, made.world), next=len(made.events), over=over)


def _scene(world: World, played: Played) -> schemas.SceneOut:
    scene = scene_of(world, played.live)
    return schemas.SceneOut(**asdict(scene), described=list(described(scene)))


def _moves(played: Played) -> list[schemas.MoveOut]:
    if played.over:
        return []
    return [
        schemas.MoveOut(id=move.id, group=move.group, label=filled(move.label, played.world.cast))
        for move in played.world.moves.values()
    ]


def _chapter(played: Played) -> schemas.ChapterOut | None:
    stage = played.chapter
    if stage is None or played.over:
        return None
    return schemas.ChapterOut(
        title=stage.title, scene=stage.scene, heard=list(stage.heard),
        choices=[choice.text for choice in stage.choices],
    )  # fmt: skip


def _asked(world: World) -> schemas.Asked | None:
    """Return what is asked; which answers are right stays hidden."""
    asked = world.scenario.reading
    if asked is None:
        return None
    return schemas.Asked(wants=list(asked.wants), who=list(asked.who), risk=list(RISKS))
