"""Scenes, packed: who was there, which level each used, and what else is known of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Scenes:
    """Rows are officers at scenes, scene by scene: scene k is rows start[k] to start[k + 1].

    `officer` (rows,) points into `officers` (N,), the ids as given; `level` (rows,) counts from 0
    (no force) to `levels` - 1; `incidents` (scenes,) are the ids as given; `covariates` (rows, q)
    multiply the coefficients beta; `source` (rows,) is the row of the file, from 0.
    """

    start: Ints
    officer: Ints
    level: Ints
    covariates: Floats
    officers: Ints
    incidents: Ints
    levels: int
    source: Ints

    @property
    def n_scenes(self) -> int:
        """How many scenes there are."""
        return self.start.size - 1

    @property
    def sizes(self) -> Ints:
        """How many officers each scene has, (scenes,)."""
        return np.diff(self.start)

    @property
    def scene(self) -> Ints:
        """The scene of each row, (rows,)."""
        return np.repeat(np.arange(self.n_scenes), self.sizes)

    @property
    def scenes_of_officers(self) -> Ints:
        """At how many of these scenes each officer was, (N,)."""
        return np.bincount(self.officer, minlength=self.officers.size)

    def with_covariates(self, covariates: Floats) -> Scenes:
        """Return the same scenes with other covariates, (rows, q)."""
        return replace(self, covariates=np.ascontiguousarray(covariates, dtype=np.float64))

    def with_levels(self, level: Ints) -> Scenes:
        """Return the same scenes with other levels, (rows,)."""
        return replace(self, level=level)


def pack(
    incident: NDArray[Any],
    officer: NDArray[Any],
    level: Ints,
    levels: int,
    covariates: Floats | None = None,
    source: Ints | None = None,
) -> Scenes:
    """Sort rows into scenes; the three columns are (rows,), `covariates` (rows, q)."""
    order = np.lexsort((np.arange(incident.size), incident))
    incidents, sizes = np.unique(incident, return_counts=True)
    officers, index = np.unique(officer[order], return_inverse=True)
    if covariates is None:
        covariates = np.empty((incident.size, 0))
    rows = np.arange(incident.size) if source is None else source
    return Scenes(
        start=np.concatenate(([0], np.cumsum(sizes))).astype(np.int64),
        officer=index.astype(np.int64),
        level=np.ascontiguousarray(level[order], dtype=np.int64),
        covariates=np.ascontiguousarray(covariates[order], dtype=np.float64),
        officers=officers.astype(np.int64),
        incidents=incidents.astype(np.int64),
        levels=levels,
        source=rows[order].astype(np.int64),
    )


def keep_rows(scenes: Scenes, keep: NDArray[np.bool_]) -> Scenes:
    """Return the scenes with only the rows marked in `keep`, (rows,); empty scenes vanish."""
    return pack(
        scenes.incidents[scenes.scene][keep],
        scenes.officers[scenes.officer][keep],
        scenes.level[keep],
        scenes.levels,
        scenes.covariates[keep],
        scenes.source[keep],
    )


def varied(scenes: Scenes) -> NDArray[np.bool_]:
    """Mark the scenes at which not everybody used the same level, (scenes,)."""
    if scenes.n_scenes == 0:
        return np.zeros(0, dtype=bool)
    highest = np.maximum.reduceat(scenes.level, scenes.start[:-1])
    lowest = np.minimum.reduceat(scenes.level, scenes.start[:-1])
    return np.asarray(highest > lowest)


def informative(scenes: Scenes) -> Scenes:
    """Return the scenes that say anything: those at which levels differ."""
    return keep_rows(scenes, varied(scenes)[scenes.scene])
