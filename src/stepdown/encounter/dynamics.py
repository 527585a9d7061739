"""How a person changes from moment to moment, when nothing is said and nothing is done.

Every state leans towards a level set by what surrounds it and by the other states; each step is an
exactly rounded sum of products, so one encounter and ten thousand give the same numbers on any
machine. Equations and sources: docs/explanation/the-person.md.

The equations are written once. Given arrays they answer for many persons at once, given plain
numbers for one, who is then spared what it costs to call numpy sixty times for a single row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Protocol, TypeVar

import numpy as np

from stepdown.encounter.chance import Ints, Purpose, normal, word
from stepdown.encounter.parameters import Parameters
from stepdown.encounter.state import COLUMN, HIGHEST, LOWEST, PERSON, TRACES, Floats, settle_felt

STEP_S = 0.5
_ROOT_STEP = STEP_S**0.5

V = TypeVar("V", float, Floats)
"""A number of one person, or one for each of many, (n,)."""

_SHAKEN = (Purpose.AROUSAL, Purpose.TRUST, Purpose.THREAT)
_FELT = tuple(COLUMN[name] for name in (*PERSON, *TRACES))
_BOUNDS = tuple((k, float(LOWEST[k]), float(HIGHEST[k])) for k in _FELT)
"""The columns that change by themselves, in the order that `_changed` gives them."""

AHEAD = 32
"""How many steps of one stream are looked up at once."""


class Numbers(Protocol):
    """Parameters by name: `Parameters`, its numbers, or one of each per person."""

    def __getitem__(self, name: str, /) -> float:
        """Return one of them."""


def columns(state: Floats) -> list[Floats]:
    """Return the columns of states, each (n,), as the equations take them."""
    return list(state.T)


def at_least(value: V, low: float) -> V:
    """Return the value, or `low` where it is below."""
    return max(value, low) if isinstance(value, float) else np.maximum(value, low)


def within(value: V, low: float, high: float) -> V:
    """Return the value, held between `low` and `high`."""
    if isinstance(value, float):
        return min(max(value, low), high)
    return np.minimum(np.maximum(value, low), high)


def ramp(value: V, begin: float, end: float) -> V:
    """Rise from 0 at `begin` to 1 at `end`."""
    return within((value - begin) / (end - begin), 0.0, 1.0)


def wanted_space(arousal: V, p: Numbers) -> V:
    """Return how many metres a person wants between themselves and the responder."""
    return p["space_calm_m"] * (1.0 + p["space_per_arousal"] * arousal)


def intrusion(at: Sequence[V], p: Numbers) -> V:
    """Return how far the responder stands in that space: 0 outside, 1 at no distance."""
    space = wanted_space(at[COLUMN["arousal"]], p)
    return at_least(space - at[COLUMN["distance"]], 0.0) / space


def threat_level(at: Sequence[V], p: Numbers) -> V:
    """Return where felt threat settles: bearing, space and voice, less what trust allows."""
    stance = (
        0.2 * at[COLUMN["facing"]]
        + 0.25 * at[COLUMN["over"]]
        + 0.35 * at[COLUMN["hands"]]
        + 0.2 * at[COLUMN["gaze"]]
    )
    return (
        p["threat_base"]
        + p["threat_per_intrusion"] * intrusion(at, p)
        + p["threat_per_stance"] * stance
        + p["threat_per_volume"] * at_least(at[COLUMN["volume"]] - 5.0, 0.0)
        + p["threat_per_pace"] * at_least(at[COLUMN["pace"]] - 5.0, 0.0)
        - p["threat_per_trust"] * at[COLUMN["trust"]]
    )


def silence_level(at: Sequence[V], p: Numbers) -> V:
    """Return what silence does to arousal: time to think at first, being left alone later."""
    silence = at[COLUMN["silence"]]
    thinking = ramp(silence, 1.0, 1.0 + at_least(p["processing_s"], 0.5))
    alone = ramp(silence, p["alone_s"], 2.0 * p["alone_s"])
    return p["alone_cost"] * alone - p["processing_gain"] * thinking * (1.0 - alone)


def arousal_level(at: Sequence[V], p: Numbers) -> V:
    """Return where arousal settles."""
    around = (
        p["arousal_per_noise"] * at[COLUMN["noise"]]
        + p["arousal_per_glare"] * at[COLUMN["glare"]]
        + p["arousal_per_crowd"] * at[COLUMN["crowd"]]
        + p["arousal_per_heat"] * at[COLUMN["heat"]]
        + p["arousal_per_voice"] * at[COLUMN["voices"]]
    )
    felt = (
        p["arousal_per_threat"] * at[COLUMN["threat"]]
        + p["arousal_per_need"] * at[COLUMN["need"]]
        - p["arousal_per_trust"] * at[COLUMN["trust"]]
        + p["arousal_per_helplessness"] * at_least(5.0 - at[COLUMN["control"]], 0.0)
    )
    return p["arousal_rest"] + p["condition_drive"] + around + felt + silence_level(at, p)


def _changed(at: Sequence[V], p: Numbers, shocks: Iterable[V]) -> Iterator[V]:
    """Give the columns of `_FELT` one step later, one by one, not yet held within their bounds.

    shocks: standard normal numbers, one for each of `_SHAKEN`.
    """
    arousal, trust, threat, control, attention = (at[COLUMN[name]] for name in PERSON)
    shock = iter(shocks)
    gap = within(arousal_level(at, p), 0.0, 10.0) - arousal
    speed = _by_sign(gap, STEP_S / p["arousal_rise_s"], STEP_S / p["arousal_fall_s"])
    yield arousal + gap * speed + p["arousal_noise"] * _ROOT_STEP * next(shock)
    lost = (p["trust_base"] - trust) * (STEP_S / p["trust_tau_s"])
    yield trust + lost + p["trust_noise"] * _ROOT_STEP * next(shock)
    gap = within(threat_level(at, p), 0.0, 10.0) - threat
    shaken = p["threat_noise"] * _ROOT_STEP * next(shock)
    yield threat + gap * (STEP_S / p["threat_tau_s"]) + shaken
    held = p["control_base"] + p["control_per_exit"] * at[COLUMN["exit"]]
    yield control + (held - control) * (STEP_S / p["control_tau_s"])
    clear = (
        p["attention_base"]
        - p["attention_per_arousal"] * at_least(arousal - 4.0, 0.0)
        - p["attention_per_noise"] * at[COLUMN["noise"]]
    )
    yield attention + (at_least(clear, 0.0) - attention) * (STEP_S / p["attention_tau_s"])
    yield at[COLUMN["silence"]] + STEP_S
    fresh: float = 1.0 - STEP_S / p["wear_s"]
    for group in TRACES[1:]:
        yield at[COLUMN[group]] * fresh


def _by_sign(value: V, above: float, below: float) -> V:
    """Return `above` where a value is above 0, else `below`."""
    if isinstance(value, float):
        return above if value > 0.0 else below
    return np.where(value > 0.0, above, below)


def advanced(state: Floats, p: Parameters, streams: Ints, begin: int | Ints, steps: int) -> Floats:
    """Return the states after `steps` steps of half a second.

    state: (n, columns); streams: (n,), those of the event that ends this stretch of time; begin:
    the number of steps already taken since the event before, one for all or one each.
    """
    if len(state) == 1 and isinstance(p, Parameters) and not isinstance(begin, np.ndarray):
        return _one_advanced(state, p, int(streams[0]), begin, steps)
    for step in range(steps):
        state = _stepped(state, p, streams, begin + step)
    return state


def _stepped(state: Floats, p: Numbers, streams: Ints, step: int | Ints) -> Floats:
    new = state.copy(order="K")
    shocks = (normal(word(streams, step, purpose)) for purpose in _SHAKEN)
    for place, column in zip(_FELT, _changed(columns(state), p, shocks), strict=True):
        new[:, place] = column
    return settle_felt(new)


def _one_advanced(state: Floats, p: Parameters, stream: int, begin: int, steps: int) -> Floats:
    """Advance one person, to the very numbers that `_stepped` gives them among many."""
    at, numbers = state[0].tolist(), p.numbers
    for step in range(begin, begin + steps):
        new = list(_changed(at, numbers, _shocks(stream, step // AHEAD)[step % AHEAD]))
        for (place, low, high), value in zip(_BOUNDS, new, strict=True):
            at[place] = round(min(max(value, low), high) * 1e6) / 1e6
    return np.array([at])


@lru_cache(maxsize=128)
def _shocks(stream: int, block: int) -> list[tuple[float, ...]]:
    """Return what shakes one person in each step of a block: one number for each of `_SHAKEN`."""
    steps = np.arange(block * AHEAD, (block + 1) * AHEAD, dtype=np.uint64)
    key = np.array([stream], dtype=np.uint64)
    drawn = [normal(word(key, steps, purpose)).tolist() for purpose in _SHAKEN]
    return list(zip(*drawn, strict=True))
