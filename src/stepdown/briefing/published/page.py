"""The page on published evidence: one page for everybody, the whole table for those who check."""

from __future__ import annotations

from stepdown.briefing.blocks import Document, Notice, Section, Text
from stepdown.briefing.published.claims import answer_of
from stepdown.briefing.published.rows import bias_section, rows_section
from stepdown.briefing.published.rungs import ladder_blocks, ladder_figure
from stepdown.briefing.published.study_marks import source_label
from stepdown.briefing.published.syntheses import directions_section, sizes_section
from stepdown.briefing.published.use import use_section
from stepdown.evidence.claims import read_claims
from stepdown.evidence.rungs import review_words
from stepdown.evidence.table import Evidence, read_evidence

TITLE = "Does de-escalation training work? What published studies found"
SUMMARY = (
    "Some programmes, in some places, were followed by less force and fewer injuries where lots "
    "had decided who was trained. Others found no significant difference. No trial found that "
    "officers were hurt more. Every study has its doubts, and most could be read only as "
    "summaries. Whether training prevents deaths, nobody knows. For security staff and citizens we "
    "found no study of it at all, for schools next to none. So the honest answer is: it can work, "
    "it does not always, and where you are nobody knows until it is tested there."
)
INTRO = (
    "Four claims that are often made, with the documents cited for them, and three limits that go "
    "with them. “Supported”: what we found agrees. “Suggestive”: some good studies point that way, "
    "others do not. “Not shown by the cited source”: the document does not contain it, or could "
    "not be found, and we know nothing better. “Nobody knows”: it has not been measured."
)
MADE = (
    "Everything on this page is worked out from the table above by `stepdown evidence report`; "
    "sentences take their figures from its rows. Add a study with `stepdown evidence add FILE`: "
    "counts, pictures and averages follow; the sentences are ours and are read again by people. "
    "One row per study and kind of outcome is counted: the main estimate of the study's own "
    "summary, unless its authors withdrew it. Counted as training are courses in de-escalation, "
    "crisis intervention or fair treatment, and programmes of which they are part. The sources "
    "were read in November 2026 in published pages, mostly abstracts, tables and rating profiles: "
    "“none found” means none found there."
)


def evidence_page(evidence: Evidence) -> Document:
    """Say everything that the table supports, plainest first."""
    return Document(
        title=TITLE,
        notices=_added(evidence),
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
            use_section(evidence),
            Section("reviews", "What reviews say, and harms", _reviews(evidence)),
            directions_section(evidence),
            sizes_section(evidence),
            bias_section(evidence),
            rows_section(evidence),
            Section("made", "How this was made", (Text(MADE),)),
        ),
        colophon=f"Evidence table {evidence.digest[:12]}",
        heading="Claims, and what they rest on",
        intro=INTRO,
        picture_first=True,
        sources=tuple((r.id, source_label(r)) for r in evidence.rows),
    )


def _added(evidence: Evidence) -> tuple[Notice, ...]:
    """Say which rows have come in since the sentences were written."""
    known = {r.id for r in read_evidence().rows}
    new = [r for r in evidence.rows if r.id not in known]
    if not new:
        return ()
    names = "; ".join(source_label(r) for r in new)
    text = f"{names}. Counts, pictures and averages include them; the sentences do not yet."
    return (Notice("Added to the table since these sentences were written", text, "warning"),)


def _reviews(evidence: Evidence) -> tuple[Text, ...]:
    return tuple(
        Text(words.text, lead=f"{about[:1].upper()}{about[1:]}.", rows=words.rows)
        for about, words in review_words(evidence).items()
    )
