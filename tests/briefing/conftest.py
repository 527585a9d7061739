"""Briefings rendered once for all tests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from stepdown.briefing import BriefingFiles, write_briefing
from stepdown.briefing.document import build_document
from stepdown.evaluation.results import Results
from tests.briefing import cases
from tests.once import once

HOSTILE = '<script>alert(1)</script> #import "x" \\ $a$ *b* \' " &amp; {{ 7*7 }} שלום 漢字 🙂'


@dataclass(frozen=True)
class Written:
    results: Results
    files: BriefingFiles

    @property
    def html(self) -> str:
        return self.files.html.read_text(encoding="utf-8")


def hostile() -> Results:
    """Put hostile text wherever a study can put text."""
    return cases.results(
        cases.outcome(HOSTILE, lags=6, unit_of_count=HOSTILE, before_break=-2.0),
        title=HOSTILE + " " + "long" * 120,
        simulated=HOSTILE,
        warnings=[HOSTILE],
        limits=[HOSTILE, "x" * 500],
        design=cases.design(
            waves=3,
            periods=4,
            period_labels=["<b>1</b>", "#2", "🙂", "4"],
            breaks=[cases.BreakAt(label="#2", period=2, note=HOSTILE)],
        ),
    )


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Written]:
    return once(tmp_path_factory.getbasetemp(), "briefings", briefings)


def briefings(folder: Path) -> dict[str, Written]:
    made = {
        "chicago": cases.chicago(),
        "simulated": cases.simulated(),
        "observational": cases.observational(),
        "hostile": hostile(),
    }
    return {
        name: Written(results, write_briefing(results, folder / name))
        for name, results in made.items()
    }


@pytest.fixture(scope="session")
def documents() -> dict[str, Any]:
    made = {"chicago": cases.chicago(), "observational": cases.observational()}
    return {name: build_document(results) for name, results in made.items()}


def address(path: Path) -> str:
    return path.resolve().as_uri()
