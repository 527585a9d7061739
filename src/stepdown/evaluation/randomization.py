"""Randomization test: would another draw of the same lottery have given as large an effect?

Under the sharp null hypothesis (training changed nothing for anybody) the outcomes are fixed and
only the assignment is random. The test redraws it exactly as it was drawn, within strata, and
recomputes the studentized statistic, beta and standard error included, in every draw (Roth &
Sant'Anna 2023, section 4; studentizing also makes it valid for the average effect in large
samples). Inverting it gives the interval of effects that it does not reject.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace

import numpy as np

from stepdown.evaluation.draws import (
    BLOCK,
    Block,
    all_assignments,
    count_assignments,
    random_blocks,
)
from stepdown.evaluation.inversion import Curve, at_least, invert, one_sided
from stepdown.evaluation.moments import Layout
from stepdown.evaluation.multiplicity import critical_value, step_down
from stepdown.evaluation.results import Randomization
from stepdown.evaluation.statistics import Polynomials, Projected, Training, statistics
from stepdown.incidents.panel import Floats
from stepdown.progress import Progress, silent

TASK = "Redrawing the assignment"


@dataclass(frozen=True, slots=True)
class RandomizationTests:
    """The three tests of one outcome; the latter two are tests of the draw itself."""

    effect: Randomization
    before: Randomization
    waves: Randomization
    simultaneous: float | None = None
    """Multiplier of an interval that holds for all outcomes of the family together."""


def randomization_tests(
    outcomes: list[Projected],
    training: Training,
    layout: Layout,
    *,
    draws: int,
    seed: int,
    family: Sequence[int] = (),
    workers: int = 1,
    progress: Progress = silent,
) -> list[RandomizationTests]:
    """Test every outcome with the same redrawn assignments, and invert the test of the effect.

    `family` are the places of the outcomes that share their 5 %: two or more of them get adjusted
    p-values and a simultaneous multiplier.

    Where there are no more than `draws` distinct assignments all of them are compared and p is
    exact. Otherwise p = (1 + hits) / (1 + draws), a valid level for any number of draws; `seed`
    fixes the draws and `workers` changes only how long it takes. `progress` follows the blocks.
    """
    observed = statistics(outcomes, training, layout, [layout.order])
    total = count_assignments(layout, limit=draws)
    exact = total <= draws
    blocks = all_assignments(layout) if exact else random_blocks(layout, draws, seed)

    def run(orders: Block) -> list[Polynomials]:
        return statistics(outcomes, training, layout, orders())

    n_blocks = math.ceil((total if exact else draws) / BLOCK)
    parts: list[list[Polynomials]] = []
    with ThreadPoolExecutor(max_workers=workers) as pool:
        for part in pool.map(run, blocks):
            parts.append(part)
            progress(TASK, len(parts), n_blocks)
    curves = [
        Curve(observed[i], _joined(part[i] for part in parts), exact) for i in range(len(outcomes))
    ]
    tests = [_tests(curve) for curve in curves]
    if len(family) > 1:
        for place, test in zip(family, _together([curves[i] for i in family]), strict=True):
            p, multiplier = test
            effect = tests[place].effect.model_copy(update={"adjusted_p_value": p})
            tests[place] = replace(tests[place], effect=effect, simultaneous=multiplier)
    return tests


def _together(curves: list[Curve]) -> list[tuple[float, float]]:
    """Return the adjusted p-value and the simultaneous multiplier of each outcome of a family."""
    zero, exact = np.zeros(1), curves[0].exact
    observed = np.array([c.observed.effect(zero)[0, 0] for c in curves])
    drawn = np.stack([c.drawn.effect(zero)[:, 0] for c in curves], axis=1)
    adjusted = step_down(observed, drawn, exact=exact)
    apart = [c.drawn.effect(np.array([c.observed.estimate()[0]]))[:, 0] for c in curves]
    multiplier = critical_value(np.stack(apart, axis=1), exact=exact)
    return [(float(p), multiplier) for p in adjusted]


def _joined(parts: Iterable[Polynomials]) -> Polynomials:
    blocks = list(parts)
    return Polynomials(
        **{
            f.name: np.concatenate([getattr(block, f.name) for block in blocks])
            for f in fields(Polynomials)
        }
    )


def _tests(curve: Curve) -> RandomizationTests:
    observed, drawn, exact, zero = curve.observed, curve.drawn, curve.exact, np.zeros(1)
    effect = _summarise(float(observed.effect(zero)[0, 0]), drawn.effect(zero)[:, 0], exact=exact)
    return RandomizationTests(
        effect=_with_interval(effect, curve),
        before=_summarise(float(observed.before()[0]), drawn.before(), exact=exact),
        waves=_summarise(float(observed.waves[0]), drawn.waves, exact=exact),
    )


def _with_interval(test: Randomization, curve: Curve) -> Randomization:
    """Add the interval; without variance there is none."""
    value, se = curve.observed.estimate()
    if se <= 0:
        return test
    found = invert(curve, value, se)
    bounds = one_sided(curve, value, se)
    return test.model_copy(
        update={
            "ci_low": found.low,
            "ci_high": found.high,
            "ci_gaps": found.gaps,
            "lower_bound": bounds[0],
            "upper_bound": bounds[1],
            "ci_low_mc_error": found.low_error,
            "ci_high_mc_error": found.high_error,
        }
    )


def _summarise(observed: float, drawn: Floats, *, exact: bool) -> Randomization:
    draws = len(drawn)
    hits = int(at_least(drawn, np.float64(observed)).sum())
    if exact:
        hits = max(hits, 1)  # the observed assignment is one of them, whatever rounding says
        smallest = int(at_least(drawn, np.float64(drawn.max())).sum()) / draws
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
