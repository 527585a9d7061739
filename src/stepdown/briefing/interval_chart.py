"""The picture of the answers: what the data fit, and what they could have shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from stepdown.briefing.frame import Frame, records
from stepdown.briefing.palette import ACCENT, INK, TRUTH, ZONE

ROW = 56
"""Height of one outcome in pixels."""
NONE_LEFT, TWICE = -100.0, 150.0
"""Furthest ends of the axis in percent; a count cannot fall by more than all of it."""


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """One outcome of the interval plot, in percent of what would have been without training."""

    name: str
    estimate: float
    low: float
    high: float
    threshold: float | None
    detectable: float | None
    truth: float | None
    tip: str


def interval_plot(rows: Sequence[IntervalRow], against: str, width: int) -> alt.LayerChart:
    """Draw estimate, interval, threshold and detectable effect of each outcome, in percent.

    `against` says what the difference is from.
    """
    frame = Frame(width, height=ROW * len(rows), left=20, right=20, top=4, bottom=46)
    low, high = percent_domain(rows)
    x = alt.Scale(domain=[low, high], nice=False, zero=False)
    y = alt.Scale(domain=[len(rows), 0], nice=False, zero=False)
    data = [_interval_record(row, place, low, high, frame) for place, row in enumerate(rows)]

    def at(column: str) -> alt.X:
        return alt.X(f"{column}:Q", scale=x, axis=_percent_axis(low, high, against, frame))

    def down(column: str) -> alt.Y:
        return alt.Y(f"{column}:Q", scale=y, axis=None)

    def base(keep: str) -> alt.Chart:
        return alt.Chart(records([d for d in data if d[keep] is not None]))

    tip = alt.Description("tip:N")
    zero = (
        alt.Chart(records([{"x": 0}]))
        .mark_rule(color=INK, strokeWidth=1, aria=False)
        .encode(x=at("x"))
    )
    layers = [
        base("zone_low")
        .mark_rect(color=ZONE, aria=False)
        .encode(x=at("zone_low"), x2=alt.X2("zone_high:Q"), y=down("top"), y2=alt.Y2("bottom:Q")),
        zero,
        base("threshold")
        .mark_rule(color=INK, strokeDash=[3, 3], strokeWidth=1.5, aria=False)
        .encode(x=at("threshold"), y=down("top"), y2=alt.Y2("bottom:Q")),
        base("low")
        .mark_rule(color=ACCENT, strokeWidth=3)
        .encode(x=at("low"), x2=alt.X2("high:Q"), y=down("middle"), description=tip),
        base("estimate")
        .mark_point(filled=True, color=ACCENT, size=110, opacity=1)
        .encode(x=at("estimate"), y=down("middle"), description=tip),
        base("truth")
        .mark_point(
            filled=False,
            shape="diamond",
            color=TRUTH,
            size=260,
            strokeWidth=2,
            opacity=1,
            aria=False,
        )
        .encode(x=at("truth"), y=down("middle")),
        base("name")
        .mark_text(align="left", baseline="middle", fontWeight="bold", aria=False)
        .encode(x=alt.value(0), y=down("label"), text=alt.Text("name:N")),
    ]
    for column, shape in (("beyond_low", "triangle-left"), ("beyond_high", "triangle-right")):
        layers.append(
            base(column)
            .mark_point(filled=True, shape=shape, color=ACCENT, size=90, aria=False)
            .encode(x=at(column), y=down("middle"))
        )
    return frame.finish(*layers, description="interval plot")


def percent_domain(rows: Sequence[IntervalRow]) -> tuple[float, float]:
    """Choose the horizontal range: one outcome of which little is known may leave it."""
    ends = [v for r in rows for v in (r.low, r.high, r.threshold, r.truth) if v is not None]
    ends += [s * r.detectable for r in rows if r.detectable is not None for s in (-1.15, 1.15)]
    low, high = min(-1.0, *ends), max(1.0, *ends)
    margin = 0.04 * (high - low)
    reach = sorted(max(abs(r.low), abs(r.high), r.detectable or 0.0) for r in rows)
    limit = max(2.5 * reach[(len(reach) - 1) // 2], 30.0)
    return max(low - margin, NONE_LEFT, -limit), min(high + margin, TWICE, limit)


def _percent_axis(low: float, high: float, against: str, frame: Frame) -> alt.Axis:
    step = next(
        s for s in (1, 2, 5, 10, 20, 25, 50, 100) if (high - low) / s <= (6 if frame.narrow else 12)
    )
    ticks = [k * step for k in range(math.ceil(low / step), math.floor(high / step) + 1)]
    return alt.Axis(
        values=ticks,
        domain=False,
        ticks=False,
        title=f"← lower | higher than {against} →",
        labelExpr="(datum.value > 0 ? '+' : '') + format(datum.value, 'd') + '%'",
        titlePadding=8,
        labelFlush=False,
    )


def _interval_record(
    row: IntervalRow, place: int, low: float, high: float, frame: Frame
) -> dict[str, Any]:
    def inside(value: float | None) -> float | None:
        return value if value is not None and low <= value <= high else None

    room = frame.inner // 8
    found = row.detectable is not None
    reach = row.detectable or 0.0
    return {
        "name": row.name if len(row.name) <= room else f"{row.name[: room - 1]}…",
        "tip": row.tip,
        "label": place + 0.2,
        "top": place + 0.38,
        "middle": place + 0.65,
        "bottom": place + 0.92,
        "zone_low": max(-reach, low) if found else None,
        "zone_high": min(reach, high) if found else None,
        "threshold": inside(row.threshold),
        "truth": inside(row.truth),
        "estimate": inside(row.estimate),
        "low": min(max(row.low, low), high),
        "high": max(min(row.high, high), low),
        "beyond_low": low if row.low < low else None,
        "beyond_high": high if row.high > high else None,
    }
