"""The forest plot: published sizes in percent, with the intervals there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from stepdown.briefing.frame import Frame, records
from stepdown.briefing.palette import ACCENT, INK, MUTED, TRUTH

ROW = 40
LEAST, MOST = -85.0, 35.0
"""Ends of the axis in percent."""
TICKS = (-80, -60, -40, -20, 0, 20)


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One study or one pool, in percent; None where no number or no interval was published.

    `words` stand in the place of a missing number.
    """

    name: str
    effect: float | None
    low: float | None
    high: float | None
    randomised: bool
    tip: str
    pooled: bool = False
    words: str = ""


def forest_plot(rows: Sequence[ForestRow], width: int) -> alt.LayerChart:
    """Draw the rows below each other with their names above the lines."""
    frame = Frame(width, height=ROW * len(rows), left=14, right=14, top=4, bottom=44)
    x_scale = alt.Scale(domain=[LEAST, MOST], nice=False, zero=False)
    y_scale = alt.Scale(domain=[len(rows), 0], nice=False, zero=False)
    axis = alt.Axis(
        values=list(TICKS),
        domain=False,
        ticks=False,
        labelExpr="(datum.value > 0 ? '+' : '') + format(datum.value, 'd') + '%'",
        title="fewer ← change → more",
        titlePadding=8,
        labelFlush=False,
    )

    def at(column: str) -> alt.X:
        return alt.X(f"{column}:Q", scale=x_scale, axis=axis)

    def down(column: str) -> alt.Y:
        return alt.Y(f"{column}:Q", scale=y_scale, axis=None)

    data = [_record(row, n, frame) for n, row in enumerate(rows)]

    def base(keep: str) -> alt.Chart:
        return alt.Chart(records([d for d in data if d[keep]]))

    tip = alt.Description("tip:N")
    layers = [
        alt.Chart(records([{"x": 0.0}])).mark_rule(color=INK, aria=False).encode(x=at("x")),
        base("ranged")
        .mark_rule(color=ACCENT, strokeWidth=3)
        .encode(x=at("low"), x2=alt.X2("high:Q"), y=down("middle"), description=tip),
        base("drawn")
        .mark_point(filled=True, color=ACCENT, size=90, opacity=1)
        .encode(x=at("effect"), y=down("middle"), description=tip),
        base("bare")
        .mark_point(filled=False, color=ACCENT, size=90, strokeWidth=2, opacity=1)
        .encode(x=at("effect"), y=down("middle"), description=tip),
        base("pooled")
        .mark_point(filled=True, shape="diamond", color=TRUTH, size=200, opacity=1)
        .encode(x=at("effect"), y=down("middle"), description=tip),
        base("name")
        .mark_text(align="left", baseline="middle", aria=False)
        .encode(x=alt.value(0), y=down("label"), text=alt.Text("name:N")),
        base("words")
        .mark_text(align="left", baseline="middle", color=MUTED, aria=False)
        .encode(x=alt.value(0), y=down("middle"), text=alt.Text("words:N")),
    ]
    for column, shape in (("beyond_low", "triangle-left"), ("beyond_high", "triangle-right")):
        layers.append(
            base(column)
            .mark_point(filled=True, shape=shape, color=MUTED, size=70, aria=False)
            .encode(x=at(column), y=down("middle"))
        )
    return frame.finish(*layers, description="forest plot")


def _record(row: ForestRow, place: int, frame: Frame) -> dict[str, Any]:
    effect = 0.0 if row.effect is None else row.effect
    low, high = (effect if e is None else e for e in (row.low, row.high))
    room = frame.inner // 7
    ranged = row.low is not None and row.high is not None
    return {
        "name": row.name if len(row.name) <= room else f"{row.name[: room - 1]}…",
        "tip": row.tip,
        "label": place + 0.28,
        "middle": place + 0.7,
        "effect": _inside(effect),
        "low": _inside(low),
        "high": _inside(high),
        "words": row.words if row.effect is None else "",
        "ranged": ranged,
        "drawn": ranged and not row.pooled,
        "bare": not ranged and row.effect is not None,
        "pooled": row.pooled,
        "beyond_low": LEAST if low < LEAST else None,
        "beyond_high": MOST if high > MOST else None,
    }


def _inside(percent: float) -> float:
    return min(max(percent, LEAST), MOST)
