"""Error rates of several outcomes and of safety verdicts: assignments redrawn, the truth known.

Run: make bench-coverage (this part takes about half an hour on two cores). Writes
benchmarks/error_rates.md.
"""

from __future__ import annotations

import argparse
import os
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from interval_coverage import BLOCK, DRAWS, NEVER, dealt, judged, limits

HERE = Path(__file__).parent

FAMILIES = ("no effect on any", "a constant effect on the first")
MARGINS = ("a rise by exactly the margin, +20 %", "a rise by exactly the margin, 0.2",
           "no effect, margin +20 %")  # fmt: skip


def family():
    """Return three outcomes of 180 people: correlated, and of unequal variance."""
    rng = np.random.default_rng(77)
    shared = rng.gamma(1.0, 1.0, (180, 1))
    return [
        rng.poisson(0.6 * shared, (180, 10)).astype(float),
        rng.poisson(0.2 + 3.0 * shared, (180, 10)).astype(float),
        rng.poisson(rng.gamma(0.3, 2.0, (180, 1)), (180, 10)).astype(float),
    ]


def drawn_sample(rng, outcomes, effects):
    """Redraw three waves of sixty and return what would have been counted."""
    from stepdown.evaluation.sample import Sample

    wave = rng.permutation(dealt({4: 60, 7: 60, NEVER: 60}))
    trained = np.arange(1, 11) >= wave[:, None]
    ys = {str(n): y + e * trained for n, (y, e) in enumerate(zip(outcomes, effects, strict=True))}
    return Sample(
        outcomes=ys, exposure=None, wave=wave, due=wave, stratum=np.zeros(180, np.int64),
        strata=("",), n_people=180, events={},
    )  # fmt: skip


def several(task):
    """Redraw the family: any false rejection, and all intervals true at once."""
    number, first, count = task
    from stepdown.evaluation.deciding import range_of, reach_of
    from stepdown.evaluation.estimators import contrast_for, estimate
    from stepdown.evaluation.moments import cell_moments, lay_out
    from stepdown.evaluation.randomization import randomization_tests
    from stepdown.evaluation.statistics import project, project_training

    outcomes, held = family(), np.zeros(2)
    effects = [0.0, 0.0, 0.0] if number == 0 else [-0.5, 0.0, 0.0]
    for replication in range(first, first + count):
        sample = drawn_sample(np.random.default_rng([8, number, replication]), outcomes, effects)
        layout = lay_out(sample)
        contrast = contrast_for(layout, 10, "efficient", "simple")
        tests = randomization_tests(
            [project(y, layout, contrast) for y in sample.outcomes.values()],
            project_training(layout, contrast), layout, draws=DRAWS, seed=replication,
            family=(0, 1, 2),
        )  # fmt: skip
        true = [n for n, effect in enumerate(effects) if effect == 0]
        together = True
        for n, y in enumerate(sample.outcomes.values()):
            fit = estimate(cell_moments(y, layout), "efficient", "simple")
            ends = range_of(fit, reach_of(fit, tests[n].effect, tests[n].simultaneous))
            together &= ends.low <= effects[n] <= ends.high
        held += [any(tests[n].effect.adjusted_p_value <= 0.05 for n in true), together]
    return number, held


def safety(task):
    """Redraw a safety outcome: called not worse at the margin, called worse without an effect."""
    number, first, count = task
    from stepdown.evaluation.deciding import margin_of, reach_of
    from stepdown.evaluation.estimators import contrast_for, estimate
    from stepdown.evaluation.moments import cell_moments, lay_out
    from stepdown.evaluation.randomization import randomization_tests
    from stepdown.evaluation.statistics import project, project_training
    from stepdown.evaluation.verdict import decide_safety

    y, held = family()[1], np.zeros(2)
    effect = (0.2 * y, 0.2, 0.0)[number]
    for replication in range(first, first + count):
        rng = np.random.default_rng([9, number, replication])
        sample = drawn_sample(rng, [y], [effect])
        layout = lay_out(sample)
        contrast = contrast_for(layout, 10, "efficient", "simple")
        counts = sample.outcomes["0"]
        test = randomization_tests(
            [project(counts, layout, contrast)], project_training(layout, contrast), layout,
            draws=DRAWS, seed=replication,
        )[0].effect  # fmt: skip
        fit = estimate(cell_moments(counts, layout), "efficient", "simple")
        reach = reach_of(fit, test, directed=True)
        beyond = margin_of(fit, reach, 0.2, None if number == 1 else 0.2)
        code = decide_safety(reach.around(fit.estimate, fit.se_neyman), beyond)
        held += [code == "not_worse", code == "worse"]
    return number, held


def at_most(share, count, level):
    """Say whether an error rate is above its level by more than chance."""
    return "above" if limits(share, count)[0] > level else "held"


def _error_rates(pool, count):
    """Return the tables of several outcomes and of safety."""
    starts = range(0, count, BLOCK)
    found = {}
    for run, names in ((several, FAMILIES), (safety, MARGINS)):
        shares = np.zeros((len(names), 2))
        tasks = [(n, first, min(BLOCK, count - first)) for n in range(len(names))
                 for first in starts]  # fmt: skip
        for number, held in pool.map(run, tasks):
            shares[number] += held
        found[run] = shares / count
    lines = ["", "## Three secondary outcomes, correlated, of unequal variance", "",
             "| truth | any true null rejected (5 %) | | all ranges hold (95 %) | |",
             "|---|---|---|---|---|"]  # fmt: skip
    for name, (wrong, held) in zip(FAMILIES, found[several], strict=True):
        lines.append(f"| {name} | {100 * wrong:.1f} % | {at_most(wrong, count, 0.05)} | "
                     f"{100 * held:.1f} % | {judged(held, count)} |")  # fmt: skip
    lines += ["", "## Safety against a margin, 2.5 % on each side", "",
              "| truth | called not worse | | called worse | |",
              "|---|---|---|---|---|"]  # fmt: skip
    for n, (name, (fine, worse)) in enumerate(zip(MARGINS, found[safety], strict=True)):
        first = at_most(fine, count, 0.025) if n < 2 else "power"
        last = at_most(worse, count, 0.025) if n == 2 else "power"
        lines.append(f"| {name} | {100 * fine:.1f} % | {first} | {100 * worse:.1f} % | {last} |")
    return lines


def main():
    """Write error_rates.md."""
    options = argparse.ArgumentParser()
    options.add_argument("--replications", type=int, default=5000)
    options.add_argument("--workers", type=int, default=os.cpu_count())
    given = options.parse_args()
    begin = time.perf_counter()
    lines = [
        "# Error rates of several outcomes and of safety", "",
        f"Written by `make bench-coverage`: {given.replications:,} redrawn assignments a row, "
        f"{DRAWS} draws each, potential outcomes", "fixed, 180 people in three waves over ten "
        "periods. `above`: the 99 % binomial limits lie above the level, a failure.",
    ]  # fmt: skip
    with ProcessPoolExecutor(given.workers) as pool:
        lines += _error_rates(pool, given.replications)
    minutes = (time.perf_counter() - begin) / 60
    lines += ["", f"Took {minutes:.0f} minutes on {given.workers} processes."]
    (HERE / "error_rates.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
