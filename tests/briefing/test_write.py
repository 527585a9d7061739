from __future__ import annotations

from pathlib import Path

import pytest

from stepdown.briefing import write, write_briefing
from tests.briefing import cases
from tests.briefing.conftest import Written


def test_the_same_results_give_the_same_bytes(written: dict[str, Written], tmp_path: Path) -> None:
    again = write_briefing(cases.simulated(), tmp_path / "new" / "folder")
    assert again.html.read_bytes() == written["simulated"].files.html.read_bytes()
    assert again.pdf.read_bytes() == written["simulated"].files.pdf.read_bytes()
    assert sorted(p.name for p in again.html.parent.iterdir()) == ["briefing.html", "briefing.pdf"]


def test_nothing_is_written_unless_both_formats_can_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> bytes:
        raise RuntimeError("no PDF")

    monkeypatch.setattr(write, "to_pdf", fail)
    with pytest.raises(RuntimeError, match="no PDF"):
        write_briefing(cases.results(cases.outcome(lags=2)), tmp_path)
    assert list(tmp_path.iterdir()) == []
