"""One scripted responder in one encounter, event by event: to be read, and to be compared."""

from __future__ import annotations

from typing import Any

import numpy as np

from stepdown.encounter.check.mind import MOVE, SAY, Mind
from stepdown.encounter.check.script import Script
from stepdown.encounter.dynamics import STEP_S
from stepdown.encounter.log import Event
from stepdown.encounter.play import Codes, Encounter
from stepdown.encounter.policy import refusal

MOST_ACTS = 5_000


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


def watch(script: Script, responder: int, seed: int, coder: Codes) -> list[Event]:
    """Play one encounter and return its log. `responder` is a number in the script."""
    encounter = Encounter.start(script.scenario, seed, Alone(coder), lambda _: None)
    mind = Mind(script, np.array([responder]), np.array([seed], dtype=np.uint64))
    row = np.array([0])
    for _ in range(MOST_ACTS):
        if encounter.over:
            break
        world = encounter.world
        allowed = np.array([[not refusal(world, m, encounter.t) for m in script.moves]])
        done = np.array([[m in world.done for m in script.moves]])
        last = np.array([world.used[-1] if world.used else -1])
        live = encounter._live
        act = mind.decide(row, encounter.t, live, allowed, last, done)
        number = int(act.which[0])
        if act.kind[0] == SAY:
            encounter.say(script.words.texts[number])
        elif act.kind[0] == MOVE:
            before = len(world.done)
            encounter.move(script.moves[number])
            mind.told(row, number, np.array([len(encounter.world.done) > before]))
        else:
            encounter.wait(int(act.steps[0]) * STEP_S)
    return encounter.events
