"""The charts: what was found, who was trained when, and the effect by time since training."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from stepdown.briefing.frame import Frame, records
from stepdown.briefing.palette import (
    ACCENT,
    BAND,
    BAND_INNER,
    BREAK,
    INK,
    TRUTH,
    ZONE,
)

ROW = 62
NONE_LEFT, TWICE = -100.0, 150.0
MANY = 0.5
"""Share of the people at the fullest lag from which a lag counts as well filled."""


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


@dataclass(frozen=True, slots=True)
class Timeline:
    """The rollout by period: people trained, share trained in %, and breaks (position, text)."""

    labels: tuple[str, ...]
    trained: tuple[int, ...]
    share: tuple[float, ...]
    breaks: tuple[tuple[int, str], ...]
    noun: str


@dataclass(frozen=True, slots=True)
class LagRow:
    """Effect at one lag, per 1,000 people and periods."""

    lag: int
    n_units: int
    estimate: float
    low: float
    high: float
    band_low: float
    band_high: float
    tip: str


def interval_plot(rows: Sequence[IntervalRow], width: int) -> alt.LayerChart:
    """Draw estimate, interval, threshold and detectable effect of each outcome, in percent."""
    frame = Frame(width, height=ROW * len(rows), left=14, right=14, top=4, bottom=46)
    low, high = _percent_domain(rows)
    x = alt.Scale(domain=[low, high], nice=False, zero=False)
    y = alt.Scale(domain=[len(rows), 0], nice=False, zero=False)
    data = [_interval_record(row, place, low, high) for place, row in enumerate(rows)]

    def at(column: str) -> alt.X:
        return alt.X(f"{column}:Q", scale=x, axis=_percent_axis(low, high, frame))

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
        .encode(x=at("zone_low"), x2="zone_high:Q", y=down("top"), y2="bottom:Q"),
        zero,
        base("threshold")
        .mark_rule(color=INK, strokeDash=[3, 3], strokeWidth=1.5, aria=False)
        .encode(x=at("threshold"), y=down("top"), y2="bottom:Q"),
        base("low")
        .mark_rule(color=ACCENT, strokeWidth=3)
        .encode(x=at("low"), x2="high:Q", y=down("middle"), description=tip),
        base("estimate")
        .mark_point(filled=True, color=ACCENT, size=110, opacity=1)
        .encode(x=at("estimate"), y=down("middle"), description=tip),
        base("truth")
        .mark_point(
            filled=False,
            shape="diamond",
            color=TRUTH,
            size=150,
            strokeWidth=2,
            opacity=1,
            aria=False,
        )
        .encode(x=at("truth"), y=down("middle")),
        base("name")
        .mark_text(align="left", baseline="middle", fontWeight="bold", aria=False)
        .encode(x=alt.value(0), y=down("label"), text="name:N"),
    ]
    for column, shape in (("beyond_low", "triangle-left"), ("beyond_high", "triangle-right")):
        layers.append(
            base(column)
            .mark_point(filled=True, shape=shape, color=ACCENT, size=90, aria=False)
            .encode(x=at(column), y=down("middle"))
        )
    return frame.finish(*layers, description="interval plot")


def waves_plot(line: Timeline, width: int) -> alt.LayerChart:
    """Draw how many people were due to start training in each period."""
    frame = Frame(width, height=130, top=22, bottom=8, left=52)
    rows = [
        {"label": label, "people": count, "tip": f"{label}: {count:,}"}
        for label, count in zip(line.labels, line.trained, strict=True)
    ]
    y = alt.Axis(tickCount=3, title=None, domain=False, ticks=False, format=",d")
    bars = (
        alt.Chart(records([r for r in rows if r["people"]]))
        .mark_bar(color=ACCENT)
        .encode(
            x=_period_x(line, frame, labels=False),
            y=alt.Y("people:Q", axis=y),
            description="tip:N",
        )
    )
    return frame.finish(*_break_rules(line, frame, named=True), bars, description="waves")


def share_plot(line: Timeline, width: int) -> alt.LayerChart:
    """Draw the share of people due for training so far, in percent, with breaks marked."""
    frame = Frame(width, height=110, top=8, bottom=46, left=52)
    rows = [
        {"label": label, "share": share, "tip": f"{label}: {share:.0f}%"}
        for label, share in zip(line.labels, line.share, strict=True)
    ]
    y = alt.Y(
        "share:Q",
        scale=alt.Scale(domain=[0, 100]),
        axis=alt.Axis(
            values=[0, 50, 100], title=None, domain=False, ticks=False, labelExpr="datum.value+'%'"
        ),
    )
    base = alt.Chart(records(rows)).encode(x=_period_x(line, frame, labels=True), y=y)
    area = base.mark_area(color=BAND, interpolate="step-after", aria=False)
    edge = base.mark_line(color=ACCENT, interpolate="step-after", strokeWidth=2, aria=False)
    return frame.finish(area, edge, *_break_rules(line, frame), description="share trained")


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
        thick = {"strokeWidth": 9 if not frame.narrow else 7}
        outer = base.mark_rule(color=BAND, **thick, aria=False).encode(
            y=up("band_low"), y2="band_high:Q"
        )
        inner = base.mark_rule(color=ACCENT, strokeWidth=2, aria=False).encode(
            y=up("low"), y2="high:Q"
        )
    else:
        outer = base.mark_area(color=BAND, line=False, aria=False).encode(
            y=up("band_low"), y2="band_high:Q"
        )
        inner = base.mark_area(color=BAND_INNER, aria=False).encode(y=up("low"), y2="high:Q")
    path = base.mark_line(color=ACCENT, strokeWidth=1.5, aria=False).encode(y=up("estimate"))
    shown = alt.Chart(records([d for d in data if d["estimate"] is not None])).encode(x=x)
    size = 46 if few else 22
    dots = shown.mark_point(filled=True, color=ACCENT, size=size, opacity=1).encode(
        y=up("estimate"), description="tip:N"
    )
    marks = [outer, inner, zero, dots] if few else [outer, inner, zero, path, dots]
    for column, shape in (("under", "triangle-down"), ("over", "triangle-up")):
        beyond = alt.Chart(records([d for d in data if d[column] is not None])).encode(x=x)
        marks.append(
            beyond.mark_point(filled=True, shape=shape, color=ACCENT, size=60, opacity=1).encode(
                y=up(column), description="tip:N"
            )
        )
    return frame.finish(*marks, description="effect by time since training")


def rate_domain(rows: Sequence[LagRow]) -> tuple[float, float]:
    """Choose the vertical range from lags at which many people are left; others may leave it."""
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


_SIGNED = "(datum.value > 0 ? '+' : '') + datum.label"


def _lag_record(row: LagRow, low: float, high: float) -> dict[str, Any]:
    def clipped(value: float) -> float:
        return min(max(value, low), high)

    edge = 0.02 * (high - low)
    return {
        "lag": row.lag,
        "estimate": row.estimate if low <= row.estimate <= high else None,
        "under": low + edge if row.estimate < low else None,
        "over": high - edge if row.estimate > high else None,
        "low": clipped(row.low),
        "high": clipped(row.high),
        "band_low": clipped(row.band_low),
        "band_high": clipped(row.band_high),
        "tip": row.tip,
    }


def _percent_domain(rows: Sequence[IntervalRow]) -> tuple[float, float]:
    ends = [v for r in rows for v in (r.low, r.high, r.threshold, r.truth) if v is not None]
    ends += [s * r.detectable for r in rows if r.detectable is not None for s in (-1.15, 1.15)]
    low, high = min(ends), max(ends)
    margin = 0.04 * (high - low)
    return max(low - margin, NONE_LEFT), min(high + margin, TWICE)


def _percent_axis(low: float, high: float, frame: Frame) -> alt.Axis:
    step = next(
        s for s in (1, 2, 5, 10, 20, 25, 50, 100) if (high - low) / s <= (6 if frame.narrow else 12)
    )
    ticks = [k * step for k in range(math.ceil(low / step), math.floor(high / step) + 1)]
    return alt.Axis(
        values=ticks,
        domain=False,
        ticks=False,
        title="← lower | higher than without training →",
        labelExpr="(datum.value > 0 ? '+' : '') + format(datum.value, 'd') + '%'",
        titlePadding=8,
    )


def _interval_record(row: IntervalRow, place: int, low: float, high: float) -> dict[str, Any]:
    def inside(value: float | None) -> float | None:
        return value if value is not None and low <= value <= high else None

    found = row.detectable is not None
    reach = row.detectable or 0.0
    return {
        "name": row.name,
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


def _period_x(line: Timeline, frame: Frame, *, labels: bool) -> alt.X:
    count = len(line.labels)
    longest = max(len(label) for label in line.labels)
    room = max(2, int(frame.inner / (9 * longest + 14)))
    step = max(1, math.ceil(count / room))
    axis = alt.Axis(
        values=list(line.labels[::step]),
        labelAngle=0,
        labelOverlap=False,
        labels=labels,
        ticks=labels,
        title=line.noun if labels else None,
        grid=False,
    )
    return alt.X("label:N", scale=alt.Scale(domain=list(line.labels)), axis=axis)


def _break_rules(line: Timeline, frame: Frame, *, named: bool = False) -> list[alt.Chart]:
    if not line.breaks:
        return []
    rows = [
        {"label": line.labels[place - 1], "text": "change in recording", "tip": text}
        for place, text in line.breaks
    ]
    base = alt.Chart(records(rows)).encode(x=_period_x(line, frame, labels=not named))
    rules = base.mark_rule(color=BREAK, strokeDash=[4, 3], strokeWidth=1.5).encode(
        description="tip:N"
    )
    if not named:
        return [rules]
    last = max(place for place, _ in line.breaks)
    late = last > 0.6 * len(line.labels)
    text = alt.Chart(records(rows[-1:])).encode(x=_period_x(line, frame, labels=False))
    words = text.mark_text(
        align="right" if late else "left",
        dx=-4 if late else 4,
        baseline="bottom",
        color=BREAK,
        aria=False,
    ).encode(y=alt.value(-6), text="text:N")
    return [rules, words]


def _whole_ticks(first: int, last: int, most: int) -> list[int]:
    step = next(s for s in (1, 2, 3, 6, 12, 24, 60, 120, 600) if (last - first) / s <= most)
    return [k for k in range(first, last + 1) if k % step == 0]
