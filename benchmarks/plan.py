"""Time a year's plan for 5,000 people and 12 techniques, beside a program of a whole month.

Run: make bench-plan. Writes benchmarks/plan.md.
"""

from __future__ import annotations

import os
import platform
import time
from datetime import date
from pathlib import Path

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, vstack

from stepdown.retention.held import Held
from stepdown.retention.plan import LEAST_WORTH_DAYS, plan
from stepdown.retention.refresher import Refresher, Wishes, months_from
from stepdown.retention.worth import worth

HERE = Path(__file__).parent
PEOPLE, TECHNIQUES, TODAY = 5000, 12, date(2026, 1, 1)
NAMES = tuple(f"t{k}" for k in range(TECHNIQUES))
HOURS = PEOPLE * 8 / 12


def agency() -> Held:
    """Return 5,000 people who last rehearsed within the last year."""
    r = np.random.default_rng(1)
    n = PEOPLE * TECHNIQUES
    return Held(
        tuple(f"p{n}" for n in range(PEOPLE)), NAMES, np.repeat(np.arange(PEOPLE), TECHNIQUES),
        np.tile(np.arange(TECHNIQUES), PEOPLE), np.log(160) + r.normal(0, 0.72, n),
        np.full(n, 0.2), r.uniform(0, 365, n), np.full(TECHNIQUES, 1.0),
        np.full(TECHNIQUES, 0.5), 0.8,
    )  # fmt: skip


def catalogues() -> dict[str, list[Refresher]]:
    """Return refreshers of one technique each, and scenarios of three."""
    r = np.random.default_rng(2)
    return {
        "one technique each": [Refresher(t, t, 1.0, (t,)) for t in NAMES],
        "16 scenarios of three": [
            Refresher(f"s{n}", "s", 1.5, tuple(r.choice(NAMES, 3, replace=False)))
            for n in range(16)
        ],
    }


def first_worth(given: Held) -> np.ndarray:
    """Return what each technique of each person is worth today, as the plan counts it."""
    value = worth(given)
    return np.where(value >= LEAST_WORTH_DAYS, value, 0).reshape(PEOPLE, TECHNIQUES)


def bound_month(given: Held, refreshers: list[Refresher]) -> float:
    """Return what no choice of visits in one month can be worth more than."""
    touches = np.array([[t in r.techniques for t in NAMES] for r in refreshers], float)
    gains = (first_worth(given) @ touches.T).ravel()
    cost = np.tile([r.hours for r in refreshers], PEOPLE)
    n, m = len(gains), len(refreshers)
    person = coo_array((cost, (np.repeat(np.arange(PEOPLE), m), np.arange(n))))
    refresher, technique = np.nonzero(touches)
    rows = (np.arange(PEOPLE)[:, None] * TECHNIQUES + technique).ravel()
    columns = (np.arange(PEOPLE)[:, None] * m + refresher).ravel()
    once = coo_array((np.ones(len(rows)), (rows, columns)), shape=(PEOPLE * TECHNIQUES, n))
    limits = np.concatenate([[HOURS], np.full(PEOPLE, 8.0), np.ones(PEOPLE * TECHNIQUES)])
    table = vstack([coo_array(cost[None]), person, once]).tocsc()
    found = linprog(-gains, A_ub=table, b_ub=limits, bounds=(0, 1), method="highs")
    return float(-found.fun)


def main() -> None:
    """Time both and write the report."""
    given = agency()
    lines = []
    for name, refreshers in catalogues().items():
        begun = time.perf_counter()
        found = plan(given, refreshers, months_from(TODAY, 12, HOURS), TODAY, Wishes())
        year = time.perf_counter() - begun
        grid = first_worth(given)
        first = sum(
            grid[int(v.person[1:]), NAMES.index(t)]
            for v in found.visits if v.day == TODAY for t in v.techniques
        )  # fmt: skip
        begun = time.perf_counter()
        best = bound_month(given, refreshers)
        month = time.perf_counter() - begun
        lines.append(
            f"| {name} | {len(found.visits):,} | {year:.1f} | {month:.1f} | "
            f"{12 * month / year:.0f} | {100 * first / best:.2f} |"
        )
        print(lines[-1], flush=True)
    head = f"""# Planning a year

Written by `make bench-plan` on {os.cpu_count()} cores ({platform.machine()}): {PEOPLE:,} people,
{TECHNIQUES} techniques, {HOURS:,.0f} hours a month. **whole**: SciPy's `linprog` on all
possible visits of the first month at once; what it finds is a bound that no choice can pass.
**ratio**: twelve such months over the plan's whole year. **reached**: what the plan's first month
is worth, in % of that bound.
Bar: a year in 10 s.

| refreshers | visits | plan s | whole month s | ratio | reached % |
|---|---|---|---|---|---|
"""
    (HERE / "plan.md").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
