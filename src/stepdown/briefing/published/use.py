"""What published studies let one expect, for planning and beside one's own result."""

from __future__ import annotations

from stepdown.briefing.blocks import Section, Table, Text
from stepdown.evidence.priors import DISCOUNT, Published, published
from stepdown.evidence.table import Evidence
from stepdown.evidence.vocabulary import OUTCOMES, SECTOR_WORDS


def expectations(evidence: Evidence) -> list[Published]:
    """Return what was published for every outcome and profession that has a size."""
    return [
        found
        for outcome in OUTCOMES
        for sector in SECTOR_WORDS
        if OUTCOMES[outcome].better == "fewer"
        and (found := published(evidence, outcome, sector)) is not None
    ]


def use_section(evidence: Evidence) -> Section:
    """Say what to expect, and how a study of one's own can be read beside it."""
    found = expectations(evidence)
    return Section(
        "use",
        "What to expect in your own agency",
        (
            Text(
                "These are the published estimates, from the largest to none, not a promise and "
                "not a pool. First results tend to shrink when repeated: plan to see half of the "
                "largest. A study file that says `published: {sector: police, outcome: force}` is "
                "read beside them: `stepdown check` says how many people it takes, `stepdown "
                "evaluate` shows what a doubter, a believer and somebody without an opinion would "
                "now think. None of them changes the verdict. Studies without a draw enter at "
                f"{100 * DISCOUNT:g}% of their size; that share is our assumption."
            ),
            Table(
                caption="Published effects, from the largest to none",
                columns=("Outcome", "Profession", "Studies", "From", "To"),
                rows=tuple(
                    (
                        OUTCOMES[f.outcome].words,
                        SECTOR_WORDS[f.sector],
                        str(f.studies),
                        _signed(f.low),
                        _signed(f.high),
                    )
                    for f in found
                ),
                numeric=(2, 3, 4),
                cites=tuple(f.rows for f in found),
            ),
        ),
    )


def _signed(value: float) -> str:
    return "no change" if value == 0 else f"{value:+.0f}%".replace("-", "−")
