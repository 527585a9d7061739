"""The forest plot: published sizes in percent on a ratio scale, with the intervals there are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from stepdown.briefing.frame import Frame, records
from stepdown.briefing.palette import ACCENT, INK, MUTED, TRUTH

ROW = 40
LEAST, MOST = -85.0, 60.0
"""Ends of the axis in percent."""
TICKS = (-80, -60, -40, -20, 0, 20, 50)


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One study or one pool, in percent; `low` and `high` are None where none was published."""

    name: str
    effect: float
    low: float | None
    high: float | None
    randomised: bool
    tip: str
    pooled: bool = False


def forest_plot(rows: Sequence[ForestRow], width: int) -> alt.LayerChart:
    """Draw the rows below each other with their names above the lines."""
    frame = Frame(width, height=ROW * len(rows), left=14, right=14, top=4, bottom=44)
    x_scale = alt.Scale(domain=[_log(LEAST), _log(MOST)], nice=False, zero=False)
    y_scale = alt.Scale(domain=[len(rows), 0], nice=False, zero=False)
    axis = alt.Axis(
        values=[_log(t) for t in TICKS],
        domain=False,
        ticks=False,
        labelExpr="format(round(100 * (exp(datum.value) - 1)), '+d') + '%'",
        title="← fewer | more →",
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
        .encode(x=at("low"), x2="high:Q", y=down("middle"), description=tip),
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
        .encode(x=alt.value(0), y=down("label"), text="name:N"),
    ]
    for column, shape in (("beyond_low", "triangle-left"), ("beyond_high", "triangle-right")):
        layers.append(
            base(column)
            .mark_point(filled=True, shape=shape, color=MUTED, size=70, aria=False)
            .encode(x=at(column), y=down("middle"))
        )
    return frame.finish(*layers, description="forest plot")


def _log(percent: float) -> float:
    return math.log1p(percent / 100)


def _record(row: ForestRow, place: int, frame: Frame) -> dict[str, Any]:
    low, high = (row.effect if e is None else e for e in (row.low, row.high))
    room = frame.inner // 6
    ranged = row.low is not None and row.high is not None
    return {
        "name": row.name if len(row.name) <= room else f"{row.name[: room - 1]}…",
        "tip": row.tip,
        "label": place + 0.28,
        "middle": place + 0.7,
        "effect": _log(_inside(row.effect)),
        "low": _log(_inside(low)),
        "high": _log(_inside(high)),
        "ranged": ranged,
        "drawn": ranged and not row.pooled,
        "bare": not ranged,
        "pooled": row.pooled,
        "beyond_low": _log(LEAST) if low < LEAST else None,
        "beyond_high": _log(MOST) if high > MOST else None,
    }


def _inside(percent: float) -> float:
    return min(max(percent, LEAST), MOST)
