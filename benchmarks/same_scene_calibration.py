"""Is the same-scene model calibrated, does it find beta, and what does dependence do to it?

Run: make bench-same-scene-calibration (about an hour on two cores). Writes
benchmarks/same_scene_calibration.md. Three parts, all on simulated scenes:

1. Simulation-based calibration (Talts and others 2018, arXiv 1804.06788): parameters drawn from the
   prior, levels drawn from the model given each scene's multiset; the rank of the truth among the
   draws must be uniform.
2. Recovery: whole agencies, levels drawn officer by officer, beta known.
3. Dependence: the same where officers calm or inflame each other, which the model does not know.
"""

from __future__ import annotations

import argparse
import os
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

HERE = Path(__file__).parent
RANKS, BINS = 99, 20
SMALL = {"officers": 40, "scenes": 140}
REAL = {"officers": 200, "scenes": 900}
QUANTITIES = ("beta", "delta 1", "delta 2", "lambda, first", "lambda, middle", "lambda, last",
              "log density")  # fmt: skip
BETAS = (0.0, -0.3)
DEPENDENCE = {
    "none": {},
    "a trained officer calms colleagues (-0.5)": {"calms": -0.5},
    "the same, and oneself as much": {"calms_all": -0.5},
    "the same with oneself, and beta = -0.3": {"calms_all": -0.5, "beta": -0.3},
    "force inflames those who act later (+0.5)": {"inflames": 0.5},
    "force inflames, and beta = -0.3": {"inflames": 0.5, "beta": -0.3},
    "trained officers come more often (+0.5)": {"attends": 0.5},
}


