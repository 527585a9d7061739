"""Coverage and size: potential outcomes fixed, the assignment redrawn, the truth known.

Run: make bench-coverage (about half an hour on two cores). Writes benchmarks/interval_coverage.md.
The truth is the estimand on the fixed potential outcomes. Nominal is 95 %; undercoverage is a
failure, overcoverage a finding (the Neyman error is conservative where effects differ).
"""

from __future__ import annotations

import argparse
import os
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

HERE = Path(__file__).parent
NEVER = np.inf
DRAWS = 199
BLOCK = 250


@dataclass(frozen=True)
class Population:
    """Fixed potential outcomes: untrained counts, and what training adds from its period on."""

    name: str
    untrained: np.ndarray  # (N, T)
    effect: np.ndarray  # (N, T) added once trained
    waves: np.ndarray  # (N,) the waves to be dealt out
    stratum: np.ndarray  # (N,)
    stays: np.ndarray  # (N,) analysed at all


def frail(rng, n, periods, rate, shape=1.0):
    """Return counts of people who differ."""
    return rng.poisson(rate * rng.gamma(shape, 1 / shape, n)[:, None], (n, periods)).astype(float)


def dealt(sizes):
    """Return one wave per unit."""
    return np.repeat(list(sizes), list(sizes.values())).astype(float)


def populations():
    """Return the ten populations, the same at every run."""
    rng = np.random.default_rng(2026)
    even = {4: 60, 7: 60, 10: 60, NEVER: 60}

    def made(name, y, effect, sizes, stratum=None, stays=None):
        waves = sizes if isinstance(sizes, np.ndarray) else dealt(sizes)
        n = len(y)
        shape = np.broadcast_to(effect, y.shape).astype(float)
        return Population(
            name, y, shape, waves,
            np.zeros(n, np.int64) if stratum is None else stratum,
            np.ones(n, bool) if stays is None else stays,
        )  # fmt: skip

    y = frail(rng, 240, 12, 1.0)
    found = [
        made("constant effect", y, -0.3, even),
        made("multiplicative effect, -30 %", y, -0.3 * y, even),
        made("effects that differ from officer to officer", y,
             rng.normal(-0.3, 0.5, 240)[:, None], even),
        made("no effect", y, 0.0, even),
    ]  # fmt: skip
    rare = frail(rng, 800, 12, 0.01)
    found.append(made("rare outcome, 0.01 a month, no effect", rare, 0.0,
                      {4: 200, 7: 200, 10: 200, NEVER: 200}))  # fmt: skip
    squads = rng.poisson(2.0 * rng.gamma(4, 0.25, (10, 1)), (10, 12)) + rng.normal(0, 0.3, (10, 12))
    found.append(made("ten clusters, constant effect", squads, -0.5, {5: 3, 8: 3, NEVER: 4}))
    small = frail(rng, 30, 12, 1.5)
    found.append(made("cohorts of six, constant effect", small, -0.4,
                      {4: 6, 6: 6, 8: 6, 10: 6, NEVER: 6}))  # fmt: skip
    stratum = np.repeat([0, 1, 2], [120, 80, 40])
    level = np.array([0.5, 1.5, 3.0])[stratum]
    strata = rng.poisson(level[:, None] * rng.gamma(2, 0.5, (240, 1)), (240, 12)).astype(float)
    waves = np.concatenate([dealt({4: k, 7: k, NEVER: k + r}) for k, r in
                            ((40, 0), (26, 2), (13, 1))])  # fmt: skip
    found.append(made("three strata, multiplicative effect", strata, -0.3 * strata, waves, stratum))
    stays = rng.random(240) > 0.2
    found.append(made("a fifth leave, whatever their wave", y, -0.3, even, stays=stays))
    broken = y.copy()
    broken[:, 6:] = rng.binomial(y[:, 6:].astype(int), 0.6)
    found.append(made("a break in recording from period 7", broken, -0.3 * broken, even))
    return found


def truth_of(population, layout_waves, sizes, keep):
    """Return the estimand on the potential outcomes of those who are analysed."""
    from stepdown.evaluation.contrasts import estimand_weights

    weights = estimand_weights("simple", layout_waves, sizes, population.untrained.shape[1])
    # Every effect here begins with training and depends on the period alone.
    return float((weights * population.effect[keep].mean(axis=0)).sum())


