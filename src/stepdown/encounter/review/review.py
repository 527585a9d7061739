"""The review of one encounter: a fold over its log, the same on every machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from stepdown.encounter.lines import classes_of
from stepdown.encounter.log import Event
from stepdown.encounter.review.judges import Played
from stepdown.encounter.review.reading import Reading, readings
from stepdown.encounter.review.rubric import Domain, rubric
from stepdown.encounter.review.worth import Worth, worth
from stepdown.encounter.scenario import Better, filled
from stepdown.encounter.world import World, worlds

MOMENTS = 3
CLEAR_SE, CLEAR_POINTS = 2.0, 0.05
LOST_TRUST = 0.2
OUTCOMES = {
    "consent": "resolved by consent", "contained": "safe by other means",
    "disengaged": "safe by other means", "others_safe": "safe by other means",
    "force": "force was used", "flight": "they ran", "self_harm": "they hurt themselves",
    "attack": "they attacked", "time": "the time ran out", "stopped": "stopped by the trainee",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Point:
    """One event of the timeline, with the state just after it."""

    event: int
    t: float
    kind: str
    what: str
    codes: tuple[str, ...]
    answer: str
    arousal: float
    trust: float


@dataclass(frozen=True, slots=True)
class Moment:
    """An act that helped or hurt most, and what else might have been said to this person."""

    event: int
    helped: bool
    what: str
    worth: Worth
    better: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Review:
    """Everything a trainee learns from: outcome and skill stand apart."""

    scenario: str
    title: str
    seed: int
    outcome: str
    ending: str
    injured: dict[str, bool]
    seconds: float
    timeline: tuple[Point, ...]
    worth: tuple[Worth, ...]
    helped: tuple[Moment, ...]
    hurt: tuple[Moment, ...]
    rubric: tuple[Domain, ...]
    readings: tuple[Reading, ...]
    debrief: tuple[str, ...]
    next: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the review by name, for `--json`."""
        return asdict(self)


def review(events: Sequence[Event]) -> Review:
    """Review the encounter of a log."""
    after = list(worlds(events))
    world, valued = after[-1], worth(events, after)
    read = readings(events, after)
    ended = world.ended or {"how": "", "text": "", "injured": {}}
    clear = [w for w in valued if abs(w.arousal) > max(CLEAR_SE * w.arousal_se, CLEAR_POINTS)]
    best = sorted((w for w in clear if w.arousal < 0), key=lambda w: (w.arousal, w.event))
    worst = sorted((w for w in clear if w.arousal > 0), key=lambda w: (-w.arousal, w.event))
    # Somebody beside themselves cannot grow more aroused, but can still lose trust.
    lost = sorted((w for w in valued if w.trust <= -LOST_TRUST), key=lambda w: (w.trust, w.event))
    worst += [w for w in lost if w not in worst and w.arousal > -CLEAR_POINTS]
    return Review(
        scenario=world.scenario.id, title=world.scenario.title, seed=world.seed,
        outcome=OUTCOMES.get(ended["how"], "not ended"), ending=ended["text"],
        injured={k: bool(v) for k, v in ended["injured"].items()}, seconds=world.t,
        timeline=tuple(_point(e, w) for e, w in zip(events, after, strict=True)),
        worth=valued,
        helped=tuple(_moment(events, after, w, helped=True) for w in best[:MOMENTS]),
        hurt=tuple(_moment(events, after, w, helped=False) for w in worst[:MOMENTS]),
        rubric=rubric(Played(events, after, read)), readings=read,
        debrief=world.scenario.debrief, next=world.scenario.next,
    )  # fmt: skip


TOLD = (
    "Waits {seconds} s", "Reads the situation", "{move}: {what}", "{move}: on the way, {when}",
    "{move}: it fails", "a minute or so", "about {minutes} minutes",
)  # fmt: skip
"""The sentences of `told`, for a translation."""


def told(event: Event, world: World, say: Callable[[str], str] = str) -> str:
    """Return what an event was, in words; `say` translates what is not the scenario's own."""
    data = event.data
    if event.kind == "move":
        return _move_told(data, world, say)
    if event.kind == "start":
        return filled(world.scenario.opening, world.cast)
    if event.kind == "wait":
        return say("Waits {seconds} s").format(seconds=f"{data['seconds']:g}")
    if event.kind == "assess":
        return say("Reads the situation")
    return str(data.get("text") or data.get("how") or "")


def _move_told(data: dict[str, Any], world: World, say: Callable[[str], str]) -> str:
    move = world.moves.get(data["move"])
    name = say(move.label) if move else str(data["move"])
    if data["refused"]:
        return say("{move}: {what}").format(move=name, what=say(data["refused"]))
    if data.get("text"):
        return say("{move}: {what}").format(move=name, what=data["text"])
    if move and move.arrives_s is not None and data["ok"]:
        return say("{move}: on the way, {when}").format(move=name, when=_about(move.arrives_s, say))
    return name if data["ok"] else say("{move}: it fails").format(move=name)


def _about(seconds: float, say: Callable[[str], str]) -> str:
    minutes = round(seconds / 60)
    if minutes <= 1:
        return say("a minute or so")
    return say("about {minutes} minutes").format(minutes=minutes)


def _point(event: Event, world: World) -> Point:
    reply = event.data.get("reply") or {}
    return Point(
        event.n, event.t, event.kind, told(event, world), tuple(event.data.get("codes", ())),
        str(reply.get("text", "")), round(world["arousal"], 2), round(world["trust"], 2),
    )  # fmt: skip


def _moment(
    events: Sequence[Event], after: Sequence[World], valued: Worth, *, helped: bool
) -> Moment:
    event, world = events[valued.event], after[valued.event]
    found = None if helped else _better(event, world)
    lines = tuple(filled(x, world.cast) for x in found.lines[:2]) if found else ()
    return Moment(event.n, helped, told(event, world), valued, lines, found.why if found else "")


def _better(event: Event, world: World) -> Better | None:
    """Return the author's better lines for what was said: by code, kind, topic, or the first."""
    if event.kind == "say":
        codes = event.data["codes"]
        marks = [
            *codes,
            *classes_of(codes),
            *event.data["topics"],
            *(() if codes else ("nothing",)),
        ]
    else:
        marks = [event.data["move"], world.moves[event.data["move"]].group, "move"]
    for mark in marks:
        for better in world.scenario.better:
            if mark in better.on:
                return better
    return world.scenario.better[0] if world.scenario.better else None
