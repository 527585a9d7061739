"""Speed and memory of an evaluation, beside PyPI's diff-diff and csdid in the same run.

Every contender runs in a process of its own on one thread and gets the same columns in memory; the
time is from those columns to the estimate, best of several. Run: make bench (writes evaluate.md).
"""

import json
import os
import platform
import resource
import subprocess
import sys
import time
import warnings
from importlib.metadata import version
from pathlib import Path

DRAWS = 5000
REPEATS = {"stepdown estimate": 7, "stepdown test": 3, "diff-diff": 7, "csdid": 3}
REPORT = Path(__file__).with_suffix(".md")
COLUMNS = ("uid", "period", "first_trained", "complaints")


def chicago_columns():
    """Read the four columns that every contender needs."""
    from stepdown.incidents.datasets import fetch
    from stepdown.incidents.tables import read_table

    return read_table(fetch("chicago-pj", os.environ), COLUMNS).columns


def stepdown_sample(columns):
    from stepdown.evaluation.sample import draw_sample
    from stepdown.incidents.ready import panel_from_columns
    from stepdown.incidents.sources import PanelData

    source = PanelData(panel="memory", unit="uid", period="period", assigned="first_trained")
    panel, problems = panel_from_columns(columns, source, ["complaints"])
    if problems:
        raise SystemExit(str(problems[0]))
    return draw_sample(panel, panel.assigned, level="unit", blank_is_never=False)[0]


def stepdown_estimate(columns):
    from stepdown.evaluation.estimators import estimate
    from stepdown.evaluation.moments import cell_moments, lay_out

    sample = stepdown_sample(columns)
    moments = cell_moments(sample.outcomes["complaints"], lay_out(sample))
    return estimate(moments, "efficient", "simple").estimate


def stepdown_test(columns):
    from stepdown.evaluation.estimators import contrast_for
    from stepdown.evaluation.moments import lay_out
    from stepdown.evaluation.randomization import randomization_tests
    from stepdown.evaluation.statistics import project, project_training

    sample = stepdown_sample(columns)
    layout = lay_out(sample)
    contrast = contrast_for(layout, sample.n_periods, "efficient", "simple")
    projected = project(sample.outcomes["complaints"], layout, contrast)
    training = project_training(layout, contrast)
    tests = randomization_tests([projected], training, layout, draws=DRAWS, seed=1, workers=1)
    return tests[0].effect.p_value


def diff_diff(frame):
    from diff_diff import CallawaySantAnna

    fitted = CallawaySantAnna(control_group="not_yet_treated").fit(
        frame,
        outcome="complaints",
        unit="uid",
        time="period",
        first_treat="first_trained",
        aggregate="simple",
    )
    return float(fitted.overall_att)


def csdid(frame):
    from csdid.att_gt import ATTgt

    fitted = ATTgt(
        yname="complaints",
        gname="first_trained",
        idname="uid",
        tname="period",
        control_group=["notyettreated"],
        xformla="complaints~1",
        data=frame,
    ).fit(est_method="dr", bstrap=False)
    return float(fitted.aggte("simple", bstrap=False, cband=False).atte["overall_att"])


def resident_mib():
    with Path("/proc/self/statm").open() as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 2**20


def peak_mib():
    status = Path("/proc/self/status").read_text()
    line = next(row for row in status.splitlines() if row.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def measure(contender):
    """Run one contender and report seconds and memory as JSON."""
    warnings.simplefilter("ignore")
    columns = chicago_columns()
    ours = contender.startswith("stepdown")
    run = {
        "stepdown estimate": stepdown_estimate,
        "stepdown test": stepdown_test,
        "diff-diff": diff_diff,
        "csdid": csdid,
    }[contender]
    if ours:
        import stepdown.evaluation.evaluate  # noqa: F401 - imports belong to loading
    else:
        import pandas as pd

        columns = pd.DataFrame(columns)
        __import__(contender.replace("-", "_"))
    after_loading = resident_mib()
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak of loading
    seconds = []
    for _ in range(REPEATS[contender]):
        start = time.perf_counter()
        value = run(columns)
        seconds.append(time.perf_counter() - start)
    print(
        json.dumps(
            {"seconds": min(seconds), "value": value, "loaded": after_loading, "peak": peak_mib()}
        )
    )


def table(results):
    peer = results["diff-diff"]["seconds"]
    rows = [
        f"| {name} | {r['value']:.9f} | {r['seconds']:.3f} | {r['seconds'] / peer:.2f} "
        f"| {r['loaded']:.0f} | {r['peak']:.0f} | {r['peak'] / r['loaded']:.2f} |"
        for name, r in results.items()
    ]
    head = "| contender | estimate or p | seconds | of diff-diff | MiB loaded | peak | ratio |"
    return "\n".join([head, "|---|---|---|---|---|---|---|", *rows])


def report(results):
    estimate = results["stepdown estimate"]["seconds"] / results["diff-diff"]["seconds"]
    test = results["stepdown test"]["seconds"] / results["diff-diff"]["seconds"]
    memory = max(
        results[f"stepdown {k}"]["peak"] / results[f"stepdown {k}"]["loaded"]
        for k in ("estimate", "test")
    )
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("stepdown", "diff-diff", "csdid", "numpy", "pandas")
    )
    return f"""# Evaluation: speed and memory

Chicago rollout (7,785 officers, 72 months, 48 waves), outcome complaints, one thread. The efficient
estimate and its randomization test with {DRAWS:,} draws, beside Callaway-Sant'Anna of two packages
(a different estimator, so a different value). Reproduce with `make bench`.

{table(results)}

| bar | figure | held |
|---|---|---|
| an estimate in at most a third of diff-diff's time | {estimate:.2f} | {estimate <= 1 / 3} |
| a test of {DRAWS:,} draws in at most 4 diff-diff estimates | {test:.2f} | {test <= 4} |
| peak memory at most 1.3 times that after loading | {memory:.2f} | {memory <= 1.3} |

Python {platform.python_version()}; {packages}.
"""


def main():
    single = {f"{lib}_NUM_THREADS": "1" for lib in ("OMP", "OPENBLAS", "MKL", "NUMBA")}
    results = {}
    for contender in REPEATS:
        print(f"{contender} …", file=sys.stderr)
        done = subprocess.run(
            [sys.executable, __file__, contender],
            env={**os.environ, **single},
            stdout=subprocess.PIPE,
            check=True,
        )
        results[contender] = json.loads(done.stdout.splitlines()[-1])
    REPORT.write_text(report(results))
    print(REPORT.read_text())


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(sys.argv[1])
    else:
        main()
