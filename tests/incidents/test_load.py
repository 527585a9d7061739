from __future__ import annotations

from pathlib import Path

import pytest

from stepdown.incidents.load import load_panel
from stepdown.incidents.sources import PanelData, RawData


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "panel.csv").write_text("u,t,force\n1,2021-01,1\n1,2021-02,0\n")
    (tmp_path / "people.csv").write_text("u,start\n1,2020-01-01\n")
    (tmp_path / "force.csv").write_text("u,day\n1,2021-01-03\n")
    return tmp_path


def test_a_ready_file_and_raw_tables_of_the_same_facts_give_the_same_panel(folder: Path):
    ready, problems = load_panel(
        PanelData(panel="panel.csv", unit="u", period="t"), folder, ["force"]
    )
    assert problems == []
    raw, problems = load_panel(
        RawData.model_validate(
            {
                "people": {"file": "people.csv", "unit": "u", "start": "start"},
                "incidents": [
                    {"file": "force.csv", "unit": "u", "date": "day", "counts_as": "force"}
                ],
                "first": "2021-01",
                "last": "2021-02",
            }
        ),
        folder,
        ["force"],
    )
    assert problems == []
    assert ready.units.tolist() == raw.units.tolist() == ["1"]
    assert ready.period_labels == raw.period_labels == ("2021-01", "2021-02")
    assert ready.counts["force"].tolist() == raw.counts["force"].tolist() == [[1, 0]]
    assert ready.exposure is None
    assert raw.exposure is None
