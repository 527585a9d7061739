"""Randomization test: would another draw of the same lottery have given as large an effect?

Under the sharp null hypothesis (training changed nothing for anybody) the outcomes are fixed and
only the assignment is random. The test redraws it exactly as it was drawn, within strata, and
recomputes the studentized statistic, beta and standard error included, in every draw (Roth &
Sant'Anna 2023, section 4; studentizing also makes it valid for the average effect in large
samples). Wave sizes are fixed by the design and so are the weights: a unit's path enters only
through its projections on each wave's weights, made once.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from stepdown.evaluation.contrasts import Contrast
from stepdown.evaluation.moments import Ints, Layout
from stepdown.evaluation.results import Randomization
from stepdown.incidents.panel import Floats
from stepdown.progress import Progress, silent

BLOCK = 100
"""Draws that share one random stream: fixed, so that p does not depend on the number of workers."""

_TIE = 1e-9
_ROUNDING = 1e-12

TASK = "Redrawing the assignment"


@dataclass(frozen=True, slots=True)
class Projected:
    """One outcome's projections. N units, K waves."""

    paths: Floats  # (N, K, 2): on the wave's theta and pre weights
    level: Floats  # (N,): mean before the first wave, less its stratum mean, scaled to length 1


@dataclass(frozen=True, slots=True)
class Statistics:
    """Test statistics of B assignments."""

    effect: Floats  # (B,) studentized estimate
    before: Floats  # (B,) studentized difference before training
    waves: Floats  # (B,) sum of squares between waves of the level before the first wave


@dataclass(frozen=True, slots=True)
class RandomizationTests:
    """The three tests of one outcome; the latter two are tests of the draw itself."""

    effect: Randomization
    before: Randomization
    waves: Randomization


def project(y: Floats, layout: Layout, contrast: Contrast) -> Projected:
    """Project outcome `y` (N, T) on a contrast, once for every wave a unit could be in."""
    weights = np.stack([contrast.theta, contrast.pre], axis=-1)  # (K, T, 2)
    n_waves = len(layout.waves)
    flat = y @ weights.transpose(1, 0, 2).reshape(y.shape[1], n_waves * 2)
    n_pre = int(layout.waves.min()) - 1
    level = y[:, :n_pre].mean(axis=1)
    stratum = np.empty(len(y), np.int64)
    stratum[layout.order] = np.repeat(layout.stratum_of_cell, layout.sizes)
    level -= (np.bincount(stratum, level) / layout.stratum_sizes)[stratum]
    length = float(np.linalg.norm(level))
    # Unit length: the test of the waves must not depend on the unit of the outcome.
    level = level / length if length > 0 else level
    return Projected(flat.reshape(len(y), n_waves, 2), level)


def randomization_tests(
    outcomes: list[Projected],
    layout: Layout,
    *,
    draws: int,
    seed: int,
    workers: int = 1,
    progress: Progress = silent,
) -> list[RandomizationTests]:
    """Test every outcome with the same redrawn assignments.

    Where there are no more than `draws` distinct assignments all of them are compared and p is
    exact. Otherwise p = (1 + hits) / (1 + draws), a valid level for any number of draws; `seed`
    fixes the draws and `workers` changes only how long it takes. `progress` follows the blocks.
    """
    observed = _statistics(outcomes, layout, [layout.order])
    total = count_assignments(layout, limit=draws)
    exact = total <= draws
    blocks = _all_assignments(layout) if exact else _random_blocks(layout, draws, seed)

    def run(orders: Block) -> list[Statistics]:
        return _statistics(outcomes, layout, orders())

    n_blocks = math.ceil((total if exact else draws) / BLOCK)
    parts: list[list[Statistics]] = []
    with ThreadPoolExecutor(max_workers=workers) as pool:
        for part in pool.map(run, blocks):
            parts.append(part)
            progress(TASK, len(parts), n_blocks)
    return [
        RandomizationTests(
            *(
                _summarise(
                    getattr(observed[i], name)[0],
                    np.concatenate([getattr(part[i], name) for part in parts]),
                    exact=exact,
                )
                for name in ("effect", "before", "waves")
            )
        )
        for i in range(len(outcomes))
    ]


def count_assignments(layout: Layout, limit: int) -> int:
    """Count the distinct assignments of the design, or return `limit` + 1 when there are more."""
    total = 1
    for stratum in range(len(layout.stratum_sizes)):
        left = int(layout.stratum_sizes[stratum])
        for size in layout.sizes[layout.stratum_of_cell == stratum]:
            total *= math.comb(left, int(size))
            left -= int(size)
            if total > limit:
                return limit + 1
    return total


Block = Callable[[], Iterable[Ints]]
"""Makes the assignments of one block when it is run: units in cell order, (N,) each."""


def _random_blocks(layout: Layout, draws: int, seed: int) -> Iterator[Block]:
    bounds = np.concatenate([[0], np.cumsum(layout.stratum_sizes)])
    strata = [layout.order[low:high] for low, high in itertools.pairwise(bounds)]

    def block(number: int, size: int) -> Iterator[Ints]:
        rng = np.random.Generator(np.random.Philox(key=[seed, number]))
        for _ in range(size):
            yield np.concatenate([rng.permutation(units) for units in strata])

    for number, first in enumerate(range(0, draws, BLOCK)):
        yield partial(block, number, min(BLOCK, draws - first))


