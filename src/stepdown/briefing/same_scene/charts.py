"""Pictures: officers beside their peers by how many scenes they were at, and the network map."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from stepdown.briefing.frame import Frame, records
from stepdown.briefing.palette import ACCENT, BAND_INNER, INK, MUTED, RULE

_SIGNED = "(datum.value > 0 ? '+' : '') + replace(format(datum.value, '.1f'), '-', '−')"
MOST_TIPS = 300
"""With more officers the picture carries no tooltips; the table has the numbers."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One officer: scenes, relative propensity with its interval, whether that leaves 0 out."""

    scenes: int
    mean: float
    low: float
    high: float
    apart: bool
    tip: str


def relative_plot(marks: Sequence[Mark], width: int) -> alt.LayerChart:
    """Draw intervals against the number of scenes, never ranked."""
    frame = Frame(width, height=300 if width > 500 else 260, left=46, bottom=44)
    few, many = min(m.scenes for m in marks), max(m.scenes for m in marks)
    reach = max(max(abs(m.low), abs(m.high)) for m in marks) * 1.05
    x = alt.Scale(type="log", domain=[few * 0.9, many * 1.1], nice=False)
    y = alt.Scale(domain=[-reach, reach], nice=False, zero=False)
    across = alt.X("scenes:Q", scale=x, axis=alt.Axis(
        grid=False, values=_scene_ticks(few, many, frame.narrow), format="d",
        title="scenes at which levels differed",
    ))  # fmt: skip

    def up(column: str) -> alt.Y:
        axis = alt.Axis(tickCount=5, title=None, domain=False, ticks=False, labelExpr=_SIGNED)
        return alt.Y(f"{column}:Q", scale=y, axis=axis)

    zero = alt.Chart(records([{"y": 0}])).mark_rule(color=INK, aria=False).encode(y=up("y"))
    layers = [zero]
    tips = len(marks) <= MOST_TIPS
    for apart, colour, thick in ((False, BAND_INNER, 0.8), (True, ACCENT, 1.1)):
        rows = [_record(m, n) for n, m in enumerate(marks) if m.apart is apart]
        base = alt.Chart(records(rows)).encode(x=across)
        layers.append(
            base.mark_rule(color=colour, strokeWidth=thick, aria=False).encode(
                y=up("low"), y2=alt.Y2("high:Q")
            )
        )
        dots = base.mark_point(filled=True, color=ACCENT if apart else MUTED, size=9, opacity=1,
                               aria=tips).encode(y=up("mean"))  # fmt: skip
        layers.append(dots.encode(description=alt.Description("tip:N")) if tips else dots)
    return frame.finish(*layers, description="officers beside their peers")


def _record(mark: Mark, place: int) -> dict[str, float | str]:
    # Officers with the same number of scenes stand side by side, within one scene's width.
    side = ((place * 0.618034) % 1 - 0.5) * 0.8
    return {"scenes": mark.scenes + side, "mean": mark.mean, "low": mark.low, "high": mark.high,
            "tip": mark.tip}  # fmt: skip


def _scene_ticks(few: int, many: int, narrow: bool) -> list[int]:
    steps = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
    ticks = [t for t in steps if few * 0.9 <= t <= many * 1.1]
    if len(ticks) < 3:
        step = max(1, (many - few) // 3)
        ticks = list(range(few, many + 1, step))
    return ticks[::2] if narrow and len(ticks) > 6 else ticks


@dataclass(frozen=True, slots=True)
class Dot:
    """One place of the map: where, how many scenes, whether in the largest piece."""

    x: float
    y: float
    scenes: int
    main: bool


def network_plot(
    dots: Sequence[Dot], links: Sequence[tuple[int, int]], width: int
) -> alt.LayerChart:
    """Draw officers as dots, pairs that shared most scenes as lines."""
    frame = Frame(width, height=320 if width > 500 else 240, left=10, right=10, top=8, bottom=8)
    scale = alt.Scale(domain=[-0.02, 1.02], nice=False, zero=False)
    x, y = alt.X("x:Q", scale=scale, axis=None), alt.Y("y:Q", scale=scale, axis=None)
    lines = [{"x": dots[a].x, "y": dots[a].y, "x2": dots[b].x, "y2": dots[b].y} for a, b in links]
    layers = [
        alt.Chart(records(lines))
        .mark_rule(color=RULE, strokeWidth=0.6, aria=False)
        .encode(x=x, y=y, x2=alt.X2("x2:Q"), y2=alt.Y2("y2:Q"))
    ]
    for main, colour in ((True, ACCENT), (False, INK)):
        rows = [{"x": d.x, "y": d.y, "size": 3 + 2.5 * math.sqrt(d.scenes)}
                for d in dots if d.main is main]  # fmt: skip
        layers.append(
            alt.Chart(records(rows))
            .mark_point(filled=True, color=colour, opacity=0.75, aria=False)
            .encode(x=x, y=y, size=alt.Size("size:Q", scale=None, legend=None))
        )
    return frame.finish(*layers, description="network of shared scenes")
