"""Small drawings for pages: how a domain moved, and two tries beside each other.

Presentation attributes and the pages' own colours only; every text is escaped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from stepdown.encounter.review.review import Point

WIDTH, HEIGHT, EDGE = 220, 76, 10


def domain_chart(scores: Sequence[int | None], assessed: Sequence[bool], label: str) -> str:
    """Return the scores of one domain, 0 to 4, in their order: dots practice, squares assessed.

    Where there is no score its place stays empty.
    """
    span = max(len(scores) - 1, 1)

    def place(n: int, score: int) -> tuple[float, float]:
        x = WIDTH / 2 if len(scores) == 1 else EDGE + 14 + (WIDTH - 2 * EDGE - 18) * n / span
        return round(x, 1), round(EDGE + (HEIGHT - 2 * EDGE) * (1 - score / 4), 1)

    lines = "".join(
        f'<line x1="{EDGE + 8}" x2="{WIDTH}" y1="{place(0, v)[1]}" y2="{place(0, v)[1]}" '
        f'stroke="var(--line)"/><text x="0" y="{place(0, v)[1] + 4}" font-size="12" '
        f'fill="var(--faint)">{v}</text>'
        for v in (0, 2, 4)
    )
    there = [(n, score) for n, score in enumerate(scores) if score is not None]
    points = [place(n, score) for n, score in there]
    path = " ".join(f"{x},{y}" for x, y in points)
    marks = "".join(_mark(x, y, assessed[n]) for (n, _), (x, y) in zip(there, points, strict=True))
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}">{lines}'
        f'<polyline points="{path}" fill="none" stroke="var(--mark)" stroke-width="1.5"/>'
        f"{marks}</svg>"
    )


def _mark(x: float, y: float, assessed: bool) -> str:
    if assessed:
        return (
            f'<rect x="{x - 4.5}" y="{y - 4.5}" width="9" height="9" fill="var(--sheet)" '
            'stroke="var(--warm)" stroke-width="2"/>'
        )
    return f'<circle cx="{x}" cy="{y}" r="4" fill="var(--mark)"/>'


def compared_chart(
    one: Sequence[Point], other: Sequence[Point], at: float, names: tuple[str, str], label: str
) -> str:
    """Return arousal above and trust below, of two tries, with a line where they part.

    names: of the two panels. The first try is drawn solid, the second dashed.
    """
    width, panel, left, gap = 720, 110, 34, 34
    last = max(one[-1].t, other[-1].t, 1.0)

    def x(t: float) -> float:
        return round(left + (width - left - 8) * t / last, 1)

    def y(number: int, points: float) -> float:
        return round(14 + number * (panel + gap) + panel * (1 - points / 10), 1)

    def line(number: int, points: Sequence[Point], dashed: bool) -> str:
        values = [(p.t, p.trust if number else p.arousal) for p in points]
        path = " ".join(f"{x(t)},{y(number, value)}" for t, value in values)
        how = 'stroke="var(--warm)" stroke-dasharray="6 4"' if dashed else 'stroke="var(--mark)"'
        return f'<polyline points="{path}" fill="none" stroke-width="2.5" {how}/>'

    panels = "".join(
        _panel(number, name, width, left, y) + line(number, one, False) + line(number, other, True)
        for number, name in enumerate(names)
    )
    height = 2 * (panel + gap)
    parting = (
        f'<line x1="{x(at)}" x2="{x(at)}" y1="8" y2="{height - 12}" stroke="var(--faint)" '
        'stroke-dasharray="2 4"/>'
    )
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}">'
        f"{panels}{parting}</svg>"
    )


def _panel(number: int, name: str, width: int, left: int, y: Callable[[int, float], float]) -> str:
    top, bottom = y(number, 10), y(number, 0)
    return (
        "".join(
            f'<line x1="{left}" x2="{width - 8}" y1="{at}" y2="{at}" stroke="var(--line)"/>'
            f'<text x="{left - 6}" y="{at + 4}" text-anchor="end" font-size="12" '
            f'fill="var(--faint)">{shown}</text>'
            for at, shown in ((top, 10), (bottom, 0))
        )
        + f'<text x="{left + 4}" y="{top - 3}" font-size="12" fill="var(--ink)">{escape(name)}'
        "</text>"
    )
