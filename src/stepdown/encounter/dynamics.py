"""How a person changes from moment to moment, when nothing is said and nothing is done.

Every state leans towards a level set by what surrounds it and by the other states; each step is an
exactly rounded sum of products, so one encounter and ten thousand give the same numbers on any
machine. Equations and sources: docs/explanation/the-person.md.
"""

from __future__ import annotations

import numpy as np

from stepdown.encounter.chance import Ints, Purpose, normal, word
from stepdown.encounter.parameters import Parameters
from stepdown.encounter.state import COLUMN, Floats, settle_felt

STEP_S = 0.5
_ROOT_STEP = STEP_S**0.5


def ramp(value: Floats, begin: float | Floats, end: float | Floats) -> Floats:
    """Rise from 0 at `begin` to 1 at `end`."""
    risen: Floats = np.minimum(np.maximum((value - begin) / (end - begin), 0.0), 1.0)
    return risen


def wanted_space(arousal: Floats, p: Parameters) -> Floats:
    """Return how many metres a person wants between themselves and the responder."""
    return p["space_calm_m"] * (1.0 + p["space_per_arousal"] * arousal)


def intrusion(state: Floats, p: Parameters) -> Floats:
    """Return how far the responder stands in that space: 0 outside, 1 at no distance."""
    space = wanted_space(state[:, COLUMN["arousal"]], p)
    inside: Floats = np.maximum(space - state[:, COLUMN["distance"]], 0.0) / space
    return inside


def threat_level(state: Floats, p: Parameters) -> Floats:
    """Return where felt threat settles: bearing, space and voice, less what trust allows."""
    facing, over, hands, gaze, volume, pace, trust = (
        state[:, COLUMN[name]]
        for name in ("facing", "over", "hands", "gaze", "volume", "pace", "trust")
    )
    stance = 0.2 * facing + 0.25 * over + 0.35 * hands + 0.2 * gaze
    return (
        p["threat_base"]
        + p["threat_per_intrusion"] * intrusion(state, p)
        + p["threat_per_stance"] * stance
        + p["threat_per_volume"] * np.maximum(volume - 5.0, 0.0)
        + p["threat_per_pace"] * np.maximum(pace - 5.0, 0.0)
        - p["threat_per_trust"] * trust
    )


def silence_level(state: Floats, p: Parameters) -> Floats:
    """Return what silence does to arousal: time to think at first, being left alone later."""
    silence = state[:, COLUMN["silence"]]
    thinking = ramp(silence, 1.0, 1.0 + np.maximum(p["processing_s"], 0.5))
    alone = ramp(silence, p["alone_s"], 2.0 * p["alone_s"])
    return p["alone_cost"] * alone - p["processing_gain"] * thinking * (1.0 - alone)


def arousal_level(state: Floats, p: Parameters) -> Floats:
    """Return where arousal settles."""
    noise, glare, crowd, heat, voices, threat, need, trust, control = (
        state[:, COLUMN[name]]
        for name in (
            "noise", "glare", "crowd", "heat", "voices", "threat", "need", "trust", "control",
        )
    )  # fmt: skip
    around = (
        p["arousal_per_noise"] * noise
        + p["arousal_per_glare"] * glare
        + p["arousal_per_crowd"] * crowd
        + p["arousal_per_heat"] * heat
        + p["arousal_per_voice"] * voices
    )
    felt = (
        p["arousal_per_threat"] * threat
        + p["arousal_per_need"] * need
        - p["arousal_per_trust"] * trust
        + p["arousal_per_helplessness"] * np.maximum(5.0 - control, 0.0)
    )
    return p["arousal_rest"] + p["condition_drive"] + around + felt + silence_level(state, p)


def advanced(state: Floats, p: Parameters, streams: Ints, begin: int | Ints, steps: int) -> Floats:
    """Return the states after `steps` steps of half a second.

    state: (n, columns); streams: (n,), those of the event that ends this stretch of time; begin:
    the number of steps already taken since the event before, one for all or one each.
    """
    for step in range(steps):
        state = _stepped(state, p, streams, begin + step)
    return state


def _stepped(state: Floats, p: Parameters, streams: Ints, step: int | Ints) -> Floats:
    new = state.copy(order="K")
    arousal, trust, threat, control, attention, noise = (
        state[:, COLUMN[name]]
        for name in ("arousal", "trust", "threat", "control", "attention", "noise")
    )

    def shaken(purpose: Purpose, size: float) -> Floats:
        moved: Floats = size * _ROOT_STEP * normal(word(streams, step, purpose))
        return moved

    gap = np.minimum(np.maximum(arousal_level(state, p), 0.0), 10.0) - arousal
    speed = np.where(gap > 0.0, STEP_S / p["arousal_rise_s"], STEP_S / p["arousal_fall_s"])
    new[:, COLUMN["arousal"]] = arousal + gap * speed + shaken(Purpose.AROUSAL, p["arousal_noise"])
    gap = np.minimum(np.maximum(threat_level(state, p), 0.0), 10.0) - threat
    new[:, COLUMN["threat"]] = (
        threat + gap * (STEP_S / p["threat_tau_s"]) + shaken(Purpose.THREAT, p["threat_noise"])
    )
    new[:, COLUMN["trust"]] = (
        trust
        + (p["trust_base"] - trust) * (STEP_S / p["trust_tau_s"])
        + shaken(Purpose.TRUST, p["trust_noise"])
    )
    held = p["control_base"] + p["control_per_exit"] * state[:, COLUMN["exit"]]
    new[:, COLUMN["control"]] = control + (held - control) * (STEP_S / p["control_tau_s"])
    clear = (
        p["attention_base"]
        - p["attention_per_arousal"] * np.maximum(arousal - 4.0, 0.0)
        - p["attention_per_noise"] * noise
    )
    new[:, COLUMN["attention"]] = attention + (np.maximum(clear, 0.0) - attention) * (
        STEP_S / p["attention_tau_s"]
    )
    new[:, COLUMN["silence"]] += STEP_S
    fresh = 1.0 - STEP_S / p["wear_s"]
    for group in ("listening", "structure", "autonomy", "pressure"):
        new[:, COLUMN[group]] *= fresh
    return settle_felt(new)
