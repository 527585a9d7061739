"""Rows for tests: one that is right, and tables written from rows."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from stepdown.evidence.study_row import StudyRow
from stepdown.evidence.table import COLUMNS

ROB2 = "; ".join(
    f"{d}=low: said so"
    for d in ("randomisation", "deviations", "missing", "measurement", "reporting")
)
RIGHT: dict[str, Any] = {
    "id": "one_force", "study": "one", "year": "2020", "authors": "One; Two", "title": "A trial",
    "doi": "10.1000/one", "sector": "police", "setting": "a town", "intervention": "training",
    "training": "ours", "hours": "16", "design_group": "randomised", "design": "a trial",
    "n": "100 officers", "outcome_group": "force", "outcome": "uses of force",
    "prespecified": "yes", "scale": "percent_change", "effect": "-10", "low": "-25", "high": "8",
    "level": "95", "p": "", "published": "10% fewer", "uncertainty": "interval", "direction":
    "better",
    "sign": "unknown", "clusters": "none", "source": "https://example.org/one",
    "where_read": "abstract", "confidence": "high",
    "bias_tool": "RoB 2", "bias": "low", "bias_reasons": ROB2,
}  # fmt: skip


def cells(**changes: Any) -> dict[str, str]:
    return {k: str(v) for k, v in (RIGHT | changes).items()}


def row(**changes: Any) -> StudyRow:
    return StudyRow.model_validate(cells(**changes))


def another(number: int, **changes: Any) -> dict[str, str]:
    """A row of another study."""
    name = f"s{number:02}x"
    usual = {"id": f"{name}_force", "study": name, "published": f"finding {number}", "doi": ""}
    return cells(**(usual | changes))


def write(path: Path, *rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path
