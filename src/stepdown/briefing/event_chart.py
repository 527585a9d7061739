"""The picture of the difference by time since training, with interval and band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from stepdown.briefing.frame import Frame, records
from stepdown.briefing.palette import ACCENT, BAND, BAND_INNER, INK

MANY = 0.5
"""Share of the people at the fullest lag from which a lag counts as well filled."""
_SIGNED = "(datum.value > 0 ? '+' : '') + datum.label"


@dataclass(frozen=True, slots=True)
class LagRow:
    """Effect at one lag, per 1,000 people and periods; `empty` where nothing was counted."""

    lag: int
    n_units: int
    empty: bool
    estimate: float
    low: float
    high: float
    band_low: float
    band_high: float
    tip: str


def event_plot(rows: Sequence[LagRow], noun: str, width: int) -> alt.LayerChart:
    """Draw the effect by periods since training, with interval and simultaneous band."""
    frame = Frame(width, height=210 if width > 500 else 190, left=50)
    low, high = rate_domain(rows)
    data = [_lag_record(row, low, high) for row in rows]
    first, last = rows[0].lag, rows[-1].lag
    x = alt.X(
        "lag:Q",
        scale=alt.Scale(domain=[first - 0.5, last + 0.5], nice=False, zero=False),
        axis=alt.Axis(
            grid=False,
            values=_whole_ticks(first, last, 6 if frame.narrow else 12),
            format="d",
            title=f"{noun}s since the assigned start of training",
        ),
    )
    y_axis = alt.Axis(tickCount=5, title=None, domain=False, ticks=False, labelExpr=_SIGNED)
    scale = alt.Scale(domain=[low, high], nice=False, zero=False)

    def up(column: str) -> alt.Y:
        return alt.Y(f"{column}:Q", scale=scale, axis=y_axis)

    base = alt.Chart(records(data)).encode(x=x)
    few = len(rows) <= 14
    zero = alt.Chart(records([{"y": 0}])).mark_rule(color=INK, aria=False).encode(y=up("y"))
    if few:
        outer = base.mark_rule(color=BAND, strokeWidth=7 if frame.narrow else 9, aria=False).encode(
            y=up("band_low"), y2=alt.Y2("band_high:Q")
        )
        inner = base.mark_rule(color=ACCENT, strokeWidth=2, aria=False).encode(
            y=up("low"), y2=alt.Y2("high:Q")
        )
    else:
        outer = base.mark_area(color=BAND, line=False, aria=False).encode(
            y=up("band_low"), y2=alt.Y2("band_high:Q")
        )
        inner = base.mark_area(color=BAND_INNER, aria=False).encode(
            y=up("low"), y2=alt.Y2("high:Q")
        )
    path = base.mark_line(color=ACCENT, strokeWidth=1.5, aria=False).encode(y=up("estimate"))
    shown = alt.Chart(records([d for d in data if d["estimate"] is not None])).encode(x=x)
    size = 46 if few else 12 if frame.narrow else 22
    dots = shown.mark_point(filled=True, color=ACCENT, size=size, opacity=1).encode(
        y=up("estimate"), description=alt.Description("tip:N")
    )
    marks = [outer, inner, zero, dots] if few else [outer, inner, zero, path, dots]
    for column, shape in (("under", "triangle-down"), ("over", "triangle-up")):
        beyond = alt.Chart(records([d for d in data if d[column] is not None])).encode(x=x)
        marks.append(
            beyond.mark_point(filled=True, shape=shape, color=ACCENT, size=60, opacity=1).encode(
                y=up(column), description=alt.Description("tip:N")
            )
        )
    return frame.finish(*marks, description="effect by time since training")


def rate_domain(rows: Sequence[LagRow]) -> tuple[float, float]:
    """Choose the vertical range from lags at which many people are left; others may leave it."""
    rows = [r for r in rows if not r.empty]
    most = max(r.n_units for r in rows)
    many = [r for r in rows if r.n_units >= MANY * most]
    reach = sorted(max(abs(r.band_low), abs(r.band_high)) for r in many)
    limit = min(
        reach[-1], max(2 * reach[len(reach) // 2], 1.3 * max(abs(r.estimate) for r in many))
    )
    lowest = min(0.0, *(max(r.band_low, -limit) for r in rows))
    highest = max(0.0, *(min(r.band_high, limit) for r in rows))
    margin = 0.06 * (highest - lowest or 1.0)
    return lowest - margin, highest + margin


def _lag_record(row: LagRow, low: float, high: float) -> dict[str, Any]:
    def clipped(value: float) -> float | None:
        return None if row.empty else min(max(value, low), high)

    edge = 0.02 * (high - low)
    return {
        "lag": row.lag,
        "estimate": row.estimate if low <= row.estimate <= high and not row.empty else None,
        "under": low + edge if row.estimate < low and not row.empty else None,
        "over": high - edge if row.estimate > high and not row.empty else None,
        "low": clipped(row.low),
        "high": clipped(row.high),
        "band_low": clipped(row.band_low),
        "band_high": clipped(row.band_high),
        "tip": row.tip,
    }


def _whole_ticks(first: int, last: int, most: int) -> list[int]:
    step = next(s for s in (1, 2, 3, 6, 12, 24, 60, 120, 600) if (last - first) / s <= most)
    return [k for k in range(first, last + 1) if k % step == 0]