def _all_assignments(layout: Layout) -> Iterator[Block]:
    """Every distinct way to fill the cells, stratum by stratum."""
    bounds = np.concatenate([[0], np.cumsum(layout.stratum_sizes)])
    per_stratum = [
        list(
            _fillings(
                tuple(layout.order[bounds[s] : bounds[s + 1]]),
                [int(n) for n in layout.sizes[layout.stratum_of_cell == s]],
            )
        )
        for s in range(len(bounds) - 1)
    ]
    every = itertools.product(*per_stratum)
    while chunk := list(itertools.islice(every, BLOCK)):
        orders = np.array([list(itertools.chain(*parts)) for parts in chunk], np.int64)
        yield partial(iter, orders)


def _fillings(units: tuple[int, ...], sizes: list[int]) -> Iterator[tuple[int, ...]]:
    if len(sizes) == 1:
        yield units
        return
    for chosen in itertools.combinations(units, sizes[0]):
        rest = tuple(u for u in units if u not in set(chosen))
        for tail in _fillings(rest, sizes[1:]):
            yield chosen + tail


def _statistics(
    outcomes: list[Projected], layout: Layout, orders: Iterable[Ints]
) -> list[Statistics]:
    """Recompute every outcome's statistics for assignments given as units in cell order."""
    slot_wave = np.repeat(layout.wave_of_cell, layout.sizes)
    terms = np.empty((6, layout.n_units))
    sums: list[list[Floats]] = [[] for _ in outcomes]
    for order in orders:
        slots = order * len(layout.waves) + slot_wave
        for outcome, kept in zip(outcomes, sums, strict=True):
            _fill_terms(terms, outcome, order, slots)
            kept.append(np.add.reduceat(terms, layout.starts, axis=1))
    return [_studentize(np.array(kept), layout) for kept in sums]


def _fill_terms(terms: Floats, outcome: Projected, order: Ints, slots: Ints) -> None:
    """Write theta, pre, their squares and product, and the level, per unit in cell order."""
    picked = outcome.paths.reshape(-1, 2).take(slots, axis=0)
    terms[0], terms[1] = picked[:, 0], picked[:, 1]
    np.multiply(terms[0], terms[0], out=terms[2])
    np.multiply(terms[0], terms[1], out=terms[3])
    np.multiply(terms[1], terms[1], out=terms[4])
    terms[5] = outcome.level.take(order)


def _studentize(sums: Floats, layout: Layout) -> Statistics:
    """Turn cell sums (B, 6, C) into statistics; the same arithmetic for observed and redrawn."""
    n = layout.sizes.astype(np.float64)
    weight = layout.cell_weights
    mean_theta, mean_pre = sums[:, 0] / n, sums[:, 1] / n
    scale = weight**2 / n / (n - 1)

    def total(second: Floats, left: Floats, right: Floats) -> Floats:
        between = n * left * right
        within = second - between
        # Rounding must not make variance out of constants.
        within[np.abs(within) <= _ROUNDING * np.abs(between)] = 0.0
        return np.asarray(within @ scale, np.float64)

    var_theta = total(sums[:, 2], mean_theta, mean_theta)
    cov = total(sums[:, 3], mean_theta, mean_pre)
    var_pre = total(sums[:, 4], mean_pre, mean_pre)
    beta = np.divide(cov, var_pre, out=np.zeros_like(cov), where=var_pre > 0)
    value = (mean_theta - beta[:, None] * mean_pre) @ weight
    variance = var_theta - 2 * beta * cov + beta**2 * var_pre
    variance[variance <= _ROUNDING * (var_theta + beta**2 * var_pre)] = 0.0
    stratum_mean = _stratum_means(sums[:, 5], layout)
    spread = (sums[:, 5] / n - stratum_mean) ** 2 @ n
    size_pre = np.abs(mean_pre) @ weight
    size = np.abs(mean_theta) @ weight + np.abs(beta) * size_pre
    return Statistics(
        effect=_ratio(value, variance, size),
        before=_ratio(mean_pre @ weight, var_pre, size_pre),
        waves=spread,
    )


def _stratum_means(level_sums: Floats, layout: Layout) -> Floats:
    member = layout.stratum_of_cell[:, None] == np.arange(len(layout.stratum_sizes))
    means = (level_sums @ member) / layout.stratum_sizes
    return np.asarray(means[:, layout.stratum_of_cell], np.float64)


def _ratio(value: Floats, variance: Floats, size: Floats) -> Floats:
    """Value over its standard error; without variance any difference counts as infinitely large.

    `size` is the size of the parts that make up the value: less than rounding of it is none.
    """
    empty = np.where(np.abs(value) > _ROUNDING * size, np.inf, 0.0)
    return np.divide(np.abs(value), np.sqrt(variance), out=empty, where=variance > 0)


def _summarise(observed: float, drawn: NDArray[np.float64], *, exact: bool) -> Randomization:
    draws = len(drawn)
    hits = int(_at_least(drawn, observed).sum())
    if exact:
        hits = max(hits, 1)  # the observed assignment is one of them, whatever rounding says
        smallest = int(_at_least(drawn, float(drawn.max())).sum()) / draws
        return Randomization(
            draws=draws, p_value=hits / draws, mc_error=0.0, exact=True, smallest_p=smallest
        )
    p = (1 + hits) / (1 + draws)
    return Randomization(
        draws=draws,
        p_value=p,
        mc_error=math.sqrt(p * (1 - p) / draws),
        exact=False,
        smallest_p=1 / (1 + draws),
    )


def _at_least(drawn: Floats, value: float) -> NDArray[np.bool_]:
    if not math.isfinite(value):
        return np.asarray(drawn >= value)
    return np.asarray(drawn >= value - _TIE * max(abs(value), 1.0))
