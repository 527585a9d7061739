"""Which line each of many persons says: as `lines.choose` does for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepdown.encounter.chance import Purpose, stream, uniform, word
from stepdown.encounter.lines import (
    BAND_ENDS,
    CHANCE,
    FIRST,
    KNOWN,
    LEAST,
    STEP,
    USED,
    USED_MOST,
)
from stepdown.encounter.state import COLUMN

if TYPE_CHECKING:
    from stepdown.encounter.check.columns import Columns


def choose_lines(
    crowd: Columns,
    rows: np.ndarray,
    to: np.ndarray,
    cut: np.ndarray | None = None,
    repeated: np.ndarray | None = None,
) -> np.ndarray:
    """Return the number of the line that each person says, -1 for none.

    `to`: what they answer, as a row of `Replies.met`. `cut`: who broke in. `repeated`: who has
    heard the phrase before.
    """
    r, arousal = crowd.script.replies, crowd.state[rows, COLUMN["arousal"]]
    trust = crowd.state[rows, COLUMN["trust"]][:, None]
    band = np.digitize(arousal, BAND_ENDS)
    met = r.met[to]
    if cut is not None and repeated is not None:
        met = met + (cut.astype(float) + repeated)[:, None]
        met = np.where(repeated[:, None] & r.repeat_on, cut.astype(float)[:, None], met)
        met = np.where(cut[:, None] & r.interrupt_on, 0.0, met)
    answers = met < 1e5
    worth = np.where(answers, np.maximum(LEAST, FIRST - STEP * met), 0.0)
    worth += r.extra[to] + r.base
    worth -= USED * np.minimum(crowd.used[rows], USED_MOST)
    known = np.column_stack([crowd.told[rows], np.zeros(len(rows), bool)])
    worth -= KNOWN * known[:, r.reveals]
    streams = stream(crowd.seeds[rows], crowd.event[rows].astype(np.uint64))
    numbers = np.arange(len(r.trust), dtype=np.uint64)
    worth += CHANCE * uniform(word(streams[:, None], numbers[None, :], Purpose.REPLY))
    out = ~r.at[:, band].T | (r.trust > trust) | (trust >= r.below) | r.shut[to]
    out |= ~answers & ~r.any_on
    for n, later, unless in r.conditions:
        fits = crowd.past_all(rows, later) & ~crowd.past_any(rows, unless)
        out[:, n] |= ~fits
    last = crowd.last[rows]
    out[np.flatnonzero(last >= 0), last[last >= 0]] = True
    worth = np.where(out, -1e9, worth)
    best = worth.argmax(axis=1)
    return np.where(worth[np.arange(len(rows)), best] > -1e8, best, -1)
