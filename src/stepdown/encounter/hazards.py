"""What may happen by itself: how likely each thing is in every second, and what it does."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from stepdown.encounter.chance import Ints, Purpose, uniform, word
from stepdown.encounter.dynamics import (
    AHEAD,
    STEP_S,
    Numbers,
    V,
    at_least,
    columns,
    intrusion,
    ramp,
)
from stepdown.encounter.parameters import Parameters
from stepdown.encounter.state import COLUMN, Floats, settled

HAZARDS = (
    "outburst", "approach", "flight", "self_harm", "attack", "interference", "consent",
)  # fmt: skip
HARMFUL = ("outburst", "flight", "self_harm", "attack")
MOST_IN_A_STEP = 0.9
REACH_M = 3.5
"""Within this distance somebody who goes for the responder is upon them before they can move;
assumed, after the practice of keeping two arm's lengths and a reaction gap."""


def rates(state: Floats, p: Numbers) -> Floats:
    """Return the rate of every hazard per second, (n, hazards)."""
    return np.stack(_rates(columns(state), p)).T


def _rates(at: Sequence[V], p: Numbers) -> list[V]:
    """Return the rate of every hazard per second, in the order of `HAZARDS`."""
    arousal, trust, threat = at[COLUMN["arousal"]], at[COLUMN["trust"]], at[COLUMN["threat"]]
    close = intrusion(at, p)
    hot = ramp(arousal, 6.0, 9.5)
    ready = p["attack_calm"] + (1.0 - p["attack_calm"]) * hot * ramp(threat, 3.5, 8.0)
    settled_down = 1.0 - ramp(arousal, 3.5, 6.0)
    return [
        p["outburst_rate"] * ramp(arousal, 6.0, 10.0),
        p["approach_rate"]
        * at_least(hot, p["attack_calm"])
        * ramp(at[COLUMN["distance"]], 1.0, 2.5),
        p["flight_rate"] * ramp(threat, 5.0, 9.0) * (0.2 + 0.8 * at[COLUMN["exit"]]),
        p["self_harm_rate"]
        * ramp(arousal, 6.5, 9.5)
        * (1.0 - ramp(trust, 3.0, 7.0))
        * (1 + 4 * close),
        p["attack_rate"] * ready * (1.0 + 3.0 * close),
        p["interference_rate"] * (at[COLUMN["crowd"]] / 10.0) * ramp(arousal, 4.5, 8.0),
        p["consent_rate"]
        * ramp(trust, 4.5, 7.5)
        * settled_down
        * (1.0 - ramp(at[COLUMN["need"]], 2.5, 6.0)),
    ]


def fired(state: Floats, p: Parameters, streams: Ints, step: int | Ints) -> NDArray[np.int64]:
    """Return which hazard happens in this step, (n,): its place in HAZARDS, or -1 for none."""
    if len(state) == 1 and isinstance(p, Parameters) and not isinstance(step, np.ndarray):
        return np.array([_one_fired(state[0].tolist(), p, streams, step)])
    upto = np.stack(list(accumulate(rates(state, p).T * STEP_S)))
    total = upto[-1]
    drawn = uniform(word(streams, step, Purpose.HAZARD))
    found = np.full(len(state), -1, dtype=np.int64)
    (happens,) = np.nonzero(drawn < np.minimum(total, MOST_IN_A_STEP))
    if len(happens):
        at = step[happens] if isinstance(step, np.ndarray) else step
        share = uniform(word(streams[happens], at, Purpose.WHICH)) * total[happens]
        which = (upto[:, happens] <= share).sum(axis=0)
        found[happens] = np.minimum(which, len(HAZARDS) - 1)
    return found


def _one_fired(at: list[float], p: Parameters, streams: Ints, step: int) -> int:
    """Return what happens to one person, as `fired` finds it for them among many."""
    upto = list(accumulate(rate * STEP_S for rate in _rates(at, p.numbers)))
    if _drawn(int(streams[0]), step // AHEAD)[step % AHEAD] >= min(upto[-1], MOST_IN_A_STEP):
        return -1
    share = float(uniform(word(streams, step, Purpose.WHICH))[0]) * upto[-1]
    return min(sum(edge <= share for edge in upto), len(HAZARDS) - 1)


@lru_cache(maxsize=128)
def _drawn(stream: int, block: int) -> list[float]:
    """Return what is drawn for one person in each step of a block."""
    steps = np.arange(block * AHEAD, (block + 1) * AHEAD, dtype=np.uint64)
    drawn: list[float] = uniform(
        word(np.array([stream], dtype=np.uint64), steps, Purpose.HAZARD)
    ).tolist()
    return drawn


def after(state: Floats, hazard: str) -> Floats:
    """Return the states after something happened that does not end the encounter."""
    new = state.copy()
    changes = {
        "outburst": {"arousal": 0.5, "crowd": 0.5, "control": 0.2},
        "approach": {"distance": -1.5, "threat": 0.3},
        "attack": {"distance": -3.0, "arousal": 0.5, "threat": 0.8},
        "interference": {"crowd": 1.0, "noise": 1.0, "arousal": 0.7, "voices": 1.0},
        "flight": {"distance": 8.0, "threat": -0.5},
    }
    for name, change in changes.get(hazard, {}).items():
        new[:, COLUMN[name]] += change
    if hazard in ("approach", "attack"):
        new[:, COLUMN["distance"]] = np.maximum(new[:, COLUMN["distance"]], 0.8)
    return settled(new)
