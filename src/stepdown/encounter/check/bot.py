"""One scripted responder in one encounter, event by event: to be read, and to be compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from stepdown.encounter.check.mind import MOVE, SAY, Mind
from stepdown.encounter.check.script import Script
from stepdown.encounter.dynamics import STEP_S
from stepdown.encounter.log import Event
from stepdown.encounter.play import Codes, Encounter
from stepdown.encounter.policy import refusal

MOST_ACTS = 5_000


@dataclass(frozen=True, slots=True)
class Act:
    """One act: words to say, the name of a move, or seconds to wait."""

    kind: Literal["say", "move", "wait"]
    text: str = ""
    seconds: float = 0.0


class Alone:
    """A coder that hears each line by itself, as the tables of a script do."""

    def __init__(self, coder: Codes) -> None:
        self._coder = coder

    @property
    def digest(self) -> str:
        """The name of the coder behind it."""
        return self._coder.digest

    def code(self, text: str, previous: str | None = None) -> Any:  # noqa: ARG002
        """Code one line, whatever was said before."""
        return self._coder.code(text, None)


class Bot:
    """One scripted responder in one encounter, asked for one act after another.

    `responder` is a number in the script.
    """

    def __init__(self, script: Script, responder: int, seed: int) -> None:
        self._script = script
        self._mind = Mind(script, np.array([responder]), np.array([seed], dtype=np.uint64))
        self._row = np.array([0])
        self._move, self._done = -1, 0

    def act(self, encounter: Encounter) -> Act:
        """Return what they do next, from what can be seen now."""
        script, world = self._script, encounter.world
        if self._move >= 0:
            kept = np.array([len(world.done) > self._done])
            self._mind.told(self._row, self._move, kept)
        allowed = np.array([[not refusal(world, m, encounter.t) for m in script.moves]])
        done = np.array([[m in world.done for m in script.moves]])
        last = np.array([world.used[-1] if world.used else -1])
        chosen = self._mind.decide(
            self._row, encounter.t, encounter.live, allowed, last, done
        )  # fmt: skip
        kind, number = int(chosen.kind[0]), int(chosen.which[0])
        self._move, self._done = (number if kind == MOVE else -1), len(world.done)
        if kind == SAY:
            return Act("say", script.words.texts[number])
        if kind == MOVE:
            return Act("move", script.moves[number])
        return Act("wait", seconds=int(chosen.steps[0]) * STEP_S)


def watch(script: Script, responder: int, seed: int, coder: Codes) -> list[Event]:
    """Play one encounter and return its log. `responder` is a number in the script."""
    encounter = Encounter.start(script.scenario, seed, Alone(coder), lambda _: None)
    bot = Bot(script, responder, seed)
    for _ in range(MOST_ACTS):
        if encounter.over:
            break
        act = bot.act(encounter)
        if act.kind == "say":
            encounter.say(act.text)
        elif act.kind == "move":
            encounter.move(act.text)
        else:
            encounter.wait(act.seconds)
    return encounter.events
