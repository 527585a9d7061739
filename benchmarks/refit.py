"""Simulate agencies, refit each, and count how often the intervals hold the truth.

Run: make bench-refit. Writes benchmarks/refit.md. Each agency has its own truth, drawn from the
prior; its people are tested three times per technique. Who did badly is tested again sooner, and
scores have four points above 0, as on a site.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from scipy.stats import binomtest

from stepdown.retention.prior import prior_of, shipped
from stepdown.retention.recall import Parameters
from stepdown.retention.refit import refit

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from tests.retention.cases import simulated  # noqa: E402

TECHNIQUES = ("position", "listening", "options")
PEOPLE, TESTS, AGENCIES, POINTS = 60, 3, 600, 4
Z = 1.959963984540054


def agency(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return which intervals hold, what was estimated, and how much surer one is."""
    prior = prior_of(shipped(), TECHNIQUES)
    truth = np.random.default_rng([seed, 9]).multivariate_normal(prior.mean, prior.covariance)
    given = simulated(seed, Parameters.of(truth), PEOPLE, TESTS, points=POINTS, chosen=True)
    fit = refit(given, prior)
    off = np.abs(fit.mean - truth) / np.sqrt(np.diag(fit.covariance))
    return off < Z, fit.estimated, np.array([m.surer for m in fit.moved])


def main() -> None:
    """Simulate and write the report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--agencies", type=int, default=AGENCIES)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    with ProcessPoolExecutor(given.workers) as pool:
        found = list(pool.map(agency, range(given.agencies), chunksize=5))
    holds, estimated, surer = (np.array(part) for part in zip(*found, strict=True))
    lines = []
    for n, name in enumerate(prior_of(shipped(), TECHNIQUES).names):
        hit = int(holds[:, n].sum())
        low, high = binomtest(hit, given.agencies).proportion_ci(0.99, method="exact")
        lines.append(
            f"| {name} | {100 * hit / given.agencies:.1f} | {100 * low:.1f} to {100 * high:.1f} | "
            f"{'yes' if low <= 0.95 <= high else 'NO'} | {100 * estimated[:, n].mean():.0f} | "
            f"{surer[:, n].mean():.2f} |"
        )
        print(lines[-1], flush=True)
    head = f"""# Refit: how often the intervals hold the truth

Written by `make bench-refit`: {given.agencies} simulated agencies of {PEOPLE} people,
{len(TECHNIQUES)} techniques, {TESTS} tests of each, 60 to 540 days apart; whoever scored below the
median is tested again after half of that. Scores are 0 to 4 points, rounded, and cut off at the
ends. Each agency's truth is drawn from the shipped prior; its people then forget as the model says.
**holds**: how often the 95 % interval holds the truth, in %, with the exact 99 % binomial interval;
it has to contain 95. **estimated**: in how many agencies the re-tests told enough of the parameter,
in %. **surer**: 0 as before, 1 known exactly.

| parameter | holds | 99 % | contains 95 | estimated | surer |
|---|---|---|---|---|---|
"""
    (HERE / "refit.md").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
