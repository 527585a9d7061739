"""Arousal and trust over the encounter, as a drawing whose every point the keyboard reaches."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from stepdown.encounter.review.review import Point, Review

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 900, 260, 40, 14, 30
MARKS = {"say": "circle", "move": "square", "world": "triangle", "end": "triangle"}
TITLE = "Arousal and trust over time"
MARK = "{t:.0f} s, arousal {arousal:.1f}, trust {trust:.1f}: {what}"
SOLID, DASHED = "solid: arousal", "dashed: trust"
SHAPES = "Circles are what you said, squares what you did, triangles what happened."


def draw(review: Review, said: Callable[[str], str] = str) -> str:
    """Return the drawing as SVG; each mark links to its line in the table below.

    said: puts the fixed words (TITLE, MARK, SOLID, DASHED, SHAPES) into another language.
    """
    last = max(review.seconds, 1.0)

    def x(t: float) -> float:
        return round(LEFT + (WIDTH - LEFT - 12) * t / last, 1)

    def y(points: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - points / 10), 1)

    points = review.timeline
    arousal = " ".join(f"{x(p.t)},{y(p.arousal)}" for p in points)
    trust = " ".join(f"{x(p.t)},{y(p.trust)}" for p in points)
    grid = "".join(
        f'<line x1="{LEFT}" x2="{WIDTH - 12}" y1="{y(v)}" y2="{y(v)}" stroke="var(--line)"/>'
        f'<text x="{LEFT - 8}" y="{y(v) + 4}" text-anchor="end" font-size="12" '
        f'fill="var(--faint)">{v}</text>'
        for v in (0, 5, 10)
    )
    step = 60 if last <= 900 else 300
    ticks = "".join(
        f'<text x="{x(t)}" y="{HEIGHT - 8}" font-size="12" '
        f'text-anchor="{"end" if x(t) > WIDTH - 40 else "middle"}" '
        f'fill="var(--faint)">{t // 60} min</text>'
        for t in range(step, int(last) + 1, step)
    )
    marks = "".join(_mark(p, x(p.t), y(p.arousal), said) for p in points if p.kind in MARKS)
    return (
        f'<div class="scroll"><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="group" '
        f'aria-label="{escape(said(TITLE))}">'
        f"{grid}{ticks}"
        f'<polyline points="{trust}" fill="none" stroke="var(--good)" stroke-width="2" '
        'stroke-dasharray="6 4"/>'
        f'<polyline points="{arousal}" fill="none" stroke="var(--bad)" stroke-width="2.5"/>'
        f"{marks}</svg></div>"
        f'<p class="faint"><span class="bad">{escape(said(SOLID))}</span>, '
        f'<span class="good">{escape(said(DASHED))}</span>. {escape(said(SHAPES))}</p>'
    )


def _mark(point: Point, x: float, y: float, said: Callable[[str], str]) -> str:
    label = escape(
        said(MARK).format(
            t=point.t, arousal=point.arousal, trust=point.trust, what=point.what[:160]
        )
    )
    shape = {
        "circle": f'<circle cx="{x}" cy="{y}" r="5" fill="var(--mark)"/>',
        "square": f'<rect x="{x - 4.5}" y="{y - 4.5}" width="9" height="9" fill="var(--mark)"/>',
        "triangle": f'<path d="M{x} {y - 6}l6 11h-12z" fill="var(--ink)"/>',
    }[MARKS[point.kind]]
    return f'<a href="#e{point.event}" aria-label="{label}"><title>{label}</title>{shape}</a>'
