"""Coverage of the pooled interval and of the prediction interval: studies drawn, truth known.

Run: make bench-pooling (about five minutes). Writes benchmarks/pooling.md. Nominal is 95 %. Beside
ours stand the same fit with Hartung & Knapp unguarded, and with a normal interval.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

HERE = Path(__file__).parent
TRUTH = math.log(0.85)
SIZES = (3, 5, 10, 20)
SPREADS = (0.0, 0.1, 0.3)
SHAPES = ("alike", "one large", "mixed")
BLOCK = 250


def errors_of(shape, k, rng):
    """Return standard errors of k studies as log rate ratios."""
    if shape == "alike":
        return np.full(k, 0.15)
    if shape == "one large":
        return np.concatenate([[0.04], np.full(k - 1, 0.25)])
    return rng.uniform(0.05, 0.4, k)


def replicate(task):
    """Draw a block of collections of studies; count what each interval holds."""
    from scipy.stats import norm, t

    from stepdown.evidence.effects import Effect
    from stepdown.evidence.pooling import pool

    k, tau, shape, seed, count = task
    rng = np.random.default_rng([k, int(100 * tau), SHAPES.index(shape), seed])
    held = np.zeros(4)
    for _ in range(count):
        se = errors_of(shape, k, rng)
        y = TRUTH + rng.normal(0, tau, k) + rng.normal(0, se)
        found = pool([Effect(f"r{i}", f"s{i}", float(y[i]), float(se[i])) for i in range(k)])
        plain = 1 / math.sqrt((1 / (se**2 + found.tau2)).sum())
        unguarded = t.ppf(0.975, k - 1) * plain * math.sqrt(found.hartung_knapp)
        off = abs(found.mean - TRUTH)
        new = TRUTH + rng.normal(0, tau)
        held += (
            found.low <= TRUTH <= found.high,
            off <= unguarded,
            off <= norm.ppf(0.975) * plain,
            found.prediction_low <= new <= found.prediction_high,
        )
    return (k, tau, shape), held


def judged(share, count):
    """Say how an observed coverage stands to 95 %, by its 99 % binomial limits."""
    from scipy.stats import binomtest

    found = binomtest(round(share * count), count).proportion_ci(0.99, "exact")
    if found.high < 0.95:
        return "under"
    return "over" if found.low > 0.95 else "held"


def main():
    """Write pooling.md."""
    options = argparse.ArgumentParser()
    options.add_argument("--replications", type=int, default=5000)
    options.add_argument("--workers", type=int, default=os.cpu_count())
    given = options.parse_args()
    count, begin = given.replications, time.perf_counter()
    tasks = [
        (k, tau, shape, block, min(BLOCK, count - first))
        for k in SIZES
        for tau in SPREADS
        for shape in SHAPES
        for block, first in enumerate(range(0, count, BLOCK))
    ]
    held = {}
    with ProcessPoolExecutor(given.workers) as workers:
        for key, found in workers.map(replicate, tasks):
            held[key] = held.get(key, np.zeros(4)) + found
    lines = [
        "# Coverage of pooled intervals",
        "",
        f"Written by `make bench-pooling`: {count:,} collections of studies a line, true rate "
        "ratio 0.85; tau is the",
        "standard deviation between studies. `under`: the 99 % binomial limits lie below 95 %; "
        "`over`: above. Ours:",
        "Hartung and Knapp with the factor max(1, q), REML. Prediction: t with k - 2 degrees of "
        "freedom.",
        "",
        "| studies | tau | errors | ours | | unguarded | normal | prediction | |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for (k, tau, shape), sums in held.items():
        s = sums / count
        lines.append(
            f"| {k} | {tau:g} | {shape} | {100 * s[0]:.1f} % | {judged(s[0], count)} "
            f"| {100 * s[1]:.1f} % | {100 * s[2]:.1f} % | {100 * s[3]:.1f} % "
            f"| {judged(s[3], count)} |"
        )
    lines += ["", f"Took {(time.perf_counter() - begin) / 60:.0f} minutes on {given.workers} "
              "processes."]  # fmt: skip
    (HERE / "pooling.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
