"""Beta: did trained officers use more or less of the force that was used at their scenes?

It compares officers at one scene. What happens to a scene as a whole does not enter: an officer who
calms everybody earns nothing, and a scene without force has no place here. Conditioning on the
levels used is conditioning on something that training may have changed. Beta is therefore never an
effect of training on the amount of force.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stepdown.evaluation.same_scene.posterior import BETA_SD, Posterior
from stepdown.evaluation.same_scene.sample import Draws
from stepdown.evaluation.same_scene.scenes import Scenes
from stepdown.evaluation.same_scene.training_data import TrainingData

Floats = NDArray[np.float64]

OTHER_SDS = (0.25, 1.0)
"""Prior standard deviations of beta that stand beside the one used."""
MONTHS_A_UNIT = 12.0


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient: its posterior mean and central 95 % interval, and what one unit of it is."""

    name: str
    mean: float
    low: float
    high: float
    unit: str


@dataclass(frozen=True, slots=True)
class Variant:
    """Beta of being trained under another prior or beside other columns.

    `reasons` says why it is not shown; then the numbers are NaN.
    """

    name: str
    beta: float
    low: float
    high: float
    beside: tuple[Coefficient, ...] = ()
    reasons: tuple[str, ...] = ()


def mixed_scenes(scenes: Scenes, trained: Floats) -> int:
    """Count scenes at which some officers were trained and others not; only these inform beta."""
    if scenes.n_scenes == 0:
        return 0
    share = np.bincount(scenes.scene, trained) / scenes.sizes
    return int(((share > 0) & (share < 1)).sum())


def interval(draws: Floats) -> tuple[float, float, float]:
    """Give the mean and the ends of the central 95 % interval of draws (draws,)."""
    low, high = np.quantile(draws, [0.025, 0.975])
    return float(draws.mean()), float(low), float(high)


def refits(
    scenes: Scenes, data: TrainingData, draw: Callable[[Posterior], Draws]
) -> tuple[Variant, ...]:
    """Fit again: other priors, time since training, the other columns, where there are any."""
    trained = data.trained[scenes.source][:, None]
    found = [
        _refit(f"prior N(0, {sd:g}) instead of N(0, {BETA_SD:g})", scenes, trained, (), draw, sd)
        for sd in OTHER_SDS
    ]
    if data.months is not None:
        months = data.months[scenes.source][:, None] / MONTHS_A_UNIT
        found.append(
            _refit("with time since training", scenes, np.hstack([trained, months]),
                   (("time since training", "a year"),), draw)
        )  # fmt: skip
    if data.names:
        beside = data.beside[scenes.source]
        units = tuple(
            (name, f"one standard deviation, {scale:.3g}")
            for name, scale in zip(data.names, data.scales, strict=True)
        )
        found.append(
            _refit(f"beside {', '.join(data.names)}", scenes, np.hstack([trained, beside]),
                   units, draw)
        )  # fmt: skip
    return tuple(found)


def _refit(
    name: str,
    scenes: Scenes,
    covariates: Floats,
    others: tuple[tuple[str, str], ...],
    draw: Callable[[Posterior], Draws],
    sd: float = BETA_SD,
) -> Variant:
    posterior = Posterior.of(scenes.with_covariates(covariates), sd)
    drawn = draw(posterior)
    if not drawn.diagnostics.good:
        nan = float("nan")
        return Variant(name, nan, nan, nan, reasons=drawn.diagnostics.reasons)
    beta = posterior.split(drawn.x)[2]
    beside = tuple(
        Coefficient(other, *interval(beta[:, q + 1]), unit)
        for q, (other, unit) in enumerate(others)
    )
    return Variant(name, *interval(beta[:, 0]), beside)
