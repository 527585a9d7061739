"""Thousands of encounters side by side: the same steps, chances and lines as one played alone.

`Encounter` plays one person for a trainee; this plays many for scripted responders, in columns. A
test plays the same seeds both ways and asks for the same endings at the same second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stepdown.encounter.chance import Purpose, stream
from stepdown.encounter.check.answers import choose_lines
from stepdown.encounter.check.columns import CHOOSING, DOING, SPEAKING, WAITING, Columns
from stepdown.encounter.check.rules import allowed_moves
from stepdown.encounter.check.script import felt_of
from stepdown.encounter.dynamics import STEP_S, advanced
from stepdown.encounter.endings import COVERED, STRUCK
from stepdown.encounter.hazards import HAZARDS, REACH_M, after, fired
from stepdown.encounter.parameters import FELT
from stepdown.encounter.play import (
    REPLY_TO_MOVE,
    REPLY_WORD_S,
    REST_S,
    SPEAKS_FROM_S,
    WORD_S,
)
from stepdown.encounter.speech import FeltMany, Said, heard
from stepdown.encounter.state import COLUMN, Floats, settled
from stepdown.encounter.world import moved
from stepdown.technique.codebook import CODES


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How the encounters ended, one entry each: ending, seconds, and who was hurt, (n, 3).

    The three are responder, person, other.
    """

    who: np.ndarray
    ending: np.ndarray
    seconds: Floats
    hurt: np.ndarray


