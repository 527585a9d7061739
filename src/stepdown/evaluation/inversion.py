"""Confidence interval by inverting the randomization test.

Every effect tau that the test does not reject at 5 % is in the set. For each tau the sharp null
hypothesis "training adds tau to every trained unit-period" makes all outcomes known, and the test
compares the studentized distance of the estimate from tau with its distribution over redrawn
assignments. The set is exact for an effect that is the same for everybody, whatever the sizes; for
the average of unequal effects it is valid in large samples, because the statistic is studentized
(docs/methods/evaluation.md).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from stepdown.evaluation.statistics import Polynomials
from stepdown.incidents.panel import Floats

LEVEL = 0.05
_TIE = 1e-9
_REACH, _FARTHEST = 8.0, 2.0**14
_GRID = 321
_AT_ONCE = 100_000
"""Numbers in an array at once: few enough to stay in a processor's cache."""
_HALVINGS = 30


@dataclass(frozen=True, slots=True)
class Inverted:
    """The hull of the effects that are not rejected. An end is None where the set has no end.

    `gaps`: whether effects inside the hull are rejected. `low_error`, `high_error`: Monte-Carlo
    standard error of each end (0 when all assignments were compared).
    """

    low: float | None
    high: float | None
    gaps: bool
    low_error: float
    high_error: float


Side = Literal[-1, 0, 1]
"""Which effects a test speaks against: smaller ones (-1), larger ones (1), or both (0)."""


@dataclass(frozen=True, slots=True)
class Curve:
    """p as a function of the supposed effect, from one observed and B drawn assignments."""

    observed: Polynomials  # of one assignment
    drawn: Polynomials  # of B
    exact: bool

    def p_values(self, tau: Floats, side: Side = 0) -> Floats:
        """Return p for each supposed effect (M,); one-sided against smaller or larger ones."""
        at_once = max(1, _AT_ONCE // max(len(self.drawn.theta), 1))
        parts = [self._some(tau[k : k + at_once], side) for k in range(0, len(tau), at_once)]
        return np.concatenate(parts)

    def _some(self, tau: Floats, side: Side) -> Floats:
        observed, drawn = self.observed.signed(tau)[0], self.drawn.signed(tau)
        if side == 0:
            observed, drawn = np.abs(observed), np.abs(drawn)
        elif side > 0:  # an estimate far below the supposed effect speaks against it
            observed, drawn = -observed, -drawn
        hits = at_least(drawn, observed).sum(axis=0)
        if self.exact:
            p: Floats = np.maximum(hits, 1) / len(drawn)
            return p
        return np.asarray((1 + hits) / (1 + len(drawn)), np.float64)


def at_least(drawn: Floats, value: Floats | np.float64) -> NDArray[np.bool_]:
    """Mark what is at least as large as `value`, ties up to rounding included."""
    with np.errstate(invalid="ignore"):
        close = drawn >= value - _TIE * np.maximum(np.abs(value), 1.0)
    return np.asarray(np.where(np.isfinite(value), close, drawn >= value))


def invert(curve: Curve, estimate: float, se: float) -> Inverted:
    """Return the interval around an `estimate` whose standard error is `se` (> 0).

    Each side is searched on a grid that reaches until the test has come to reject, and its end is
    then narrowed down by halving.
    """
    low, high = (_search(curve, estimate, sign * se, LEVEL, 0, spread=True) for sign in (-1, 1))
    return Inverted(low.end, high.end, low.gaps or high.gaps, low.error, high.error)


def one_sided(curve: Curve, estimate: float, se: float) -> tuple[float | None, float | None]:
    """Return a lower and an upper bound, each by a one-sided test at half the level.

    With skewed counts the two tails differ; a claim in one direction needs the bound of its own.
    """
    low = _search(curve, estimate, -se, LEVEL / 2, -1, spread=False)
    high = _search(curve, estimate, se, LEVEL / 2, 1, spread=False)
    return low.end, high.end


@dataclass(frozen=True, slots=True)
class _Found:
    end: float | None
    gaps: bool
    error: float


def _search(
    curve: Curve, estimate: float, step: float, level: float, side: Side, *, spread: bool
) -> _Found:
    """Search the effects on one side of the estimate; `step` is a standard error, signed.

    With `spread`, also tell the Monte-Carlo error of the end that is found.
    """
    draws = len(curve.drawn.theta)
    error = 0.0 if curve.exact else math.sqrt(level * (1 - level) / draws)
    reach = _reach(curve, estimate, step, max(level - error, 0.0), side)
    if reach is None:
        return _Found(None, False, 0.0)
    grid = estimate + step * np.linspace(0.0, reach, _GRID)
    p = curve.p_values(grid, side)
    gaps = bool((p[: _last(p, level)] <= level).any())
    if not spread or error == 0:
        return _Found(_ends(curve, grid, p, (level,), side)[0], gaps, 0.0)
    end, outer, inner = _ends(curve, grid, p, (level, level - error, level + error), side)
    return _Found(end, gaps, abs(outer - inner) / 2)


def _reach(curve: Curve, estimate: float, step: float, level: float, side: Side) -> float | None:
    """Return how many standard errors away the test has come to reject; None if it never does."""
    reach = _REACH
    while reach <= _FARTHEST:
        if curve.p_values(np.array([estimate + step * reach]), side)[0] <= level:
            return reach
        reach *= 2
    return None


def _last(p: Floats, level: float) -> int:
    """Return the last place of the grid that is kept; the estimate itself always is."""
    return int(np.flatnonzero(p > level).max(initial=0))


def _ends(
    curve: Curve, grid: Floats, p: Floats, levels: tuple[float, ...], side: Side
) -> list[float]:
    """Return where p last exceeds each level."""
    places = [_last(p, level) for level in levels]
    inside, outside = grid[places], grid[[place + 1 for place in places]]
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        kept = curve.p_values(middle, side) > levels
        inside, outside = np.where(kept, middle, inside), np.where(kept, outside, middle)
    return [float(end) for end in (inside + outside) / 2]
