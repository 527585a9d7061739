"""How a published number is written: `−28.1 %`, `rate ratio 0.27 (95 % interval 0.22 to 0.34)`."""

from __future__ import annotations

from stepdown.evidence.study_row import StudyRow
from stepdown.evidence.vocabulary import SCALE_WORDS


def shown_effect(row: StudyRow) -> str:
    """Write the number of a row as published; its words where there is no number."""
    if row.effect is None:
        return row.published
    text = f"{_lead(row)}{_number(row, row.effect)}"
    if row.low is not None and row.high is not None:
        ends = f"{_number(row, row.low)} to {_number(row, row.high)}"
        text += f" ({row.level:g}% interval {ends})"
    elif row.p is not None:
        text += f", p = {row.p:g}"
    return text


def percent_of(row: StudyRow) -> float | None:
    """Return a ratio of rates as a percent change; None on another scale."""
    if row.effect is None:
        return None
    if row.scale == "percent_change":
        return row.effect
    return 100 * (row.effect - 1) if row.scale == "rate_ratio" else None


def _lead(row: StudyRow) -> str:
    return "" if row.scale == "percent_change" else f"{SCALE_WORDS[row.scale]} "


def _number(row: StudyRow, value: float) -> str:
    text = f"{value:g}".replace("-", "−")
    if row.scale != "percent_change":
        return text
    return f"{'+' if value > 0 else ''}{text}%"
