"""What a study looks like in a picture: its direction, its design, its risk of bias."""

from __future__ import annotations

from stepdown.evidence.study_row import StudyRow
from stepdown.evidence.vocabulary import DESIGN_WORDS

SAYS = {
    "better": "better",
    "no_clear_difference": "no clear difference",
    "mixed": "mixed",
    "unknown": "unknown",
    "worse": "worse",
}
SIDES = {"better": "point to better", "worse": "point to worse", "unknown": "give no side"}
HEIGHT = {"randomised": 3, "controlled": 2, "uncontrolled": 1}
"""Height of a bar in a harvest plot, by strength of design."""
SHADE = {
    "low": "low",
    "moderate": "middle",
    "some concerns": "middle",
    "no information": "middle",
    "high": "high",
    "serious": "high",
    "critical": "high",
}
"""Risk of bias in three steps, over both tools."""


def tip_of(row: StudyRow) -> str:
    """Say in a line what a mark stands for."""
    who = row.authors.split("; ")[0]
    year = f" {row.year}" if row.year else ""
    return (
        f"{who}{year}, {row.outcome}: {SAYS[row.direction]}; "
        f"{DESIGN_WORDS[row.design_group]}, risk of bias {row.bias}"
    )


def source_label(row: StudyRow) -> str:
    """Name a row for a reader: `Engel 2022, injuries of officers`."""
    return f"{short_name(row)}, {row.outcome}"


def placed_name(row: StudyRow) -> str:
    """Name a study by its place: `Louisville Metro PD 2019 (Engel 2022)`."""
    return f"{row.setting} ({short_name(row)})"


def short_name(row: StudyRow) -> str:
    """Name a study as `Engel 2022`."""
    who = row.authors.split("; ")[0].removesuffix(" and others")
    return f"{who} {row.year}" if row.year else who
