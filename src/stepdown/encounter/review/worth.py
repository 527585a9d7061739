"""What an act was worth: the same moment again, once with the act and once with a quiet wait.

Both ways start from the state just before the act, go on for a minute in which the trainee does
nothing, and share their random numbers, sixty-four times over. The difference is the act's own,
under the model; what people answered and what the trainee did next is left out, so the values of
several acts do not add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stepdown.encounter.chance import seeds_of, stream
from stepdown.encounter.dynamics import STEP_S, advanced
from stepdown.encounter.hazards import HARMFUL, HAZARDS, rates
from stepdown.encounter.log import Event
from stepdown.encounter.state import COLUMN
from stepdown.encounter.world import World, applied, passed

SEEDS = 64
AHEAD_S = 60.0
_HARM = [HAZARDS.index(name) for name in HARMFUL]


@dataclass(frozen=True, slots=True)
class Worth:
    """What one act changed over the next minute, as a mean over 64 paired runs, with its error.

    arousal: points (below 0: calmer). harm: change in the chance that something harmful happens
    within the minute. trust: points at the end of it.
    """

    event: int
    arousal: float
    arousal_se: float
    harm: float
    harm_se: float
    trust: float


def acts(events: Sequence[Event]) -> list[int]:
    """Return the numbers of what the trainee said and did (refused moves are no acts)."""
    return [e.n for e in events if e.kind == "say" or (e.kind == "move" and not e.data["refused"])]


def worth(events: Sequence[Event], worlds: Sequence[World]) -> tuple[Worth, ...]:
    """Return what every act was worth, computed for all of them at once."""
    numbers = acts(events)
    if not numbers:
        return ()
    p, seeds = worlds[0].p, seeds_of(worlds[0].seed, SEEDS)
    states, streams = [], []
    for n in numbers:
        before = passed(worlds[n - 1], events[n].t)
        done = applied(worlds[n - 1], events[n]).state
        states += [np.repeat(done, SEEDS, axis=0), np.repeat(before, SEEDS, axis=0)]
        streams += [stream(seeds, n + 1)] * 2
    state, keys = np.concatenate(states), np.concatenate(streams)
    steps = round(AHEAD_S / STEP_S)
    arousal, hazard = np.zeros(len(state)), np.zeros(len(state))
    for step in range(steps):
        state = advanced(state, p, keys, step, 1)
        arousal += state[:, COLUMN["arousal"]] / steps
        hazard += rates(state, p)[:, _HARM].sum(axis=1) * STEP_S
    shape = (len(numbers), 2, SEEDS)
    felt = _apart(arousal.reshape(shape))
    harm = _apart((hazard / (1.0 + hazard)).reshape(shape))
    trust = _apart(state[:, COLUMN["trust"]].reshape(shape))
    return tuple(
        Worth(
            n, round(felt[0][i], 4), round(felt[1][i], 4), round(harm[0][i], 5),
            round(harm[1][i], 5), round(trust[0][i], 4),
        )
        for i, n in enumerate(numbers)
    )  # fmt: skip


def _apart(values: np.ndarray) -> tuple[list[float], list[float]]:
    """Return mean and standard error of act less wait, per act."""
    gap = values[:, 0] - values[:, 1]
    return gap.mean(axis=1).tolist(), (gap.std(axis=1, ddof=1) / SEEDS**0.5).tolist()
