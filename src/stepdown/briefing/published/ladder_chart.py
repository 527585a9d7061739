"""The ladder as a picture: one mark per study, rungs down, professions across, gaps as gaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from stepdown.briefing.frame import Frame, records
from stepdown.briefing.palette import ACCENT, BREAK, MUTED, RULE, TRUTH

ROW, LABEL = 62, 18
"""Heights in pixels: a rung, and the room of its name above the marks."""
STEP = 15
"""Distance of marks in pixels."""
STYLE = {
    ("better", True): ("circle", ACCENT, True),
    ("better", False): ("circle", ACCENT, False),
    ("unknown", True): ("diamond", MUTED, False),
    ("unknown", False): ("diamond", MUTED, False),
    ("worse", False): ("triangle-up", TRUTH, False),
    ("worse", True): ("triangle-up", TRUTH, True),
}
"""Shape, colour and filling by the side of the estimate, and whether the study calls it clear."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One study on a rung."""

    side: str
    clear: bool
    randomised: bool
    tip: str


@dataclass(frozen=True, slots=True)
class Cell:
    """The studies of one profession on one rung; none is a gap."""

    rung: str
    sector: str
    marks: tuple[Mark, ...]


def ladder_plot(
    cells: Sequence[Cell], rungs: Sequence[str], sectors: Sequence[str], width: int
) -> alt.LayerChart:
    """Draw the cells, first rung on top."""
    frame = Frame(width, height=ROW * len(rungs) + LABEL, left=4, right=4, top=26, bottom=4)
    narrow = frame.narrow
    shares = [1.75, *([1.75] if len(sectors) > 1 else []), *([0.9] * (len(sectors) - 2))]
    starts = [frame.inner * sum(shares[:i]) / sum(shares) for i in range(len(sectors) + 1)]
    x_scale = alt.Scale(domain=[0, frame.inner], nice=False, zero=False)
    y_scale = alt.Scale(domain=[frame.height, 0], nice=False, zero=False)
    x, y = alt.X("x:Q", scale=x_scale, axis=None), alt.Y("y:Q", scale=y_scale, axis=None)
    step = STEP - 4 if narrow else STEP
    marks: list[dict[str, Any]] = []
    gaps: list[dict[str, Any]] = []
    for cell in cells:
        row, column = rungs.index(cell.rung), sectors.index(cell.sector)
        left, right = starts[column], starts[column + 1]
        top = row * ROW + LABEL + LABEL
        if not cell.marks:
            gaps.append({"x": left + 2, "x2": right - 8, "y": top + 4, "y2": top + 30,
                         "tip": f"{cell.rung}, {cell.sector}: no study found"})  # fmt: skip
        room = max(1, int((right - left - 8) // step))
        for place, mark in enumerate(cell.marks):
            marks.append(
                {
                    "x": left + 8 + step * (place % room),
                    "y": top + 8 + 11 * (place // room),
                    "way": (mark.side, mark.clear),
                    "size": (90 if mark.randomised else 40) * (0.7 if narrow else 1),
                    "tip": mark.tip,
                }
            )
    lines: list[dict[str, Any]] = [
        {"x": 0, "x2": frame.inner, "y": n * ROW + LABEL, "name": _capital(rung)}
        for n, rung in enumerate(rungs)
    ]
    layers = [
        alt.Chart(records(lines))
        .mark_rule(color=RULE, aria=False)
        .encode(x=x, x2=alt.X2("x2:Q"), y=y),
        alt.Chart(records([{**d, "y": d["y"] + 9} for d in lines]))
        .mark_text(align="left", baseline="middle", fontWeight="bold", aria=False)
        .encode(x=x, y=y, text=alt.Text("name:N")),
        _sector_names(sectors, starts, x, y, narrow),
    ]
    if gaps:
        layers.append(
            alt.Chart(records(gaps))
            .mark_rect(filled=False, stroke=BREAK, strokeDash=[3, 3], strokeWidth=1)
            .encode(
                x=x, x2=alt.X2("x2:Q"), y=y, y2=alt.Y2("y2:Q"), description=alt.Description("tip:N")
            )
        )
        layers.append(
            alt.Chart(records([{"x": (g["x"] + g["x2"]) / 2, "y": g["y"] + 13} for g in gaps]))
            .mark_text(color=BREAK, fontSize=10 if narrow else 11, aria=False)
            .encode(x=x, y=y, text=alt.TextValue("none"))
        )
    for way in STYLE:
        alike = [{k: v for k, v in m.items() if k != "way"} for m in marks if m["way"] == way]
        layers.append(_symbols(alike, way, x, y))
    return frame.finish(*layers, description="evidence ladder")


def _sector_names(
    sectors: Sequence[str], starts: Sequence[float], x: alt.X, y: alt.Y, narrow: bool
) -> alt.Chart:
    names = [
        {"x": starts[n] + 2, "y": -14 if not narrow else (-18 if n % 2 else -4), "name": name}
        for n, name in enumerate(sectors)
    ]
    chart: alt.Chart = (
        alt.Chart(records(names))
        .mark_text(align="left", color=MUTED, fontSize=10 if narrow else 12, aria=False)
        .encode(x=x, y=y, text=alt.Text("name:N"))
    )
    return chart


def _symbols(marks: list[dict[str, Any]], way: tuple[str, bool], x: alt.X, y: alt.Y) -> alt.Chart:
    shape, colour, filled = STYLE[way]
    chart: alt.Chart = (
        alt.Chart(records(marks))
        .mark_point(filled=filled, shape=shape, color=colour, strokeWidth=1.6, opacity=1)
        .encode(x=x, y=y, size=alt.Size("size:Q", scale=None), description=alt.Description("tip:N"))
    )
    return chart


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
