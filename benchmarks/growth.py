"""How time and memory grow with the number of units, and what inverting the test costs.

Run: make bench-growth. Writes benchmarks/growth.md. Each size runs in a process of its own. The
Chicago rows need STEPDOWN_DATA_DIR and are left out without it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

HERE = Path(__file__).parent
SIZES = (1_000, 10_000, 100_000, 1_000_000)
PERIODS, WAVES, DRAWS = 120, 10, 20
MOST_GIB, MOST_RATIO = 4.0, 10.0
BYTES_A_UNIT = 8 + 8 + 16 + 16 + 14 * 8
"""What a draw must touch for each unit: the permutation, the wave, two pairs, fourteen terms."""


def sample_of(count):
    """Return a rollout of `count` units in ten waves, made block by block."""
    from stepdown.evaluation.sample import Sample

    rng = np.random.default_rng(1)
    y = np.empty((count, PERIODS))
    for first in range(0, count, 50_000):
        part = y[first : first + 50_000]
        part[:] = rng.poisson(0.04 * rng.gamma(1, 1, len(part))[:, None], part.shape)
    wave = rng.permutation(np.resize([*range(13, 13 + 10 * (WAVES - 1), 10), np.inf], count))
    return Sample(
        outcomes={"y": y}, exposure=None, wave=wave, due=wave,
        stratum=np.zeros(count, np.int64), strata=("",), n_people=count, events={"y": 1},
    )  # fmt: skip


def measure(count):
    """Measure one size; printed as JSON."""
    from stepdown.evaluation.estimators import contrast_for, estimate
    from stepdown.evaluation.moments import cell_moments, lay_out
    from stepdown.evaluation.randomization import randomization_tests
    from stepdown.evaluation.statistics import project, project_training

    sample = sample_of(count)
    begin = time.perf_counter()
    layout = lay_out(sample)
    estimate(cell_moments(sample.outcomes["y"], layout), "efficient", "simple")
    estimated = time.perf_counter() - begin
    begin = time.perf_counter()
    contrast = contrast_for(layout, sample.n_periods, "efficient", "simple")
    projected = project(sample.outcomes["y"], layout, contrast)
    training = project_training(layout, contrast)
    projecting = time.perf_counter() - begin
    begin = time.perf_counter()
    randomization_tests([projected], training, layout, draws=DRAWS, seed=1)
    drawn = (time.perf_counter() - begin) / DRAWS
    status = Path("/proc/self/status").read_text()
    peak = next(int(x.split()[1]) for x in status.splitlines() if x.startswith("VmHWM")) / 2**20
    print(json.dumps([estimated, projecting, drawn, peak]))


def chicago():
    """Return seconds of a test of 2,000 draws alone, and with its interval."""
    from evaluate import chicago_columns, stepdown_sample
    from stepdown.evaluation.draws import random_blocks
    from stepdown.evaluation.estimators import contrast_for
    from stepdown.evaluation.inversion import Curve, invert
    from stepdown.evaluation.moments import lay_out
    from stepdown.evaluation.randomization import _joined
    from stepdown.evaluation.statistics import project, project_training, statistics

    sample = stepdown_sample(chicago_columns())
    layout = lay_out(sample)
    contrast = contrast_for(layout, sample.n_periods, "efficient", "simple")
    best = [np.inf, np.inf]
    for _ in range(3):
        begin = time.perf_counter()
        projected = [project(sample.outcomes["complaints"], layout, contrast)]
        training = project_training(layout, contrast)
        observed = statistics(projected, training, layout, [layout.order])[0]
        parts = [statistics(projected, training, layout, block())[0]
                 for block in random_blocks(layout, 2000, 1)]  # fmt: skip
        drawn = _joined(parts)
        drawn.effect(np.zeros(1))
        test = time.perf_counter() - begin
        begin = time.perf_counter()
        invert(Curve(observed, drawn, exact=False), *observed.estimate())
        best = [min(best[0], test), min(best[1], test + time.perf_counter() - begin)]
    return best


def main():
    """Write growth.md."""
    lines = [
        "# Growth: units, time and memory", "",
        f"Written by `make bench-growth`: {PERIODS} months, {WAVES} waves, one thread, each size "
        "in a process of its own.", "A draw recomputes estimate, weight and standard error for one "
        "redrawn assignment, for every supposed effect at once.", "",
        "| units | estimate, s | projections, s | a draw, ms | bytes a draw must touch | GB/s | "
        "peak, GiB |", "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    peak = 0.0
    for count in SIZES:
        done = subprocess.run([sys.executable, __file__, str(count)], capture_output=True,
                              text=True, check=True)  # fmt: skip
        estimated, projecting, drawn, peak = json.loads(done.stdout)
        touched = BYTES_A_UNIT * count
        lines.append(
            f"| {count:,} | {estimated:.2f} | {projecting:.2f} | {1000 * drawn:.2f} | "
            f"{touched:,} | {touched / drawn / 1e9:.1f} | {peak:.2f} |"
        )
    lines += ["", "| bar | figure | held |", "|---|---|---|",
              f"| 1,000,000 units by 120 months in at most {MOST_GIB:g} GiB | {peak:.2f} | "
              f"{peak <= MOST_GIB} |"]  # fmt: skip
    if os.environ.get("STEPDOWN_DATA_DIR"):
        test, inverted = chicago()
        lines.append(
            f"| Chicago, 2,000 draws with the interval in at most {MOST_RATIO:g} times the test "
            f"({test:.2f} s) | {inverted / test:.2f} | {inverted <= MOST_RATIO * test} |"
        )
    (HERE / "growth.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(int(sys.argv[1]))
    else:
        main()
