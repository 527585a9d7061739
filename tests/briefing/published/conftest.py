from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from stepdown.briefing.published.write import write_report
from stepdown.evidence.table import Evidence, read_evidence, shipped_table
from tests.evidence.rows import another, write
from tests.once import once


@dataclass(frozen=True)
class Report:
    evidence: Evidence
    folder: Path

    @property
    def html(self) -> str:
        return (self.folder / "evidence.html").read_text("utf-8")

    @property
    def markdown(self) -> str:
        return (self.folder / "evidence.md").read_text("utf-8")


HOSTILE = '<script>alert(1)</script> [x](javascript:y) | `a` *b* #import "z" \\ $a$ {{ 7*7 }} 🙂'


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    """The shipped table; the same with three trials that can be pooled; and a hostile one."""
    return once(tmp_path_factory.getbasetemp(), "reports", reported)


def reported(folder: Path) -> dict[str, Report]:
    made = {}
    texts = ("authors", "title", "setting", "training", "design", "n", "outcome", "published",
             "uncertainty", "where_read")  # fmt: skip
    tables = {
        "shipped": [],
        "pooled": [
            another(1, effect=-20, low=-32, high=-6),
            another(2, effect=-5, low=-15, high=6.2),
            another(3),
            another(4, effect=-30, low=-45, high=-10.9),
        ],
        "hostile": [another(5, **{name: f"{HOSTILE} {name}" for name in texts})],
    }
    for name, rows in tables.items():
        extra = [write(folder / f"{name}.csv", *rows)] if rows else []
        evidence = read_evidence(shipped_table(), *extra)
        write_report(evidence, folder / name)
        made[name] = Report(evidence, folder / name)
    return made
