"""What published studies let one expect, for planning and beside one's own result."""

from __future__ import annotations

from stepdown.briefing.blocks import Section, Table, Text
from stepdown.evidence.priors import Published, published
from stepdown.evidence.shown import percent_of
from stepdown.evidence.table import Evidence
from stepdown.evidence.vocabulary import OUTCOMES, SECTOR_WORDS


def expectations(evidence: Evidence) -> list[Published]:
    """Return what randomised trials published for every outcome and profession with a size."""
    return [
        found
        for outcome in OUTCOMES
        for sector in SECTOR_WORDS
        if OUTCOMES[outcome].better == "fewer"
        and (found := published(evidence, outcome, sector)) is not None
        and found.largest is not None
    ]


def use_section(evidence: Evidence) -> Section:
    """Say what to plan for, and how a study of one's own can be read beside it."""
    found = expectations(evidence)
    return Section(
        "use",
        "What to expect in your own agency",
        (
            Text(
                "Plan for half of the largest effect that a randomised trial published, and be "
                "ready for none: first results tend to shrink when they are repeated. That is a "
                "rule of thumb, not a forecast. How many people and months it takes depends on how "
                "often the event happens in your agency: the check of a study plan says it from "
                "your own numbers. An evaluation can be read beside these studies; that never "
                "changes its answer."
            ),
            Table(
                caption="Published in randomised trials, and what to plan for",
                columns=("Outcome", "Profession", "Largest", "Plan for", "Trials without a clear "
                         "difference"),
                rows=tuple(_cells(evidence, f) for f in found),
                numeric=(2, 3, 4),
                cites=tuple(tuple(dict.fromkeys((*f.sized, *f.nulls))) for f in found),
            ),
        ),
    )  # fmt: skip


def _cells(evidence: Evidence, f: Published) -> tuple[str, ...]:
    largest = evidence.row(f.largest or "")
    return (
        OUTCOMES[f.outcome].words,
        SECTOR_WORDS[f.sector],
        _signed(percent_of(largest) or 0.0),
        _signed(f.half),
        str(len(f.nulls)),
    )


def _signed(value: float) -> str:
    return f"{value:+.0f}%".replace("-", "−")
