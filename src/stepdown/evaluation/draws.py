"""Redrawing an assignment exactly as it was drawn: within strata, with the sizes of the cells."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator
from functools import partial

import numpy as np

from stepdown.evaluation.moments import Ints, Layout

BLOCK = 100
"""Draws that share one random stream: fixed, so that p does not depend on the number of workers."""


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


def random_blocks(layout: Layout, draws: int, seed: int) -> Iterator[Block]:
    """Return `draws` random assignments in blocks, each with a random stream of its own.

    Raises ValueError unless `seed` is from 0 to 2**64 - 1.
    """
    if not 0 <= seed < 2**64:
        raise ValueError(f"seed must be from 0 to 2**64 - 1, got {seed}")
    bounds = np.concatenate([[0], np.cumsum(layout.stratum_sizes)])
    strata = [layout.order[low:high] for low, high in itertools.pairwise(bounds)]

    def block(number: int, size: int) -> Iterator[Ints]:
        rng = np.random.Generator(np.random.Philox(key=[seed, number]))
        for _ in range(size):
            yield np.concatenate([rng.permutation(units) for units in strata])

    for number, first in enumerate(range(0, draws, BLOCK)):
        yield partial(block, number, min(BLOCK, draws - first))


def all_assignments(layout: Layout) -> Iterator[Block]:
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
