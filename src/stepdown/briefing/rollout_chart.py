"""The picture of the rollout: how many were due when, and the share due so far."""

from __future__ import annotations

import math
from dataclasses import dataclass

import altair as alt

from stepdown.briefing.frame import Frame, records
from stepdown.briefing.palette import ACCENT, BAND, BREAK

_MONTHS = (1, 2, 3, 6, 12, 24, 36, 60, 120)
_STEPS = (1, 2, 4, 5, 10, 20, 50, 100)


@dataclass(frozen=True, slots=True)
class Timeline:
    """The rollout by period: people trained, share trained in %, and breaks (position, text)."""

    labels: tuple[str, ...]
    trained: tuple[int, ...]
    share: tuple[float, ...]
    breaks: tuple[tuple[int, str], ...]
    noun: str


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
            description=alt.Description("tip:N"),
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
    area = base.mark_area(color=BAND, interpolate="step", aria=False)
    edge = base.mark_line(color=ACCENT, interpolate="step", strokeWidth=2, aria=False)
    return frame.finish(area, edge, *_break_rules(line, frame), description="share trained")


def _period_x(line: Timeline, frame: Frame, *, labels: bool) -> alt.X:
    count = len(line.labels)
    longest = max(len(label) for label in line.labels)
    room = max(2, int(frame.inner / (9 * longest + 14)))
    least = math.ceil(count / room)
    nice = _MONTHS if line.noun == "month" else _STEPS
    step = next((s for s in nice if s >= least), least)
    first = -int(line.labels[0]) % step if line.labels[0].isdecimal() else 0
    axis = alt.Axis(
        values=list(line.labels[first::step]),
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
        description=alt.Description("tip:N")
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
    ).encode(y=alt.value(-6), text=alt.Text("text:N"))
    return [rules, words]
