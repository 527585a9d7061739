"""The harvest plot: which way studies point, how strong their design, how high their risk of bias.

Ogilvie et al. (2008), as SWiM asks for (Campbell et al. 2020): one bar per study, higher for a
stronger design, fuller for a lower risk of bias.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from stepdown.briefing.frame import Frame, records
from stepdown.briefing.palette import ACCENT, BAND, BAND_INNER, INK, MUTED, RULE

ROW, UNIT = 72, 11
"""Pixels: height of an outcome's row, and of one step of design."""
COLUMNS = ("side of worse", "no side told", "side of better")
_FILL = {"low": ACCENT, "middle": BAND_INNER, "high": BAND}


@dataclass(frozen=True, slots=True)
class Bar:
    """One study: its column, the strength of its design (1 to 3), its risk of bias, its name."""

    column: int
    height: int
    shade: str
    tip: str


@dataclass(frozen=True, slots=True)
class HarvestRow:
    """One outcome of one profession."""

    name: str
    bars: tuple[Bar, ...]


def harvest_plot(rows: Sequence[HarvestRow], width: int) -> alt.LayerChart:
    """Draw the rows below each other, three columns across."""
    frame = Frame(width, height=ROW * len(rows), left=4, right=4, top=22, bottom=4)
    third = frame.inner / 3
    x_scale = alt.Scale(domain=[0, frame.inner], nice=False, zero=False)
    y_scale = alt.Scale(domain=[frame.height, 0], nice=False, zero=False)
    x, y = alt.X("x:Q", scale=x_scale, axis=None), alt.Y("y:Q", scale=y_scale, axis=None)
    most = max((sum(b.column == c for b in r.bars) for r in rows for c in range(3)), default=1)
    step = min(16.0, (third - 16) / max(most, 1))
    bars = []
    for n, row in enumerate(rows):
        base = (n + 1) * ROW - 8
        seen = [0, 0, 0]
        for bar in sorted(row.bars, key=lambda b: (-b.height, b.shade)):
            left = third * bar.column + 8 + step * seen[bar.column]
            seen[bar.column] += 1
            bars.append(
                {"x": left, "x2": left + step * 0.72, "y": base - UNIT * bar.height, "y2": base,
                 "shade": bar.shade, "tip": f"{row.name}: {bar.tip}"}
            )  # fmt: skip
    grounds = [{"x": third * c + 4, "x2": third * (c + 1) - 4, "y": (n + 1) * ROW - 8}
               for n in range(len(rows)) for c in range(3)]  # fmt: skip
    names = [{"x": 4, "y": n * ROW + 12, "name": row.name} for n, row in enumerate(rows)]
    heads = [{"x": third * c + 8, "y": -10, "name": name} for c, name in enumerate(COLUMNS)]
    layers = [
        alt.Chart(records(grounds))
        .mark_rule(color=RULE, aria=False)
        .encode(x=x, x2=alt.X2("x2:Q"), y=y),
        alt.Chart(records(names))
        .mark_text(align="left", baseline="middle", fontWeight="bold", aria=False)
        .encode(x=x, y=y, text=alt.Text("name:N")),
        alt.Chart(records(heads))
        .mark_text(align="left", color=MUTED, fontSize=10 if frame.narrow else 12, aria=False)
        .encode(x=x, y=y, text=alt.Text("name:N")),
    ]
    layers += [
        alt.Chart(records([b for b in bars if b["shade"] == shade]))
        .mark_rect(color=colour, stroke=INK, strokeWidth=0.8)
        .encode(
            x=x, x2=alt.X2("x2:Q"), y=y, y2=alt.Y2("y2:Q"), description=alt.Description("tip:N")
        )
        for shade, colour in _FILL.items()
    ]
    return frame.finish(*layers, description="harvest plot")
