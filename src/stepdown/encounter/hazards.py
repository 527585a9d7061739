"""What may happen by itself: how likely each thing is in every second, and what it does."""

from __future__ import annotations

from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from stepdown.encounter.chance import Ints, Purpose, uniform, word
from stepdown.encounter.dynamics import STEP_S, intrusion, ramp
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


def rates(state: Floats, p: Parameters) -> Floats:
    """Return the rate of every hazard per second, (n, hazards)."""
    arousal, trust, threat, crowd, need, leave, distance = (
        state[:, COLUMN[name]]
        for name in ("arousal", "trust", "threat", "crowd", "need", "exit", "distance")
    )
    close = intrusion(state, p)
    hot = ramp(arousal, 6.0, 9.5)
    ready = p["attack_calm"] + (1.0 - p["attack_calm"]) * hot * ramp(threat, 3.5, 8.0)
    settled_down = 1.0 - ramp(arousal, 3.5, 6.0)
    given = [
        p["outburst_rate"] * ramp(arousal, 6.0, 10.0),
        p["approach_rate"] * np.maximum(hot, p["attack_calm"]) * ramp(distance, 1.0, 2.5),
        p["flight_rate"] * ramp(threat, 5.0, 9.0) * (0.2 + 0.8 * leave),
        p["self_harm_rate"]
        * ramp(arousal, 6.5, 9.5)
        * (1.0 - ramp(trust, 3.0, 7.0))
        * (1 + 4 * close),
        p["attack_rate"] * ready * (1.0 + 3.0 * close),
        p["interference_rate"] * (crowd / 10.0) * ramp(arousal, 4.5, 8.0),
        p["consent_rate"] * ramp(trust, 4.5, 7.5) * settled_down * (1.0 - ramp(need, 2.5, 6.0)),
    ]
    return np.stack(given).T


def fired(state: Floats, p: Parameters, streams: Ints, step: int | Ints) -> NDArray[np.int64]:
    """Return which hazard happens in this step, (n,): its place in HAZARDS, or -1 for none."""
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
