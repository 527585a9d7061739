"""Measure the technique coder: agreement with experts, resistance to gaming, speed.

Run: make bench-technique. Needs STEPDOWN_DATA_DIR with annomi/ and polcom/ (never part of this
repository). Writes benchmarks/technique.md.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
BARS = {
    "question_macro_f1": 0.90,
    "reflection_macro_f1": 0.76,
    "four_way_macro_f1": 0.70,
    "quality_auc": 0.88,
    "pos_neg_auc": 0.83,
    "stage_pair_accuracy": 0.72,
    "best_of_four": 0.55,
}
KNOWN = {
    "question_macro_f1": ".916 / .921 / .934",
    "reflection_macro_f1": ".669 / .777 / .830",
    "four_way_macro_f1": ".597 / .757 / .796",
    "quality_auc": ".84 / .92 / .935",
}


def shown(value: Any) -> str:
    """Return a figure as it stands in the table."""
    return "" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)


def table(report: dict[str, Any]) -> list[str]:
    """Return one benchmark as rows: ours, its variants, the baselines."""
    measures = [m for m in report if m in BARS]
    variants = [name for name, v in report.items() if isinstance(v, dict) and name != "baselines"]
    rows = {
        "this coder": report,
        **{name: report[name] for name in variants},
        **report["baselines"],
    }
    lines = ["| | " + " | ".join(measures) + " |", "|---|" + "---|" * len(measures)]
    lines.append("| bar | " + " | ".join(f"≥ {BARS[m]:.2f}" for m in measures) + " |")
    for name, values in rows.items():
        cells = (shown(values.get(m)) for m in measures)
        lines.append(f"| {name.replace('_', ' ')} | " + " | ".join(cells) + " |")
    if "question_macro_f1" in report:
        known = " | ".join(KNOWN[m] for m in measures)
        lines.append(f"| published here: rules / trained on AnnoMI / two experts | {known} |")
    return lines


def gaming() -> dict[str, tuple[int, int]]:
    """Count, per kind, the pairs in which the honest line scores above the gamed one."""
    from stepdown.technique import Coder

    pairs = [json.loads(row) for row in (HERE / "gaming.jsonl").read_text("utf-8").splitlines()]
    before = [p["previous"] for p in pairs]
    coder = Coder.load()
    honest = coder.code_many([p["honest"] for p in pairs], before)
    gamed = coder.code_many([p["gamed"] for p in pairs], before)
    found: dict[str, tuple[int, int]] = {}
    for pair, fair, trick in zip(pairs, honest, gamed, strict=True):
        won, of = found.get(pair["kind"], (0, 0))
        found[pair["kind"]] = (won + (fair.score > trick.score), of + 1)
    return found


def speed() -> dict[str, float]:
    """Measure on one thread; run as `technique.py speed`, so that nothing else is loaded."""
    begin = time.perf_counter()
    from stepdown.technique import Coder

    coder = Coder.load()
    coder.code("Are you all right?", "Leave me alone!")
    cold = time.perf_counter() - begin
    lines = json.load(sys.stdin)
    single = []
    for text, before in lines:
        start = time.perf_counter()
        coder.code(text, before)
        single.append(1000 * (time.perf_counter() - start))
    start = time.perf_counter()
    coder.code_many([text for text, _ in lines], [before for _, before in lines])
    rate = len(lines) / (time.perf_counter() - start)
    return {
        "cold start, s": cold,
        "median, ms": float(np.median(single)),
        "95th percentile, ms": float(np.percentile(single, 95)),
        "batch, turns per s": rate,
        "resident, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


SPEED_BARS = {
    "cold start, s": "≤ 1",
    "median, ms": "≤ 8",
    "95th percentile, ms": "≤ 20",
    "batch, turns per s": "≥ 250",
    "resident, MB": "≤ 200",
}


def alone() -> dict[str, float]:
    """Run the speed measurement in a process of its own, on one thread."""
    environ = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    from stepdown.technique.written import read_corpus

    lines = [(x.text, x.previous) for x in read_corpus() if x.split == "test"][:400]
    done = subprocess.run(
        [sys.executable, __file__, "speed"], env=environ, input=json.dumps(lines),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def main() -> None:
    """Write technique.md."""
    from stepdown.technique import Coder
    from stepdown.technique.benchmark.run import run

    data = Path(os.environ.get("STEPDOWN_DATA_DIR", HERE.parent.parent / "shared" / "datasets"))
    fast = alone()
    annomi = run("annomi", next((data / "annomi").glob("AnnoMI-full*.csv")))
    polcom = run("polcom", data / "polcom")
    games = gaming()
    won, of = (sum(v[i] for v in games.values()) for i in (0, 1))
    lines = [
        "# The technique coder, measured",
        "",
        "Written by `make bench-technique`. The coder is trained on this repository's own corpus",
        "and on nothing else; what follows is zero-shot. Bars are the project's own.",
        f"Coder `{Coder.load().digest}`.",
        "",
        f"## AnnoMI, {annomi['n']} therapist turns",
        "",
        *table(annomi),
        "",
        f"## POL-COM, quoted speech of {polcom['n']} options",
        "",
        *table(polcom),
        "",
        f"## Gaming: {won / of:.0%} of {of} honest lines score above the gamed ones (bar 95 %)",
        "",
        "| kind | honest above gamed |",
        "|---|---|",
        *(f"| {kind} | {a} of {b} |" for kind, (a, b) in games.items()),
        "",
        "## Speed, one thread",
        "",
        "| | measured | bar |",
        "|---|---|---|",
        *(f"| {name} | {value:.3g} | {SPEED_BARS[name]} |" for name, value in fast.items()),
    ]
    (HERE / "technique.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    if sys.argv[1:] == ["speed"]:
        print(json.dumps(speed()))
    else:
        main()
