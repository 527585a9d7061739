"""The state of thousands of encounters in columns, and what is kept of each."""

from __future__ import annotations

from typing import Any

import numpy as np

from stepdown.encounter.chance import Ints, Purpose, stream, uniform, word
from stepdown.encounter.check.mind import Mind
from stepdown.encounter.check.script import Script
from stepdown.encounter.check.varied import Varied
from stepdown.encounter.dynamics import STEP_S
from stepdown.encounter.endings import odds_of_harm
from stepdown.encounter.hazards import HAZARDS
from stepdown.encounter.moves import moves_of
from stepdown.encounter.parameters import Parameters
from stepdown.encounter.state import COLUMN, Floats, settled
from stepdown.encounter.world import opened

ENDS = (
    "consent", "contained", "disengaged", "others_safe", "force", "flight", "self_harm", "attack",
    "time",
)  # fmt: skip
CHOOSING, SPEAKING, DOING, WAITING = range(4)
MEMORY = 12
"""How many of the responder's own lines count as said before."""


class Columns:
    """Many encounters of one scenario. `who` names the responder of each, by number."""

    def __init__(
        self,
        script: Script,
        p: Parameters,
        who: np.ndarray,
        seeds: Ints,
        varied: Varied | None = None,
    ) -> None:
        self.script, self.p, self.who, self.seeds, self.varied = script, p, who, seeds, varied
        s, n = script.scenario, len(who)
        self._first(n)
        self.catalogue = moves_of(s.role, s.moves)
        self.list = [self.catalogue[name] for name in script.moves]
        begun = stream(seeds, 0)
        self.cast = (uniform(word(begun, 0, Purpose.VARIATION)) * len(s.person.cast)).astype(int)
        self.mind = Mind(script, who, seeds)

    def _first(self, n: int) -> None:
        s = self.script.scenario
        world = opened(s, self.p, 0, s.person.cast[0])
        self.state = np.asfortranarray(np.repeat(world.state, n, axis=0))
        if self.varied is not None:
            for column in ("trust", "control"):
                if column not in s.person.start:
                    self.state[:, COLUMN[column]] = self.varied[f"{column}_base"]
        lines, moves = len(s.lines), len(self.script.moves)
        self.step = 0
        self.event = np.ones(n, np.int64)
        self.since = np.zeros(n, np.int64)
        self.phase = np.full(n, CHOOSING)
        self.left = np.zeros(n, np.int64)
        self.utterance = np.zeros(n, np.int64)
        self.doing = np.zeros(n, np.int64)
        self.cut = np.ones(n)
        self.needs = np.tile([float(need.weight) for need in s.needs], (n, 1))
        self.done = np.zeros((n, moves), bool)
        self.arrives = np.full((n, moves), np.inf)
        self.arrived = np.zeros((n, moves), bool)
        self.happened = np.zeros((n, len(s.happenings)), bool)
        self.told = np.zeros((n, len(s.facts)), bool)
        self.spoke = np.zeros(n, bool)
        self.danger = np.zeros(n, bool)
        self.used = np.zeros((n, lines), np.int8)
        self.last = np.full(n, -1)
        self.said = np.full((n, MEMORY), -1)
        self.hazard_at = np.full((n, len(HAZARDS)), -np.inf)
        self.ending = np.full(n, -1)
        self.seconds = np.zeros(n)
        self.hurt = np.zeros((n, 3), bool)

    @property
    def t(self) -> float:
        """Seconds since the start."""
        return self.step * STEP_S

    def own(self, rows: np.ndarray) -> Any:
        """Return the parameters of these persons."""
        return self.p if self.varied is None else self.varied.of(rows)

    def drawn(self, rows: np.ndarray, purpose: Purpose, step: int | np.ndarray = 0) -> Floats:
        """Draw a chance for each, from the stream of their last event."""
        streams = stream(self.seeds[rows], self.event[rows].astype(np.uint64))
        return uniform(word(streams, step, purpose))

    def logged(self, rows: np.ndarray) -> None:
        """Count an event, from which chances are drawn anew."""
        self.event[rows] += 1
        self.since[rows] = 0

    def need(self, rows: np.ndarray) -> None:
        """Sum what is unmet into the state."""
        new = self.state[rows]
        new[:, COLUMN["need"]] = np.minimum(self.needs[rows].sum(axis=1), 10.0)
        self.state[rows] = settled(new)

    def end(self, rows: np.ndarray, how: str, hurt: np.ndarray) -> None:
        """End these encounters now; `hurt` (rows, 3) says who was."""
        self.ending[rows] = ENDS.index(how)
        self.seconds[rows] = self.t
        self.hurt[rows] = hurt

    def harm(self, rows: np.ndarray, move: str, ends: str) -> np.ndarray:
        """Draw who is hurt when a move ends the encounter by force, (rows, 3)."""
        hurt = np.zeros((len(rows), 3), bool)
        if ends != "force":
            return hurt
        arousal, crowd = (self.state[rows, COLUMN[c]] for c in ("arousal", "crowd"))
        odds = odds_of_harm(move, self.own(rows)["strength"], arousal, crowd)
        for n, likely in enumerate(odds):
            hurt[:, n] = self.drawn(rows, Purpose.HARM, n) < likely
        return hurt

    def flag(self, rows: np.ndarray, name: str) -> np.ndarray:
        """Say for whom a move, an arrival, a happening or a fact of this name has been."""
        s, found = self.script.scenario, np.zeros(len(rows), bool)
        if name == "say":
            found |= self.spoke[rows]
        if name in self.script.moves:
            n = self.script.moves.index(name)
            found = self.done[rows, n] | self.arrived[rows, n]
        facts, events = [f.id for f in s.facts], [h.id for h in s.happenings]
        if name in facts:
            found = found | self.told[rows, facts.index(name)]
        if name in events:
            found = found | self.happened[rows, events.index(name)]
        return found

    def past_any(self, rows: np.ndarray, names: frozenset[str] | tuple[str, ...]) -> np.ndarray:
        """Say for whom any of these has been."""
        found = np.zeros(len(rows), bool)
        for name in names:
            found |= self.flag(rows, name)
        return found

    def past_all(self, rows: np.ndarray, names: frozenset[str]) -> np.ndarray:
        """Say for whom all of these have been."""
        found = np.ones(len(rows), bool)
        for name in names:
            found &= self.flag(rows, name)
        return found
