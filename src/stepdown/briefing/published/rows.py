"""The table itself: every row with its source, and every judgement of bias with its reason."""

from __future__ import annotations

from collections.abc import Iterable

from stepdown.briefing.blocks import Section, Table, Text
from stepdown.briefing.numbers import listed
from stepdown.briefing.published.study_marks import short_name
from stepdown.evidence.study_row import StudyRow
from stepdown.evidence.table import Evidence
from stepdown.evidence.vocabulary import DESIGN_WORDS, SECTOR_WORDS

_SAID = {
    "randomisation": "the draw",
    "deviations": "other differences between the groups",
    "missing": "people who are missing",
    "measurement": "measurement",
    "reporting": "selective reporting",
    "confounding": "differences from the start",
    "selection": "who is in the study",
    "classification": "who counts as trained",
}


def bias_section(evidence: Evidence) -> Section:
    """Show our judgement of each study that is counted, domain by domain."""
    judged: dict[tuple[str, str, str], list[StudyRow]] = {}
    for row in evidence.rows:
        if row.prespecified == "yes":
            judged.setdefault((row.study, row.bias, row.bias_reasons or ""), []).append(row)
    intro = Text(
        "Our own judgements, mostly from abstracts, with the questions of two common tools: RoB 2 "
        "for randomised trials, ROBINS-I for other comparisons. Where nothing is said, it counts "
        "as the middle step. Whoever has the full text can judge again: it is one cell of the "
    )
    studies = [
        Text(
            f"{_reasons(rows[0])}.",
            lead=f"{short_name(rows[0])}, {rows[0].bias_tool}: {rows[0].bias}.",
            rows=tuple(r.id for r in rows),
        )
        for rows in judged.values()
    ]
    return Section("bias", "How far each study can be trusted", (intro, *studies))


def rows_section(evidence: Evidence) -> Section:
    """Show every row of the table with its source."""
    rows = evidence.rows
    return Section(
        "rows",
        "Every row, with its source",
        (
            Text(
                "Every figure on this page comes from one of these rows. “Unverified”: we have not "
                "read the number. “Computed”: we worked it out from a public file."
            ),
            Table(
                caption="The evidence table",
                columns=("Row", "Study", "What was measured, and how", "Published", "Source"),
                rows=tuple(_cells(r) for r in rows),
                names=tuple(r.id for r in rows),
                cites=tuple((r.id,) for r in rows),
                links=tuple(r.link for r in rows),
            ),
        ),
    )


def sources_table(evidence: Evidence, names: Iterable[str]) -> Table:
    """Show the rows that a chapter's figures come from; their addresses are on the page itself."""
    rows = [evidence.row(n) for n in dict.fromkeys(names)]
    return Table(
        caption="Sources of this chapter",
        columns=("Row", "Study", "Published", "Where read"),
        rows=tuple((r.id, f"{short_name(r)}. {r.title}", r.published, r.where_read) for r in rows),
        names=tuple(r.id for r in rows),
        cites=tuple((r.id,) for r in rows),
    )


def _reasons(row: StudyRow) -> str:
    told = [j for j in row.judgements if j.judgement != "no information"]
    silent = [j.domain for j in row.judgements if j.judgement == "no information"]
    parts = [f"{_SAID[j.domain]}: {j.judgement} ({j.reason})" for j in told]
    if silent:
        parts.append(f"nothing is said on {listed([_SAID[d] for d in silent])}")
    text = "; ".join(parts)
    return text[:1].upper() + text[1:]


def _cells(row: StudyRow) -> tuple[str, ...]:
    year = f" {row.year}" if row.year else ""
    hours = f", {row.hours:g} hours" if row.hours else ""
    return (
        row.id,
        f"{row.authors}{year}. {row.title}. {row.setting} ({SECTOR_WORDS[row.sector]}). "
        f"{row.training}{hours}",
        f"{row.outcome}. {DESIGN_WORDS[row.design_group]}: {row.design}. {row.n}",
        f"{row.published}. {row.uncertainty}. Certainty that the number is right: {row.confidence}",
        row.where_read,
    )