def calibrate(seed):
    """Draw one truth and its data; return the rank of each quantity and what intervals hold."""
    from stepdown.evaluation.same_scene.likelihood import DELTA_MEAN
    from stepdown.evaluation.same_scene.posterior import Posterior, scores
    from stepdown.evaluation.same_scene.sample import Tuning, sample
    from stepdown.evaluation.same_scene.scenes import informative
    from stepdown.evaluation.same_scene.simulate import Truth, redraw_levels, simulate_agency

    rng = np.random.default_rng([1, seed])
    scenes = informative(simulate_agency(rng, truth=Truth(), squad=10, **SMALL).scenes)
    posterior = Posterior.of(scenes)
    truth = rng.normal(size=posterior.size)
    lam, delta, beta = posterior.split(truth)
    delta += DELTA_MEAN
    beta *= posterior.beta_sd
    eta = lam[scenes.officer] + scenes.covariates @ beta
    scenes = scenes.with_levels(redraw_levels(scenes, eta, scores(delta), rng))
    posterior = Posterior.of(scenes)
    for draws in (1000, 4000, 16000):
        found = sample(posterior, seed, Tuning(chains=2, draws=draws, tune=500, cores=1))
        if found.diagnostics.good:
            break
    thinned = found.x[rng.permutation(len(found.x))[:RANKS]]

    def watched(x):
        lam, delta, beta = posterior.split(x)
        n = posterior.n_officers
        return [beta[0], delta[0], delta[1], lam[0], lam[n // 2], lam[n - 1], posterior(x)[0]]

    true = np.array(watched(truth))
    drawn = np.array([watched(x) for x in thinned])
    every = np.array([watched(x) for x in found.x])
    low, high = np.quantile(every, [0.025, 0.975], axis=0)
    return {
        "rank": (drawn < true).sum(axis=0).tolist(),
        "held": ((low <= true) & (true <= high)).tolist(),
        "good": found.diagnostics.good,
    }


def agency_of(seed, truth):
    """Simulate an agency and lay out what its tests need."""
    from stepdown.evaluation.same_scene.simulate import Truth, simulate_agency

    return simulate_agency(np.random.default_rng(seed), truth=Truth(**truth), **REAL)


def tests_of(agency, seed):
    """Return the p-values of the score test and of the attendance test."""
    from stepdown.evaluation.same_scene.permutation import permutation_tests
    from stepdown.evaluation.same_scene.scenes import informative

    told = informative(agency.scenes)
    found = permutation_tests(agency.scenes, told, agency.timing, draws=1999, seed=seed)
    return found.levels.p_value, found.attendance.p_value


def recover(task):
    """Fit one agency by NUTS; return the estimate, whether it holds the truth, and the tests."""
    from stepdown.evaluation.same_scene.posterior import Posterior
    from stepdown.evaluation.same_scene.sample import Tuning, sample
    from stepdown.evaluation.same_scene.scenes import informative

    beta, seed = task
    agency = agency_of([2, seed, int(-100 * beta)], {"beta": beta})
    posterior = Posterior.of(informative(agency.scenes))
    for draws in (1000, 4000):
        found = sample(posterior, seed, Tuning(chains=2, draws=draws, tune=400, cores=1))
        if found.diagnostics.good:
            break
    drawn = posterior.split(found.x)[2][:, 0]
    low, high = np.quantile(drawn, [0.025, 0.975])
    levels, attendance = tests_of(agency, seed)
    return {
        "beta": beta, "mean": float(drawn.mean()), "sd": float(drawn.std()),
        "held": bool(low <= beta <= high), "good": found.diagnostics.good,
        "levels": levels, "attendance": attendance,
    }  # fmt: skip


def depend(task):
    """Fit one agency with dependence by its mode; return beta, both tests and the force used."""
    from stepdown.evaluation.same_scene.mode import mode
    from stepdown.evaluation.same_scene.posterior import Posterior
    from stepdown.evaluation.same_scene.scenes import informative

    name, seed = task
    agency = agency_of([3, seed], DEPENDENCE[name])
    posterior = Posterior.of(informative(agency.scenes))
    beta = float(posterior.split(mode(posterior))[2][0])
    trained_there = np.bincount(agency.scenes.scene, agency.scenes.covariates[:, 0]) > 0
    used = agency.scenes.level[trained_there[agency.scenes.scene]] > 0
    levels, attendance = tests_of(agency, seed)
    return {"name": name, "beta": beta, "levels": levels, "attendance": attendance,
            "force": float(used.mean())}  # fmt: skip


def rate(count, of, nominal):
    """Word a rate, its 99 % binomial interval, and whether that holds the nominal level."""
    from scipy.stats import binomtest

    ends = binomtest(count, of).proportion_ci(0.99, "exact")
    word = "holds" if ends.low <= nominal <= ends.high else "**does not hold**"
    return f"{100 * count / of:.1f} % | {100 * ends.low:.1f} to {100 * ends.high:.1f} % | {word}"


def calibration_lines(found):
    """Report ranks and coverage."""
    from scipy.stats import chisquare

    rows = ["| quantity | chi-squared p of the ranks | 95 % intervals that hold the truth | 99 % "
            "limits | 95 % |", "|---|---|---|---|---|"]  # fmt: skip
    for i, name in enumerate(QUANTITIES):
        ranks = np.array([f["rank"][i] for f in found])
        bins = np.bincount(ranks * BINS // (RANKS + 1), minlength=BINS)
        held = sum(f["held"][i] for f in found)
        rows.append(f"| {name} | {chisquare(bins).pvalue:.3f} | {rate(held, len(found), 0.95)} |")
    bad = sum(not f["good"] for f in found)
    return [
        "## Simulation-based calibration",
        "",
        f"{len(found)} data sets, {SMALL['officers']} officers and {SMALL['scenes']} scenes before "
        f"those without variation are dropped; four levels.",
        f"Ranks among {RANKS} draws, in {BINS} bins. Data sets whose diagnostics stayed bad after "
        f"sixteen times the draws: {bad}.",
        "",
        *rows,
    ]


def recovery_lines(found):
    """Report recovery of beta and the size of both tests."""
    lines = [
        "## Recovery of beta",
        "",
        f"{REAL['officers']} officers, {REAL['scenes']} scenes, 2 to 12 officers each, training "
        "days drawn at random; NUTS.",
        "",
        "| | rate | 99 % limits | nominal |",
        "|---|---|---|---|",
    ]
    means = []
    for beta in BETAS:
        rows = [f for f in found if f["beta"] == beta]
        if not rows:
            continue
        held = sum(f["held"] for f in rows)
        lines.append(
            f"| beta = {beta:g}: 95 % intervals that hold it | {rate(held, len(rows), 0.95)} |"
        )
        come = sum(f["attendance"] <= 0.05 for f in rows)
        lines.append(
            f"| beta = {beta:g}: attendance test rejects at 5 % | {rate(come, len(rows), 0.05)} |"
        )
        found_it = sum(f["levels"] <= 0.05 for f in rows)
        if beta == 0:
            lines.append(
                f"| beta = 0: score test rejects at 5 % | {rate(found_it, len(rows), 0.05)} |"
            )
        estimates = np.array([f["mean"] for f in rows])
        error = estimates.std(ddof=1) / np.sqrt(len(rows))
        means.append(
            f"beta = {beta:g}: mean estimate {estimates.mean():.3f} (Monte Carlo error "
            f"{error:.3f}), spread of estimates {estimates.std(ddof=1):.3f}, mean posterior sd "
            f"{np.mean([f['sd'] for f in rows]):.3f}; the score test rejects in "
            f"{100 * found_it / len(rows):.0f} %; {len(rows)} agencies, "
            f"{sum(not f['good'] for f in rows)} with bad diagnostics."
        )
    return [*lines, "", *[f"- {m}" for m in means]]


def dependence_lines(found):
    """Report what dependence does to the estimate."""
    lines = [
        "## Dependence",
        "",
        "The model holds that officers act independently given the scene. Here they do not. The "
        "estimate is the mode;",
        "`force` is the share of",
        "officers who used any at scenes where somebody was trained.",
        "",
        "| truth | beta | mean estimate | score test rejects | attendance test rejects | force |",
        "|---|---|---|---|---|---|",
    ]
    for name, truth in DEPENDENCE.items():
        rows = [f for f in found if f["name"] == name]
        estimates = np.array([f["beta"] for f in rows])
        error = estimates.std(ddof=1) / np.sqrt(len(rows))
        lines.append(
            f"| {name} | {truth.get('beta', 0):g} | {estimates.mean():+.3f} ± {2 * error:.3f} "
            f"| {100 * np.mean([f['levels'] <= 0.05 for f in rows]):.0f} % "
            f"| {100 * np.mean([f['attendance'] <= 0.05 for f in rows]):.0f} % "
            f"| {100 * np.mean([f['force'] for f in rows]):.1f} % |"
        )
    return lines


def main():
    """Write same_scene_calibration.md."""
    options = argparse.ArgumentParser()
    options.add_argument("--replications", type=int, default=400)
    options.add_argument("--agencies", type=int, default=200, help="half as many with an effect")
    options.add_argument("--workers", type=int, default=os.cpu_count())
    given = options.parse_args()
    begin = time.perf_counter()
    with ProcessPoolExecutor(given.workers) as workers:
        parts = [
            calibration_lines(list(workers.map(calibrate, range(given.replications)))),
            dependence_lines(list(workers.map(depend, [
                (name, seed) for name in DEPENDENCE for seed in range(given.agencies)
            ]))),
            recovery_lines(list(workers.map(recover, [
                (beta, seed) for beta in BETAS
                for seed in range(given.agencies if beta == 0 else given.agencies // 2)
            ]))),
        ]  # fmt: skip
    parts = [parts[0], parts[2], parts[1]]
    lines = ["# Calibration of the same-scene model", "",
             "Written by `make bench-same-scene-calibration`. Every rate stands with its 99 % "
             "binomial limits, which must hold the nominal level."]  # fmt: skip
    for part in parts:
        lines += ["", *part]
    lines += ["", f"Took {(time.perf_counter() - begin) / 60:.0f} minutes on {given.workers} "
              "processes."]  # fmt: skip
    (HERE / "same_scene_calibration.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
