"""What is true after the events of a log: a fold that draws nothing and calls no model."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from stepdown.encounter.chance import seeds_of, stream
from stepdown.encounter.dynamics import STEP_S, advanced
from stepdown.encounter.hazards import after
from stepdown.encounter.log import Event
from stepdown.encounter.moves import Move, moves_of
from stepdown.encounter.parameters import FELT, Felt, Parameters
from stepdown.encounter.scenario import Scenario
from stepdown.encounter.speech import Said, heard
from stepdown.encounter.state import COLUMN, Floats, rows, settled
from stepdown.problems import InputProblems, Problem

NEED_HEARD_FROM = 0.5


@dataclass(frozen=True, slots=True)
class World:
    """Everything that is true just after event `n - 1`, at `t` seconds.

    state: (1, columns). needs: points still unmet, by id. called: when whoever was called arrives.
    """

    scenario: Scenario
    p: Parameters
    seed: int
    cast: dict[str, str]
    moves: dict[str, Move]
    state: Floats
    n: int = 1
    t: float = 0.0
    needs: dict[str, float] = field(default_factory=dict)
    used: tuple[int, ...] = ()
    said: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    called: dict[str, float] = field(default_factory=dict)
    arrived: tuple[str, ...] = ()
    happened: tuple[str, ...] = ()
    danger: bool = False
    chapter: int = 0
    last_said: str | None = None
    ended: dict[str, Any] | None = None

    def __getitem__(self, column: str) -> float:
        return float(self.state[0, COLUMN[column]])

    @property
    def past(self) -> frozenset[str]:
        """What has been done, has arrived, has happened and was told, by name."""
        return frozenset((*self.done, *self.arrived, *self.happened, *self.told))


def first(event: Event) -> World:
    """Return the world of a start event. Raises InputProblems if it cannot be read."""
    try:
        scenario = _scenario(json.dumps(event.data["scenario"]))
        p = _parameters(json.dumps(event.data["parameters"]))
        seed, cast = int(event.data["seed"]), scenario.person.cast[int(event.data["cast"])]
    except (ValidationError, KeyError, TypeError, ValueError, IndexError) as error:
        problem = Problem(
            "the log's first line", str(error)[:400], "a start event as this version writes it",
            "use the log as it was written",
        )  # fmt: skip
        raise InputProblems("the log", [problem]) from error
    return opened(scenario, p, seed, cast)


@lru_cache(maxsize=64)
def _scenario(content: str) -> Scenario:
    """Return the scenario of a log; many encounters of the same one share it."""
    return Scenario.read(json.loads(content))


@lru_cache(maxsize=64)
def _parameters(content: str) -> Parameters:
    """Return the parameters of a log, shared in the same way."""
    return Parameters.model_validate_json(content)


def opened(scenario: Scenario, p: Parameters, seed: int, cast: dict[str, str]) -> World:
    """Return the world as an encounter begins."""
    needs = {need.id: need.weight for need in scenario.needs}
    felt = {
        "arousal": 6.0, "trust": p["trust_base"], "threat": 4.0, "control": p["control_base"],
        "attention": 6.0, **scenario.person.start,
    }  # fmt: skip
    state = rows({**felt, **scenario.scene, "need": min(sum(needs.values()), 10.0)})
    moves = moves_of(scenario.role, scenario.moves)
    heard_first = scenario.chapters[0].heard[-1:] if scenario.chapters else ()
    last = heard_first[0] if heard_first else None
    return World(scenario, p, seed, cast, moves, state, needs=needs, last_said=last)


def passed(world: World, until: float) -> Floats:
    """Return the state at `until`, nothing having happened since the last event."""
    steps = round((until - world.t) / STEP_S)
    streams = stream(seeds_of(world.seed), world.n)
    return advanced(world.state, world.p, streams, 0, steps)


def fold(events: Iterable[Event]) -> World:
    """Return the world after the events of a log."""
    return list(worlds(events))[-1]


def worlds(events: Iterable[Event]) -> Iterable[World]:
    """Return the world after each event in turn."""
    world: World | None = None
    for event in events:
        world = first(event) if world is None else _read(world, event)
        yield world


def _read(world: World, event: Event) -> World:
    """Apply an event of a log, which may speak of what its scenario does not have."""
    try:
        return applied(world, event)
    except (KeyError, IndexError, StopIteration, ValueError, TypeError) as error:
        problem = Problem(
            f"event {event.n}", f"{type(error).__name__}: {error}"[:200],
            "moves, lines and happenings that the log's own scenario has",
            "use the log as it was written; nothing in it may be edited",
        )  # fmt: skip
        raise InputProblems("the log", [problem]) from error


def applied(world: World, event: Event, state: Floats | None = None) -> World:
    """Return the world after one more event; `state` is that just before it, where it is known."""
    before = passed(world, event.t) if state is None else state
    world = replace(world, state=before, t=event.t, n=event.n + 1)
    act = _ACTS.get(event.kind)
    return act(world, event.data) if act else world


def felt_by(state: Floats, felt: Felt) -> Floats:
    """Return the states after a change of what is felt."""
    new = state.copy()
    for name in FELT:
        new[:, COLUMN[name]] += getattr(felt, name)
    return settled(new)


def moved(state: Floats, move: Move) -> Floats:
    """Return the states after a move that succeeded."""
    new = state.copy()
    for name, value in move.set.items():
        new[:, COLUMN[name]] = value
    for name, value in move.add.items():
        new[:, COLUMN[name]] += value
    new[:, COLUMN["silence"]] = 0.0
    return felt_by(new, move.felt)


def said_of(data: dict[str, Any]) -> Said:
    """Return a logged line as the person hears it."""
    return Said(
        int(data["words"]), {k: float(v) for k, v in data["probabilities"].items()},
        float(data["score"]), float(data["again"]), float(data["cut"]), Felt(**data["felt"]),
    )  # fmt: skip


def _need(state: Floats, needs: dict[str, float]) -> Floats:
    new = state.copy()
    new[:, COLUMN["need"]] = min(sum(needs.values()), 10.0)
    return settled(new)


def _say(world: World, data: dict[str, Any]) -> World:
    said = said_of(data)
    needs = dict(world.needs)
    for need in world.scenario.needs:
        hit = bool(set(need.topics) & set(data["topics"])) or any(
            said.probabilities.get(code, 0.0) >= NEED_HEARD_FROM for code in need.codes
        )
        if hit:
            met = need.share * need.weight * float(data["cut"]) * (1.0 - float(data["again"]))
            needs[need.id] = max(0.0, round(needs[need.id] - met, 6))
    state = _need(heard(world.state, said, world.p), needs)
    return _answered(
        replace(
            world, state=state, needs=needs, said=(*world.said, data["text"]),
            done=(*world.done, "say"),
        ),
        data.get("reply"),
    )  # fmt: skip


def _answered(world: World, reply: dict[str, Any] | None) -> World:
    """Return the world with a reply on record: while they speak, it is not silent."""
    if not reply:
        return world
    number = int(reply["line"])
    state = world.state.copy()
    state[:, COLUMN["silence"]] = 0.0
    reveals = world.scenario.lines[number].reveals if number >= 0 else None
    written = str(reply.get("written", reply["text"]))
    return replace(
        world, state=state, used=(*world.used, number), last_said=written,
        told=(*world.told, reveals) if reveals else world.told,
    )  # fmt: skip


def _move(world: World, data: dict[str, Any]) -> World:
    name = str(data["move"])
    if data["refused"]:
        return world
    move = world.moves[name]
    called = dict(world.called)
    if move.arrives_s is not None and data["ok"]:
        called[name] = float(data["arrives"])
    state, needs = world.state, dict(world.needs)
    if data["ok"]:
        state = moved(state, move)
        for need in world.scenario.needs:
            if name in need.moves or need.id in move.meets:
                needs[need.id] = max(
                    0.0, round(needs[need.id] - max(need.share, 0.5) * need.weight, 6)
                )
    done = (*world.done, name) if data["ok"] else world.done
    world = replace(world, state=_need(state, needs), needs=needs, called=called, done=done)
    return _answered(world, data.get("reply"))


def _world(world: World, data: dict[str, Any]) -> World:
    what, name = data["what"], str(data["id"])
    if what == "arrival":
        return replace(world, arrived=(*world.arrived, name), state=_arrived(world))
    if what == "happening":
        happening = next(h for h in world.scenario.happenings if h.id == name)
        change = Move(
            id="x", group="option", label="x", set=happening.set, add=happening.add,
            felt=happening.felt,
        )  # fmt: skip
        state = moved(world.state, change)
        return replace(world, state=state, happened=(*world.happened, name))
    if what == "chapter":
        heard_last = world.scenario.chapters[int(name)].heard[-1:]
        last = heard_last[0] if heard_last else world.last_said
        return replace(world, chapter=int(name), last_said=last)
    if what == "narrated":
        return replace(world, state=felt_by(world.state, Felt(**data["felt"])))
    danger = world.danger or name in ("attack", "self_harm")
    return replace(world, state=after(world.state, name), danger=danger)


def _arrived(world: World) -> Floats:
    new = world.state.copy()
    new[:, COLUMN["crowd"]] += 0.5
    return settled(new)


def _speak(world: World, data: dict[str, Any]) -> World:
    return _answered(world, data["reply"])


def _end(world: World, data: dict[str, Any]) -> World:
    return replace(world, ended=data)


_ACTS = {"say": _say, "move": _move, "world": _world, "speak": _speak, "end": _end}
