"""Cell moments: all that the estimators need to know of the data.

A cell is the units of one stratum that were assigned to one wave. Its size, its mean path and the
covariance of its paths are sufficient for every estimate and every design-based variance, so that
refitting (another estimand, without a wave, more lags) never goes back to the units.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stepdown.evaluation.sample import Sample
from stepdown.incidents.panel import Floats

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Layout:
    """Which unit is in which cell. Cells are ordered by stratum, then wave; K waves, C cells."""

    waves: Floats  # (K,) positions, ascending; NEVER last
    order: Ints  # (N,) units sorted by cell
    starts: Ints  # (C,) first place of each cell in `order`
    sizes: Ints  # (C,)
    wave_of_cell: Ints  # (C,) index into `waves`
    stratum_of_cell: Ints  # (C,)

    @property
    def n_units(self) -> int:
        """Units of assignment."""
        return len(self.order)

    @property
    def stratum_sizes(self) -> Ints:
        """Units per stratum (S,)."""
        return np.bincount(self.stratum_of_cell, self.sizes).astype(np.int64)

    @property
    def wave_sizes(self) -> Floats:
        """Units per wave (K,)."""
        return np.bincount(self.wave_of_cell, self.sizes, len(self.waves)).astype(np.float64)

    @property
    def cell_weights(self) -> Floats:
        """Share of all units that are in the cell's stratum (C,)."""
        return stratum_shares(self.sizes.astype(np.float64), self.stratum_of_cell)


@dataclass(frozen=True, slots=True)
class Moments:
    """Sizes, mean paths and covariances of the cells. C cells, T periods, K waves."""

    waves: Floats  # (K,)
    wave_sizes: Floats  # (K,)
    n: Floats  # (C,) units
    wave_of_cell: Ints  # (C,) index into `waves`
    stratum_of_cell: Ints  # (C,)
    mean: Floats  # (C, T)
    cov: Floats  # (C, T, T), divisor n - 1

    @property
    def n_periods(self) -> int:
        """Periods of the window."""
        return int(self.mean.shape[1])

    @property
    def weight(self) -> Floats:
        """Share of all units that are in the cell's stratum (C,)."""
        return stratum_shares(self.n, self.stratum_of_cell)

    def wave_means(self) -> Floats:
        """Mean path per wave (K, T), strata weighted by their share of all units."""
        out = np.zeros((len(self.waves), self.n_periods))
        np.add.at(out, self.wave_of_cell, self.weight[:, None] * self.mean)
        return out

    def without_wave(self, wave: int) -> Moments:
        """Return the moments as if wave number `wave` had not been part of the draw."""
        keep = self.wave_of_cell != wave
        renumber = np.cumsum(np.arange(len(self.waves)) != wave) - 1
        return Moments(
            waves=np.delete(self.waves, wave),
            wave_sizes=np.delete(self.wave_sizes, wave),
            n=self.n[keep],
            wave_of_cell=renumber[self.wave_of_cell[keep]],
            stratum_of_cell=self.stratum_of_cell[keep],
            mean=self.mean[keep],
            cov=self.cov[keep],
        )


def stratum_shares(sizes: Floats, stratum_of_cell: Ints) -> Floats:
    """Share of all units that are in each cell's stratum (C,)."""
    totals = np.bincount(stratum_of_cell, sizes)
    return np.asarray(totals[stratum_of_cell] / sizes.sum(), np.float64)


def lay_out(sample: Sample) -> Layout:
    """Sort the units into cells."""
    waves, wave = np.unique(sample.wave, return_inverse=True)
    cell = sample.stratum * len(waves) + wave
    order = np.argsort(cell, kind="stable")
    ids, starts, sizes = np.unique(cell[order], return_index=True, return_counts=True)
    return Layout(
        waves=waves,
        order=order.astype(np.int64),
        starts=starts.astype(np.int64),
        sizes=sizes.astype(np.int64),
        wave_of_cell=(ids % len(waves)).astype(np.int64),
        stratum_of_cell=(ids // len(waves)).astype(np.int64),
    )


def cell_moments(y: Floats, layout: Layout) -> Moments:
    """Summarise outcome `y` (N, T) by cell. Every cell needs at least two units."""
    n_cells, n_periods = len(layout.sizes), y.shape[1]
    mean = np.empty((n_cells, n_periods))
    cov = np.empty((n_cells, n_periods, n_periods))
    for cell, (start, size) in enumerate(zip(layout.starts, layout.sizes, strict=True)):
        paths = y[layout.order[start : start + size]]
        mean[cell] = paths.mean(axis=0)
        deviations = paths - mean[cell]
        cov[cell] = deviations.T @ deviations / (size - 1)
    return Moments(
        waves=layout.waves,
        wave_sizes=layout.wave_sizes,
        n=layout.sizes.astype(np.float64),
        wave_of_cell=layout.wave_of_cell,
        stratum_of_cell=layout.stratum_of_cell,
        mean=mean,
        cov=cov,
    )
