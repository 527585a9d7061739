"""The placebo test: levels permuted within scenes, where nobody differs from anybody.

Each permutation keeps who was at which scene and which levels were used there, and hands the levels
out by lot. Whatever the model then says of officers is noise; what it says of the real file should
stand out from that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stepdown.evaluation.same_scene.network import pieces
from stepdown.evaluation.same_scene.peers import Standing, standing
from stepdown.evaluation.same_scene.posterior import Posterior
from stepdown.evaluation.same_scene.sample import Draws, Tuning, sample_well
from stepdown.evaluation.same_scene.scenes import Scenes
from stepdown.evaluation.same_scene.simulate import redraw_levels

Floats = NDArray[np.float64]

SURE = 0.9
"""An officer stands out when the probability of the outer 5 % of peers is at least this."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How officers differ in one fit: spread of their relative propensities, how many stand out.

    `sd` is the standard deviation of the relative means, `apart` how many 95 % intervals leave 0
    out, `top` and `bottom` how many are in the outer 5 % of their peers with probability `SURE`.
    """

    sd: float
    apart: int
    top: int
    bottom: int
    good: bool = True


def spread(found: Standing, shown: NDArray[np.bool_]) -> Spread:
    """Summarise the officers marked in `shown`, (N,)."""
    kept = shown & (found.n_peers > 0)
    if not kept.any():
        return Spread(0.0, 0, 0, 0)
    return Spread(
        sd=float(found.relative[kept].std()),
        apart=int(((found.low[kept] > 0) | (found.high[kept] < 0)).sum()),
        top=int((found.p_top5[kept] >= SURE).sum()),
        bottom=int((found.p_bottom5[kept] >= SURE).sum()),
    )


def permuted(scenes: Scenes, seed: int, number: int) -> Scenes:
    """Return the scenes with levels handed out by lot, the same for the same seed and number."""
    rng = np.random.default_rng([seed, number])
    nothing = np.zeros(scenes.level.size)
    return scenes.with_levels(
        redraw_levels(scenes, nothing, np.arange(scenes.levels, dtype=np.float64), rng)
    )


def placebo(
    scenes: Scenes, shown: NDArray[np.bool_], count: int, seed: int, tuning: Tuning
) -> Iterator[Spread]:
    """Fit `count` permutations and summarise the officers in `shown`, (N,).

    Each is fitted by two chains, twice as long: with fewer chains R-hat is noisier.
    """
    two = replace(tuning, chains=2, draws=2 * tuning.draws)
    bare = scenes.with_covariates(np.empty((scenes.level.size, 0)))
    piece = pieces(scenes)
    for number in range(count):
        posterior = Posterior.of(permuted(bare, seed, number))
        drawn: Draws = sample_well(posterior, seed + number, two)
        lam = posterior.split(drawn.x)[0]
        found = spread(standing(lam, piece), shown)
        yield replace(found, good=drawn.diagnostics.good)
