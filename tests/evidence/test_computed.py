"""Rows that we computed come out of the public data again."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from stepdown.evaluation.evaluate import evaluate_study
from stepdown.evidence.table import read_evidence
from stepdown.incidents.tables import read_table


def test_the_computed_rows_are_what_the_evaluation_of_the_public_file_gives(
    chicago_file: Path, tmp_path: Path
) -> None:
    columns = read_table(chicago_file, ["uid", "period", "first_trained", "force", "complaints"])
    table = columns.columns
    keep = table["period"] <= 62
    with (tmp_path / "panel.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        names = ["uid", "period", "first_trained", "force", "complaints"]
        writer.writerow(names)
        writer.writerows(zip(*(table[n][keep].astype(int) for n in names), strict=True))
    outcome = {"smallest_effect": "-10%", "unit_of_count": "report"}
    plan = {
        "title": "Chicago, before recording changed",
        "data": {"panel": "panel.csv", "unit": "uid", "period": "period",
                 "assigned": "first_trained"},
        "design": {"assignment": "randomized"},
        "outcomes": [{"name": "force", **outcome}, {"name": "complaints", **outcome}],
    }  # fmt: skip
    with (tmp_path / "study.yaml").open("w") as file:
        YAML().dump(plan, file)
    results = evaluate_study(tmp_path / "study.yaml", draws=5000, seed=1, workers=2)
    evidence = read_evidence()
    for found in results.outcomes:
        row = evidence.row(f"chicago_pj_{found.name}")
        fit = found.deciding
        assert (fit.percent, fit.percent_low, fit.percent_high) == pytest.approx(
            (row.effect, row.low, row.high), abs=0.05
        )
        test = fit.randomization
        assert test is not None
        assert f"p = {test.p_value:.2f}".replace("0.", ".") in row.uncertainty
        assert found.balance.waves_differ, "the reason for its risk of bias"
