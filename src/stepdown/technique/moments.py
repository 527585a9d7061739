"""The few moments of a conversation that are worth watching again, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stepdown.technique.codebook import CODES, RISKS, codebook
from stepdown.technique.coding import Coding

MOST = 10
WORTH = (
    "summary",
    "reflection",
    "emotion_label",
    "validation",
    "apology",
    "choice",
    "limit",
    "affirmation",
)


@dataclass(frozen=True, slots=True)
class Moment:
    """One turn to look at: its place, what was heard there, and one sentence why."""

    turn: int
    code: str
    risk: bool
    probability: float
    why: str


def moments(codings: Sequence[Coding | None], most: int = MOST) -> tuple[Moment, ...]:
    """Choose at most `most` turns: half for risk, half for what went well, in order of time."""
    found = [m for n, coding in enumerate(codings) if coding for m in _of(n, coding)]
    bad = sorted((m for m in found if m.risk), key=lambda m: (-m.probability, m.turn))
    good = sorted((m for m in found if not m.risk), key=lambda m: (-m.probability, m.turn))
    share = most - min(len(good), most // 2)
    chosen = bad[:share]
    chosen += good[: most - len(chosen)]
    return tuple(sorted(chosen, key=lambda m: m.turn))


def _of(turn: int, coding: Coding) -> list[Moment]:
    """Return the strongest risk and the strongest help of one turn."""
    found = []
    for codes, risk in ((RISKS, True), (WORTH, False)):
        heard = [c for c in CODES if c in codes and c in coding.labels]
        if heard:
            code = max(heard, key=lambda c: coding.probabilities[c])
            entry = codebook()[code]
            words = coding.why(code)
            said = f' ("{words[0]}")' if words else ""
            note = (
                "May be right when somebody is about to be hurt."
                if code == "command"
                else entry.definition
            )
            found.append(
                Moment(turn, code, risk, coding.probabilities[code], f"{entry.name}{said}. {note}")
            )
    return found
