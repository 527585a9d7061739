"""The evidence ladder: a picture of all studies, and each rung in words."""

from __future__ import annotations

from stepdown.briefing.blocks import Drawing, Figure, Ladder, Rung, Table
from stepdown.briefing.frame import NARROW, WIDE
from stepdown.briefing.numbers import listed
from stepdown.briefing.published.ladder_chart import Cell, Mark, ladder_plot
from stepdown.briefing.published.study_marks import HEIGHT, SIDES, tip_of
from stepdown.briefing.svg import draw
from stepdown.evidence.ladder import GAP_SECTORS, OutcomeSummary, RungSummary, climb
from stepdown.evidence.rungs import rung_words
from stepdown.evidence.study_row import StudyRow
from stepdown.evidence.table import Evidence
from stepdown.evidence.vocabulary import OUTCOMES, SECTOR_WORDS

KEY = (
    "One mark per study and outcome, the strongest designs first. Large: randomised trial; small: "
    "weaker design. Circle: the estimate lies on the side of better; triangle: of worse; diamond: "
    "no side is told. Full: the study calls it clear; open: it does not. Dashed box: no study "
    "found that could show an effect. A mark tells neither size nor certainty. In health care the "
    "rung of force holds restraint by staff and aggression towards them. A trial with bar staff is "
    "in the table only."
)
_SHOWN = {"security": "security", "schools": "schools", "citizens": "citizens"}


def ladder_blocks(evidence: Evidence) -> Ladder:
    """Say for each rung what is known, how much of it there is, and where nobody has looked."""
    words = rung_words(evidence)
    rungs = []
    for rung in climb(evidence):
        text = " ".join([words[rung.rung].text, *(_counted(s) for s in rung.outcomes)])
        rows = (*words[rung.rung].rows, *(r.id for s in rung.outcomes for r in s.rows))
        rungs.append(
            Rung(
                name=rung.rung,
                measured=bool(rung.outcomes),
                text=text,
                gap=_gap(rung),
                rows=tuple(dict.fromkeys(rows)),
            )
        )
    return Ladder(tuple(rungs))


def short_ladder(evidence: Evidence) -> Ladder:
    """Say the same in the words alone, for a chapter."""
    words = rung_words(evidence)
    return Ladder(
        tuple(
            Rung(r.rung, bool(r.outcomes), words[r.rung].text, _gap(r), words[r.rung].rows)
            for r in climb(evidence)
        )
    )


def ladder_figure(evidence: Evidence) -> Figure:
    """Draw all studies on their rungs."""
    rungs = climb(evidence)
    names = [r.rung for r in rungs]
    sectors = [_SHOWN.get(s, SECTOR_WORDS[s]) for s in GAP_SECTORS]
    cells = [
        Cell(
            rung.rung,
            shown,
            tuple(
                Mark(
                    row.side,
                    row.direction in ("better", "worse"),
                    row.design_group == "randomised",
                    tip_of(row),
                )
                for row in _strongest_first(rung, sector)
            ),
        )
        for rung in rungs
        for sector, shown in zip(GAP_SECTORS, sectors, strict=True)
    ]
    summaries = [(rung.rung, s) for rung in rungs for s in rung.outcomes]
    return Figure(
        title="The evidence ladder: who has looked, and which way it points",
        caption=KEY,
        drawings=(
            Drawing(
                id="ladder",
                wide=draw(ladder_plot(cells, names, sectors, WIDE)),
                narrow=draw(ladder_plot(cells, names, sectors, NARROW)),
                alt=" ".join(f"{r.name}: {r.text} {r.gap}" for r in short_ladder(evidence).rungs),
            ),
        ),
        table=Table(
            caption="Studies by rung, outcome and profession",
            columns=("Rung", "Outcome", "Profession", "Studies", "Randomised",
                     "Low risk of bias", "Better", "No clear difference", "Mixed", "Worse"),
            rows=tuple(_row(name, s) for name, s in summaries),
            numeric=(3, 4, 5, 6, 7, 8, 9),
            cites=tuple(tuple(r.id for r in s.rows) for _, s in summaries),
        ),
    )  # fmt: skip


def _strongest_first(rung: RungSummary, sector: str) -> list[StudyRow]:
    rows = [row for s in rung.outcomes if s.sector == sector for row in s.rows]
    sides = list(SIDES)
    return sorted(rows, key=lambda r: (-HEIGHT[r.design_group], sides.index(r.side)))


def _row(rung: str, s: OutcomeSummary) -> tuple[str, ...]:
    sides = ("better", "worse", "unknown")
    return (
        rung,
        OUTCOMES[s.outcome].words,
        SECTOR_WORDS[s.sector],
        str(len(s.rows)),
        str(s.randomised),
        str(s.low_risk),
        *(str(len(s.on_side(side))) for side in sides),
        str(len(s.clear)),
    )


def _counted(s: OutcomeSummary) -> str:
    ways = [f"{len(rows)} {words}" for side, words in SIDES.items() if (rows := s.on_side(side))]
    count = f"{len(s.rows)} studies" if len(s.rows) > 1 else "1 study"
    drawn = f", {s.randomised} randomised" if s.randomised else ", none randomised"
    return f"{_capital(OUTCOMES[s.outcome].words)} ({SECTOR_WORDS[s.sector]}): {count}{drawn}: " \
        f"{listed(ways)}."  # fmt: skip


def _gap(rung: RungSummary) -> str:
    if not rung.gaps:
        return ""
    return f"No study found: {listed([SECTOR_WORDS[g] for g in rung.gaps])}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
