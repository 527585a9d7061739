"""What scripted responders do next, for many of them at once.

They see what a trainee sees: how the person looks, what was just spoken of, what their policy
allows now. They never see the numbers behind it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stepdown.encounter.chance import Ints
from stepdown.encounter.check.responder import Responder
from stepdown.encounter.check.script import Script
from stepdown.encounter.dynamics import STEP_S
from stepdown.encounter.lines import BAND_ENDS
from stepdown.encounter.moves import moves_of
from stepdown.encounter.state import COLUMN, Floats
from stepdown.encounter.vocabulary import BANDS

WAIT, SAY, MOVE = range(3)
TRIES = 2
"""How often a move that fails is tried."""
PLACES = ("environment", "people")


@dataclass(frozen=True, slots=True)
class Act:
    """What each does: kind (wait, say, move), which utterance or move, how many steps to wait."""

    kind: np.ndarray
    which: np.ndarray
    steps: np.ndarray


class Mind:
    """The responders' own memory: where they are in their rhythm, what they tried and said."""

    def __init__(self, script: Script, who: np.ndarray, seeds: Ints) -> None:
        self.script, self.who = script, who
        n, moves = len(who), len(script.moves)
        self.beat = np.zeros(n, np.int64)
        self.count = np.zeros(n, np.int64)
        self.offset = (seeds % np.uint64(97)).astype(np.int64)
        self.tried = np.zeros((n, moves), np.int8)
        self.called = np.full((n, moves), np.inf)
        self.calls = np.zeros(n)
        self.taken_up = np.full(n, -1)
        self.calm_since = np.zeros(n)
        self._wanted = [_wanted(r, script) for r in script.responders]

    def decide(
        self, rows: np.ndarray, t: float, state: Floats, allowed: np.ndarray, last: np.ndarray,
        done: np.ndarray,
    ) -> Act:  # fmt: skip
        """Choose the next act of these encounters at `t` seconds."""
        kind = np.full(len(rows), SAY)
        which = np.full(len(rows), -1)
        steps = np.zeros(len(rows), np.int64)
        band = np.digitize(state[:, COLUMN["arousal"]], BAND_ENDS)
        for number, responder in enumerate(self.script.responders):
            mine = np.flatnonzero(self.who[rows] == number)
            if not mine.size:
                continue
            at = rows[mine]
            open_moves = allowed[mine] & (self.tried[at] < TRIES)
            options = self._option(number, responder, t, band[mine], open_moves)
            beats = self.beat[at] % len(responder.rhythm)
            self.beat[at] += options < 0
            for place in np.unique(beats):
                some = mine[(beats == place) & (options < 0)]
                self._take(number, responder, responder.rhythm[place], t, some, rows, band, allowed,
                           done, last, kind, which, steps)  # fmt: skip
            taking = options >= 0
            kind[mine[taking]], which[mine[taking]] = MOVE, options[taking]
        self.tried[rows[kind == MOVE], which[kind == MOVE]] += 1
        return Act(kind, which, steps)

    def told(self, rows: np.ndarray, move: int, ok: np.ndarray) -> None:
        """Learn how a move went: who is called first arrives first, and a success is kept."""
        called = rows[ok & np.isinf(self.called[rows, move])]
        self.called[called, move] = self.calls[called]
        self.calls[called] += 1

    def _take(
        self, number: int, responder: Responder, beat: str, t: float, some: np.ndarray,
        rows: np.ndarray, band: np.ndarray, allowed: np.ndarray, done: np.ndarray,
        last: np.ndarray, kind: np.ndarray, which: np.ndarray, steps: np.ndarray,
    ) -> None:  # fmt: skip
        if not some.size:
            return
        if beat == "wait":
            kind[some], steps[some] = WAIT, max(1, round(responder.wait_s / STEP_S))
            return
        speaking = some
        if beat != "say" and not (beat == "rough" and t < responder.rough_after_s):
            order = self._wanted[number][beat]
            found = self._first(order, rows[some], allowed[some], done[some])
            moving = found >= 0
            kind[some[moving]], which[some[moving]] = MOVE, found[moving]
            speaking = some[~moving]
        spoken = self._line(responder, rows[speaking], band[speaking], last[speaking])
        which[speaking] = spoken
        mute = speaking[spoken < 0]
        kind[mute], steps[mute] = WAIT, max(1, round(responder.wait_s / STEP_S))

    def _first(
        self, order: tuple[int, ...], rows: np.ndarray, allowed: np.ndarray, done: np.ndarray
    ) -> np.ndarray:
        """Return the first move of `order` that is allowed, not done and not failed too often."""
        found = np.full(len(rows), -1)
        for move in order:
            fits = (found < 0) & allowed[:, move] & ~done[:, move] & (
                self.tried[rows, move] < TRIES
            )  # fmt: skip
            found[fits] = move
        return found

    def _option(
        self, number: int, responder: Responder, t: float, band: np.ndarray, allowed: np.ndarray
    ) -> np.ndarray:
        found = np.full(len(band), -1)
        switch = responder.switch
        if switch is None or t < switch.after_s:
            return found
        seen = np.isin(band, [BANDS.index(b) for b in switch.bands])
        for move in self._wanted[number]["options"]:
            found[(found < 0) & seen & allowed[:, move]] = move
        return found

    def _line(
        self, responder: Responder, rows: np.ndarray, band: np.ndarray, last: np.ndarray
    ) -> np.ndarray:
        """Choose what is said: what was just spoken of, a better line, or the next of one's own."""
        count, script = self.count[rows], self.script
        self.count[rows] += 1
        spoken = np.full(len(rows), -1)
        for n, name in enumerate(BANDS):
            pool = script.pools[responder.id][name]
            if pool:
                here = band == n
                spoken[here] = np.array(pool)[(count + self.offset[rows])[here] % len(pool)]
        if responder.better and script.better:
            turn = (count % 3 == 1) & (spoken >= 0)
            at = (count // 3 + self.offset[rows])[turn] % len(script.better)
            spoken[turn] = np.array(script.better)[at]
        if responder.echo:
            topic = np.where(last >= 0, script.replies.about[last], -1)
            turn = (count % 3 == 2) & (topic >= 0) & (topic != self.taken_up[rows])
            for place in np.unique(topic[turn]):
                ways = script.echoes[responder.id][place]
                mine = turn & (topic == place)
                if ways:
                    spoken[mine] = np.array(ways)[(count + self.offset[rows])[mine] % len(ways)]
                    self.taken_up[rows[mine]] = place
        return spoken


def _wanted(responder: Responder, script: Script) -> dict[str, tuple[int, ...]]:
    """Return the moves a responder wants, by beat, as numbers in the order of trying."""
    moves = moves_of(script.scenario.role, script.scenario.moves)
    places = [k for k, m in moves.items() if m.group in PLACES and m.ends is None]
    calls = [k for k, m in moves.items() if m.group == "call" and m.ends is None]
    named = {
        "bear": responder.bear,
        "around": tuple(places) if responder.around == ("all",) else responder.around,
        "call": tuple(calls) if responder.call == ("all",) else responder.call,
        "rough": responder.rough,
        "options": responder.switch.options if responder.switch else (),
    }
    return {
        beat: tuple(script.moves.index(m) for m in names if m in script.moves)
        for beat, names in named.items()
    }
