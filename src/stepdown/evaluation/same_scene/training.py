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


@dataclass(frozen=True, slots=True)
class Plan:
    """A fit to be made beside the one that is shown: other covariates, or another prior.

    `covariates` (rows, 1 + q) begin with that of training; `others` name the rest and their units.
    """

    name: str
    covariates: Floats
    others: tuple[tuple[str, str], ...] = ()
    sd: float = BETA_SD


def plans(scenes: Scenes, data: TrainingData) -> tuple[Plan, ...]:
    """List other priors, time since training and the other columns, where there are any."""
    trained = data.trained[scenes.source][:, None]
    found = [
        Plan(f"prior N(0, {sd:g}) instead of N(0, {BETA_SD:g})", trained, sd=sd) for sd in OTHER_SDS
    ]
    if data.months is not None:
        years = data.months[scenes.source][:, None] / MONTHS_A_UNIT
        found.append(
            Plan("with time since training", np.hstack([trained, years]),
                 (("time since training", "a year"),))
        )  # fmt: skip
    if data.names:
        units = tuple(
            (name, f"one standard deviation, {scale:.3g}")
            for name, scale in zip(data.names, data.scales, strict=True)
        )
        covariates = np.hstack([trained, data.beside[scenes.source]])
        found.append(Plan(f"beside {', '.join(data.names)}", covariates, units))
    return tuple(found)


def carry_out(plan: Plan, scenes: Scenes, draw: Callable[[Posterior], Draws]) -> Variant:
    """Fit as planned, and say what came out."""
    posterior = Posterior.of(scenes.with_covariates(plan.covariates), plan.sd)
    drawn = draw(posterior)
    if not drawn.diagnostics.good:
        nan = float("nan")
        return Variant(plan.name, nan, nan, nan, reasons=drawn.diagnostics.reasons)
    beta = posterior.split(drawn.x)[2]
    beside = tuple(
        Coefficient(other, *interval(beta[:, q]), unit)
        for q, (other, unit) in enumerate(plan.others, start=1)
    )
    return Variant(plan.name, *interval(beta[:, 0]), beside)
