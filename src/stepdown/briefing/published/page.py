"""The page on published evidence: one page for everybody, the whole table for those who check."""

from __future__ import annotations

from stepdown.briefing.blocks import Document, Section, Text
from stepdown.briefing.published.claims import answer_of
from stepdown.briefing.published.rows import bias_section, rows_section
from stepdown.briefing.published.rungs import ladder_blocks, ladder_figure
from stepdown.briefing.published.syntheses import directions_section, sizes_section
from stepdown.briefing.published.use import use_section
from stepdown.evidence.claims import read_claims
from stepdown.evidence.table import Evidence

TITLE = "Does de-escalation training work? What published studies found"
SUMMARY = (
    "Some programmes, in some places, were followed by less force and fewer injuries in fair "
    "tests. Others changed nothing. No trial found that officers were hurt more. Whether training "
    "prevents deaths, nobody knows. Hardly anybody has tested it for security staff, in schools or "
    "with citizens. So the honest answer is: it can work, it does not always, and where you are "
    "nobody knows until it is tested there."
)
MADE = (
    "Everything on this page is worked out from the table above by `stepdown evidence report`; "
    "sentences take their figures from its rows. Add a study with `stepdown evidence add FILE`: "
    "page, pictures and pools follow. `stepdown evidence check` names every mistake of a table by "
    "its line. One row per study and outcome was marked as the one to be counted before anything "
    "was counted."
)


def evidence_page(evidence: Evidence) -> Document:
    """Say everything that the table supports, plainest first."""
    return Document(
        title=TITLE,
        notices=(),
        summary=SUMMARY,
        answers=tuple(answer_of(c) for c in read_claims(evidence)),
        shared=(),
        picture=ladder_figure(evidence),
        cautions=(
            "Most sources were read as abstracts. Intervals that are missing here may stand in "
            "the full texts.",
            "A study that found nothing is published less often and later. What is missing would "
            "more likely lower than raise what you see here.",
            "Force means something else in every agency, and staff write the reports themselves: "
            "a change in reporting looks like a change in force.",
        ),
        sections=(
            Section("ladder", "Rung by rung", (ladder_blocks(evidence),)),
            directions_section(evidence),
            sizes_section(evidence),
            use_section(evidence),
            bias_section(evidence),
            rows_section(evidence),
            Section("made", "How this was made", (Text(MADE),)),
        ),
        colophon=f"Evidence table {evidence.digest[:12]}",
        heading="Claims, and what they rest on",
        picture_first=True,
    )
