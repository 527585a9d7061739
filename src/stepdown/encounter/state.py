"""What is true of an encounter at one moment, as one row of numbers per person."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PERSON = ("arousal", "trust", "threat", "control", "attention")
"""Points from 0 to 10, never shown to the trainee."""

SCENE = {
    "distance": (0.5, 100.0, 4.0),
    "facing": (0.0, 1.0, 1.0),
    "over": (0.0, 1.0, 0.0),
    "hands": (0.0, 1.0, 0.3),
    "gaze": (0.0, 1.0, 0.5),
    "volume": (0.0, 10.0, 5.0),
    "pace": (0.0, 10.0, 5.0),
    "cover": (0.0, 1.0, 0.0),
    "noise": (0.0, 10.0, 3.0),
    "glare": (0.0, 10.0, 2.0),
    "crowd": (0.0, 10.0, 2.0),
    "heat": (0.0, 10.0, 2.0),
    "voices": (0.0, 4.0, 0.0),
    "exit": (0.0, 1.0, 1.0),
    "need": (0.0, 10.0, 5.0),
}
"""What surrounds the person: lowest, highest, and where a scenario says nothing.

distance in m; facing 0 side on, 1 square; over 0 level, 1 standing over; hands 0 open, 1 on a
weapon; gaze 0 soft, 1 fixed; volume and pace 5 as in talk; voices beyond the first; exit 1 open;
need points.
"""

TRACES = ("silence", "listening", "structure", "autonomy", "pressure")
"""Seconds of silence, and how worn each group of techniques is."""

COLUMNS = (*PERSON, *SCENE, *TRACES)
COLUMN = {name: place for place, name in enumerate(COLUMNS)}
LOWEST = np.array([0.0] * 5 + [low for low, _, _ in SCENE.values()] + [0.0] * 5)
HIGHEST = np.array([10.0] * 5 + [high for _, high, _ in SCENE.values()] + [100_000.0] + [10.0] * 4)


def rows(values: Mapping[str, float], count: int = 1) -> Floats:
    """Return `count` equal rows, (count, columns); what is not named stands at its usual value.

    Stored column by column, since every step works on columns.
    """
    row = np.array([0.0] * 5 + [usual for _, _, usual in SCENE.values()] + [0.0] * 5)
    for name, value in values.items():
        row[COLUMN[name]] = value
    return np.asfortranarray(settled(np.tile(row, (count, 1))))


def settled(state: Floats) -> Floats:
    """Return states within their bounds, rounded to 1e-6 so that every machine agrees."""
    kept: Floats = np.round(np.minimum(np.maximum(state, LOWEST), HIGHEST), 6)
    return kept


def settle_felt(state: Floats) -> Floats:
    """Settle in place the columns that change by themselves: what is felt, and the traces."""
    for part in (slice(0, len(PERSON)), slice(-len(TRACES), None)):
        felt = state.T[part]
        np.maximum(felt, LOWEST[part, None], out=felt)
        np.minimum(felt, HIGHEST[part, None], out=felt)
        np.round(felt, 6, out=felt)
    return state


def named(row: Floats) -> dict[str, float]:
    """Return one row by name."""
    return {name: float(row[place]) for name, place in COLUMN.items()}