def replicate(task):
    """Redraw one population `count` times; return counts of what held, and widths."""
    number, first, count = task
    from stepdown.evaluation.deciding import range_of, reach_of
    from stepdown.evaluation.estimators import contrast_for, estimate
    from stepdown.evaluation.moments import cell_moments, lay_out
    from stepdown.evaluation.randomization import randomization_tests
    from stepdown.evaluation.sample import Sample
    from stepdown.evaluation.statistics import project, project_training

    population = populations()[number]
    periods = np.arange(1, population.untrained.shape[1] + 1)
    held = np.zeros(6)
    for replication in range(first, first + count):
        rng = np.random.default_rng([7, number, replication])
        wave = population.waves.copy()
        for s in np.unique(population.stratum):
            here = population.stratum == s
            wave[here] = rng.permutation(wave[here])
        y = population.untrained + population.effect * (periods >= wave[:, None])
        keep = population.stays
        sample = Sample(
            outcomes={"y": y[keep]}, exposure=None, wave=wave[keep], due=wave[keep],
            stratum=population.stratum[keep],
            strata=tuple(map(str, np.unique(population.stratum))),
            n_people=int(keep.sum()), events={"y": 1},
        )  # fmt: skip
        layout = lay_out(sample)
        truth = truth_of(population, layout.waves, layout.wave_sizes, keep)
        fit = estimate(cell_moments(sample.outcomes["y"], layout), "efficient", "simple")
        contrast = contrast_for(layout, sample.n_periods, "efficient", "simple")
        test = randomization_tests(
            [project(sample.outcomes["y"], layout, contrast)], project_training(layout, contrast),
            layout, draws=DRAWS, seed=replication,
        )[0].effect  # fmt: skip
        wide = range_of(fit, reach_of(fit, test))
        low = -np.inf if test.ci_low is None else test.ci_low
        high = np.inf if test.ci_high is None else test.ci_high
        held += [
            fit.ci[0] <= truth <= fit.ci[1],
            low <= truth <= high,
            wide.low is None or wide.low <= truth <= wide.high,
            test.p_value <= 0.05,
            fit.ci[1] - fit.ci[0],
            (high - low) if np.isfinite(high - low) else 0.0,
        ]
    return number, held


def limits(share, count):
    """Return the 99 % binomial limits of an observed share."""
    from scipy.stats import binomtest

    found = binomtest(round(share * count), count).proportion_ci(0.99, "exact")
    return found.low, found.high


def judged(share, count):
    """Say how an observed coverage stands to 95 %."""
    low, high = limits(share, count)
    if high < 0.95:
        return "under"
    return "over" if low > 0.95 else "held"


def main():
    """Write interval_coverage.md."""
    options = argparse.ArgumentParser()
    options.add_argument("--replications", type=int, default=5000)
    options.add_argument("--workers", type=int, default=os.cpu_count())
    given = options.parse_args()
    count, begin = given.replications, time.perf_counter()
    everything = populations()
    tasks = [(n, first, min(BLOCK, count - first)) for n in range(len(everything))
             for first in range(0, count, BLOCK)]  # fmt: skip
    held = np.zeros((len(everything), 6))
    with ProcessPoolExecutor(given.workers) as pool:
        for number, found in pool.map(replicate, tasks):
            held[number] += found
    shares = held / count
    lines = [
        "# Coverage and size of intervals and test", "",
        f"Written by `make bench-coverage`: {count:,} redrawn assignments a population, {DRAWS} "
        "draws each, potential", "outcomes fixed. Truth is the estimand on them. `under`: the 99 % "
        "binomial limits lie below 95 %, a failure;", "`over`: above, a finding. The range is the "
        "wider of the two on each side, and what the verdict rests on.", "",
        "| population | normal | | inverted | | range | | inverted width / normal | no effect "
        "rejected |", "|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for population, s in zip(everything, shares, strict=True):
        cells = [f"{100 * s[i]:.1f} % | {judged(s[i], count)}" for i in range(3)]
        none = not population.effect.any()
        size = f"{100 * s[3]:.1f} %" if none else ""
        lines.append(f"| {population.name} | {' | '.join(cells)} | {s[5] / s[4]:.2f} | {size} |")
    lines += ["", f"Took {(time.perf_counter() - begin) / 60:.0f} minutes on {given.workers} "
              "processes."]  # fmt: skip
    (HERE / "interval_coverage.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
