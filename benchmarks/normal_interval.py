"""Could the normal interval be mended? Three attempts, in the populations of interval_coverage.py.

Run: python benchmarks/normal_interval.py (a minute or two). Writes benchmarks/normal_interval.md.
"""

from __future__ import annotations

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from scipy.stats import norm
from scipy.stats import t as student

from interval_coverage import judged, populations, truth_of

HERE = Path(__file__).parent
WAYS = (
    "Neyman error, normal (shipped)",
    "Neyman error, t with Welch–Satterthwaite degrees of freedom",
    "delete-one jackknife with beta estimated anew, normal",
    "the same jackknife, t with Welch–Satterthwaite degrees of freedom",
)


def redraw(population, number, replication):
    """Return outcomes, waves and strata of one redraw of those who are analysed."""
    rng = np.random.default_rng([7, number, replication])
    wave = population.waves.copy()
    for s in np.unique(population.stratum):
        here = population.stratum == s
        wave[here] = rng.permutation(wave[here])
    periods = np.arange(1, population.untrained.shape[1] + 1)
    y = population.untrained + population.effect * (periods >= wave[:, None])
    keep = population.stays
    return y[keep], wave[keep], population.stratum[keep]


def jackknife_variance(theta, pre, cell, weight):
    """Sum over cells of the delete-one jackknife variance; theta and pre are one number a unit."""
    sizes = np.bincount(cell)
    n, w = sizes[cell], weight[cell]
    mean_theta, mean_pre = (np.bincount(cell, v) / sizes for v in (theta, pre))
    d_theta, d_pre = theta - mean_theta[cell], pre - mean_pre[cell]

    def without_each(products):
        sums = np.bincount(cell, products)
        terms = weight**2 * sums / sizes / (sizes - 1)
        left = sums[cell] - products * n / (n - 1)
        return terms.sum() - terms[cell] + w**2 * left / (n - 1) / np.maximum(n - 2, 1)

    cov, var = without_each(d_theta * d_pre), without_each(d_pre * d_pre)
    beta = np.divide(cov, var, out=np.zeros_like(cov), where=var > 0)
    value = (weight * mean_theta).sum() - w * d_theta / (n - 1)
    value -= beta * ((weight * mean_pre).sum() - w * d_pre / (n - 1))
    centred = value - (np.bincount(cell, value) / sizes)[cell]
    return float(((n - 1) / n * centred**2).sum())


def replicate(task):
    """Return how often each way held the truth."""
    number, count = task
    from stepdown.evaluation.estimators import contrast_for, estimate
    from stepdown.evaluation.moments import cell_moments, lay_out
    from stepdown.evaluation.sample import Sample

    population = populations()[number]
    held = np.zeros(len(WAYS))
    for replication in range(count):
        y, wave, stratum = redraw(population, number, replication)
        sample = Sample(
            outcomes={"y": y}, exposure=None, wave=wave, due=wave, stratum=stratum,
            strata=tuple(map(str, np.unique(stratum))), n_people=len(y), events={"y": 1},
        )  # fmt: skip
        layout = lay_out(sample)
        moments = cell_moments(y, layout)
        contrast = contrast_for(moments, y.shape[1], "efficient", "simple")
        fit = estimate(moments, "efficient", "simple")
        truth = truth_of(population, layout.waves, layout.wave_sizes, population.stays)
        cell = np.empty(len(y), np.int64)
        cell[layout.order] = np.repeat(np.arange(len(layout.sizes)), layout.sizes)
        part = layout.wave_of_cell[cell]
        weights = (contrast.theta - fit.beta * contrast.pre)[moments.wave_of_cell]
        spread = np.einsum("ct,ctu,cu->c", weights, moments.cov, weights)
        terms = moments.weight**2 / moments.n * spread
        df = terms.sum() ** 2 / (terms**2 / (moments.n - 1)).sum()
        again = jackknife_variance(
            (y * contrast.theta[part]).sum(1), (y * contrast.pre[part]).sum(1), cell, moments.weight
        ) ** 0.5  # fmt: skip
        miss = abs(fit.estimate - truth)
        normal, wider = norm.ppf(0.975), student.ppf(0.975, df)
        held += [miss <= normal * fit.se_neyman, miss <= wider * fit.se_neyman,
                 miss <= normal * again, miss <= wider * again]  # fmt: skip
    return held


def main():
    """Write normal_interval.md."""
    options = argparse.ArgumentParser()
    options.add_argument("--replications", type=int, default=5000)
    options.add_argument("--workers", type=int, default=os.cpu_count())
    given = options.parse_args()
    everything = populations()
    with ProcessPoolExecutor(given.workers) as pool:
        tasks = [(number, given.replications) for number in range(len(everything))]
        rows = [found / given.replications for found in pool.map(replicate, tasks)]
    lines = [
        "# Could the normal interval be mended?", "",
        f"Written by `python benchmarks/normal_interval.py`: {given.replications:,} redrawn "
        "assignments of each population in", "[interval_coverage.md](interval_coverage.md); "
        "nominal 95 %. `under`: "
        "the 99 % binomial limits lie below, a failure.", "",
        *(f"{i}. {way}" for i, way in enumerate(WAYS, 1)), "",
        "| population | 1 | | 2 | | 3 | | 4 | |", "|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for population, row in zip(everything, rows, strict=True):
        cells = [f"{100 * s:.1f} % | {judged(s, given.replications)}" for s in row]
        lines.append(f"| {population.name} | {' | '.join(cells)} |")
    (HERE / "normal_interval.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