class Crowd(Columns):
    """Many encounters of one scenario, played. `who` names the responder of each, by number."""

    def play(self) -> Outcomes:
        """Play all to their end."""
        while (live := np.flatnonzero(self.ending < 0)).size:
            free = live[self.left[live] <= 0]
            if free.size:
                self._finish(free)
                live = live[self.ending[live] < 0]
                self._choose(live[(self.left[live] <= 0) & (self.phase[live] == CHOOSING)])
            self._advance(live)
        return Outcomes(self.who, self.ending, self.seconds, self.hurt)

    # acts

    def _choose(self, rows: np.ndarray) -> None:
        if not rows.size:
            return
        allowed = allowed_moves(self, rows)
        act = self.mind.decide(
            rows, self.t, self.state[rows], allowed, self.last[rows], self.done[rows]
        )
        for kind, begin in ((0, self._wait), (1, self._speak), (2, self._do)):
            mine = act.kind == kind
            if mine.any():
                begin(rows[mine], act.which[mine], act.steps[mine])

    def _wait(self, rows: np.ndarray, _which: np.ndarray, steps: np.ndarray) -> None:
        self.phase[rows], self.left[rows] = WAITING, steps

    def _speak(self, rows: np.ndarray, which: np.ndarray, _steps: np.ndarray) -> None:
        words, p = self.script.words.count[which], self.own(rows)
        arousal = self.state[rows, COLUMN["arousal"]]
        room = np.maximum(p["words_calm"] - p["words_per_arousal"] * arousal, p["words_least"])
        over = np.minimum(
            np.maximum((words - room) / np.maximum(words, 1), 0.0) * (arousal / 10.0), 0.8
        )
        cut = (over > 0) & (self.drawn(rows, Purpose.INTERRUPT) < over)
        spoken = np.where(cut, np.round(room), words)
        self.cut[rows] = np.where(cut, np.round(room / np.maximum(words, 1), 3), 1.0)
        self.utterance[rows], self.phase[rows] = which, SPEAKING
        self.left[rows] = _steps_of(0.5 + WORD_S * spoken)

    def _do(self, rows: np.ndarray, which: np.ndarray, _steps: np.ndarray) -> None:
        seconds = np.array([m.seconds for m in self.list])
        self.doing[rows], self.phase[rows] = which, DOING
        self.left[rows] = _steps_of(seconds[which])

    def _finish(self, rows: np.ndarray) -> None:
        phase = self.phase[rows]
        self.phase[rows] = CHOOSING
        self.left[rows] = 0
        self.logged(rows[phase == WAITING])
        if (speaking := rows[phase == SPEAKING]).size:
            self._say(speaking)
        if (doing := rows[phase == DOING]).size:
            for move in np.unique(self.doing[doing]):
                self._moved(doing[self.doing[doing] == move], int(move))

    def _say(self, rows: np.ndarray) -> None:
        u, words = self.utterance[rows], self.script.words
        again = self._again(rows, u)
        p, state, cut = self.own(rows), self.state[rows], self.cut[rows]
        felt = felt_of(self.script, u, state[:, COLUMN["trust"]], p)
        line = self._reply(rows, u, cut < 1, again >= 0.6)
        given = words.probabilities[u]
        said = Said(
            words.count[u],
            {code: given[:, n] for n, code in enumerate(CODES) if given[:, n].any()},
            words.score[u], again, cut, FeltMany(*felt),
        )  # fmt: skip
        self.state[rows] = heard(state, said, p)
        for n, need in enumerate(self.script.scenario.needs):
            met = need.share * need.weight * cut * (1.0 - again)
            lower = np.maximum(0.0, np.round(self.needs[rows, n] - met, 6))
            self.needs[rows, n] = np.where(words.hits[u, n], lower, self.needs[rows, n])
        self.need(rows)
        self.said[rows] = np.column_stack([self.said[rows, 1:], u])
        self.spoke[rows] = True
        self.logged(rows)
        self._answered(rows, line)

    def _again(self, rows: np.ndarray, u: np.ndarray) -> Floats:
        words, before = self.script.words, self.said[rows]
        known = np.where(before >= 0, words.overlap[u[:, None], before], 0.0)
        plain = np.round(known.max(axis=1), 3)
        same = (before[:, -2:] == u[:, None]).any(axis=1)
        found: Floats = np.where(words.short[u], same.astype(float), plain)
        return found

    def _moved(self, rows: np.ndarray, which: int) -> None:
        move = self.list[which]
        ok = self.drawn(rows, Purpose.MOVE) < move.chance
        if move.arrives_s is not None:
            late = 0.8 + 0.5 * self.drawn(rows, Purpose.ARRIVAL)
            due = np.round((self.t + move.arrives_s * late) / STEP_S) * STEP_S
            self.arrives[rows, which] = np.where(ok, due, self.arrives[rows, which])
        replies = np.zeros(len(rows), bool)
        if move.ends is None:
            replies = self.drawn(rows, Purpose.REPLY) < REPLY_TO_MOVE
        line = np.full(len(rows), -1)
        if replies.any():
            at = np.full(replies.sum(), self.script.silent + 1 + which)
            line[replies] = self._reply(rows[replies], at)
        good = rows[ok]
        if good.size:
            self.state[good] = moved(self.state[good], move)
            for n, need in enumerate(self.script.scenario.needs):
                if move.id in need.moves or need.id in move.meets:
                    share = max(need.share, 0.5) * need.weight
                    self.needs[good, n] = np.maximum(0.0, np.round(self.needs[good, n] - share, 6))
            self.done[good, which] = True
        self.need(rows)
        self.logged(rows)
        self.mind.told(rows, which, ok)
        if move.ends is not None and good.size:
            self.end(good, move.ends, self.harm(good, move.id, move.ends))
        self._answered(rows[replies], line[replies])

    # what happens by itself

    def _advance(self, rows: np.ndarray) -> None:
        rows = rows[self.ending[rows] < 0]
        if not rows.size:
            self.step += 1
            return
        p = self.own(rows)
        streams = stream(self.seeds[rows], self.event[rows].astype(np.uint64))
        self.state[rows] = advanced(self.state[rows], p, streams, self.since[rows], 1)
        self.since[rows] += 1
        self.left[rows] -= 1
        self.step += 1
        quiet = self._due(rows)
        rows, streams = rows[quiet], streams[quiet]
        if not rows.size:
            return
        p = self.own(rows)
        place = fired(self.state[rows], p, streams, self.since[rows])
        rest = np.array([REST_S.get(h, 0.0) for h in HAZARDS])
        since = self.t - self.hazard_at[rows, place]
        fires = (place >= 0) & ~(since < rest[place])
        for h in np.unique(place[fires]):
            self._happens(rows[fires & (place == h)], int(h))
        rows = rows[~fires]
        silence = self.state[rows, COLUMN["silence"]]
        may = (silence >= SPEAKS_FROM_S) & (self.phase[rows] != DOING)
        rows = rows[may]
        if rows.size:
            speaks = self.drawn(rows, Purpose.INTERRUPT, self.since[rows]) < STEP_S / 12.0
            if (rows := rows[speaks]).size:
                line = self._reply(rows, np.full(len(rows), self.script.silent))
                self.logged(rows)
                self._answered(rows, line, listen=False)

    def _due(self, rows: np.ndarray) -> np.ndarray:
        """Let what was to happen by now happen, one thing each; return who had nothing due."""
        quiet = np.ones(len(rows), bool)
        waiting = (self.arrives[rows] <= self.t) & ~self.arrived[rows]
        here = waiting.any(axis=1)
        if here.any():
            mine = rows[here]
            first = np.where(waiting[here], self._called(mine), np.inf).argmin(axis=1)
            self.arrived[mine, first] = True
            new = self.state[mine]
            new[:, COLUMN["crowd"]] += 0.5
            self.state[mine] = settled(new)
            self.logged(mine)
            quiet &= ~here
        for n, event in enumerate(self.script.scenario.happenings):
            if event.at_s is None or event.at_s > self.t:
                continue
            due = quiet & ~self.happened[rows, n] & ~self.past_any(rows, event.unless)
            if due.any():
                self._set_off(rows[due], n)
                quiet &= ~due
        if self.t >= self.script.scenario.minutes * 60:
            self.end(rows[quiet], "time", np.zeros((int(quiet.sum()), 3), bool))
            quiet[:] = False
        return quiet

    def _called(self, rows: np.ndarray) -> Floats:
        """Return the order in which they were called: who was called first arrives first."""
        order: Floats = self.mind.called[rows]
        return order

    def _set_off(self, rows: np.ndarray, n: int) -> None:
        event = self.script.scenario.happenings[n]
        new = self.state[rows]
        for name, value in event.set.items():
            new[:, COLUMN[name]] = value
        for name, value in event.add.items():
            new[:, COLUMN[name]] += value
        new[:, COLUMN["silence"]] = 0.0
        for name in FELT:
            new[:, COLUMN[name]] += getattr(event.felt, name)
        self.state[rows] = settled(new)
        self.happened[rows, n] = True
        self.logged(rows)

    def _happens(self, rows: np.ndarray, h: int) -> None:
        name = HAZARDS[h]
        if name == "consent":
            self.end(rows, "consent", np.zeros((len(rows), 3), bool))
            return
        self.hazard_at[rows, h] = self.t
        reached = self.state[rows, COLUMN["distance"]] <= REACH_M
        struck = STRUCK * np.where(self.state[rows, COLUMN["cover"]] > 0, COVERED, 1.0)
        hit = self.drawn(rows, Purpose.HARM, 3) < struck
        self.state[rows] = after(self.state[rows], name)
        self.danger[rows] |= name in ("attack", "self_harm")
        self.logged(rows)
        hurt = np.zeros((len(rows), 3), bool)
        if name in ("flight", "self_harm"):
            hurt[:, 1] = name == "self_harm"
            self.end(rows, name, hurt)
        elif name == "attack":
            hurt[:, 0] = hit
            self.end(rows[reached], "attack", hurt[reached])

    # the person

    def _reply(
        self,
        rows: np.ndarray,
        to: np.ndarray,
        cut: np.ndarray | None = None,
        repeated: np.ndarray | None = None,
    ) -> np.ndarray:
        return choose_lines(self, rows, to, cut, repeated)

    def _answered(self, rows: np.ndarray, line: np.ndarray, *, listen: bool = True) -> None:
        if not rows.size:
            return
        r = self.script.replies
        self.state[rows, COLUMN["silence"]] = 0.0
        found = line >= 0
        self.used[rows[found], line[found]] = np.minimum(self.used[rows[found], line[found]] + 1, 9)
        self.last[rows] = line
        facts = np.where(found, r.reveals[line], -1)
        self.told[rows[facts >= 0], facts[facts >= 0]] = True
        if listen:
            spoken = self.own(rows)["reply_delay_s"] + REPLY_WORD_S * r.words[self.cast[rows], line]
            self.left[rows] = _steps_of(spoken)


def _steps_of(seconds: Floats) -> np.ndarray:
    return np.floor(seconds / STEP_S + 2e-9).astype(np.int64)
