"""What an agency's re-tests told: how far they moved each assumption, and how predictions did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stepdown.web.practice.templatetags.words import plainly

KINDS: dict[str, Any] = {
    "stability": gettext_lazy("Days until nine tenths are left"),
    "growth": gettext_lazy("How much longer it lasts after each refresher"),
    "decay": gettext_lazy("How steeply it fades"),
    "level": gettext_lazy("Share of the best score right after training"),
    "spread": gettext_lazy("How much people differ"),
    "own": gettext_lazy("How much the techniques of one person differ"),
    "noise": gettext_lazy("How much scores scatter"),
}
SIDE, EDGE, ROOM = 340, 62, 14
"""Of the drawing: the frame's side, what is left of it and below it, and above it."""
QUARTERS, TICKS = 4, 5
LARGE = 10.0
"""From which on a parameter is told without decimals: days."""


@dataclass(frozen=True, slots=True)
class MovedRow:
    """One parameter: of which technique (empty: of all), median and interval before and after."""

    kind: str
    technique: str
    before: str
    after: str
    surer: int
    """By how many percent it is surer than before."""
    estimated: bool


def moved_of(result: Mapping[str, Any], names: Mapping[str, str]) -> list[MovedRow]:
    """Return how far each parameter was moved, technique by technique, then those of all.

    `names`: of the techniques that are planned for. One that is not any more is told by its id.
    """
    rows = []
    for one in result["moved"]:
        kind, _of, technique = one["name"].partition(" of ")
        digits = 0 if one["after"][1] >= LARGE else 2
        rows.append((technique, MovedRow(
            str(KINDS[kind]), _(names[technique]) if technique in names else plainly(technique),
            _interval(one["before"], digits), _interval(one["after"], digits),
            round(100 * one["surer"]), one["estimated"],
        )))  # fmt: skip
    order = list(dict.fromkeys([*names, *(technique for technique, _row in rows if technique), ""]))
    return [row for _key, row in sorted(rows, key=lambda pair: order.index(pair[0]))]


def _interval(values: list[float], digits: int) -> str:
    low, middle, high = (number_format(value, digits) for value in values)
    return _("%(middle)s (%(low)s to %(high)s)") % {"middle": middle, "low": low, "high": high}


def plotted(found: Mapping[str, Any] | None) -> str:
    """Return predicted against observed scores, each bin with its interval; nothing without any.

    The frame begins at the quarter below everything that is drawn.
    """
    if not found:
        return ""
    label = _("Predicted against observed scores of %(tests)d re-tests; the table below says the"
              " same.") % {"tests": found["tests"]}  # fmt: skip
    least = min(min(one["predicted"], one["low"]) for one in found["bins"])
    begins = int(max(least, 0.0) * QUARTERS) / QUARTERS
    frame = _Frame(min(begins, 1 - 1 / QUARTERS))
    points = "".join(frame.point(one) for one in found["bins"])
    width, height = EDGE + SIDE + ROOM, ROOM + SIDE + EDGE
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}">'
        f"{frame.ticks()}{frame.diagonal()}{points}{frame.names()}</svg>"
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    """A square from `least` to 1 both ways."""

    least: float

    def x(self, share: float) -> float:
        return round(EDGE + SIDE * self._part(share), 1)

    def y(self, share: float) -> float:
        return round(ROOM + SIDE * (1 - self._part(share)), 1)

    def _part(self, share: float) -> float:
        """Return where a share lies between the sides, 0 to 1; what is beyond lies on the side."""
        return (min(max(share, self.least), 1.0) - self.least) / (1 - self.least)

    def ticks(self) -> str:
        step = (1 - self.least) / TICKS
        return "".join(self._tick(self.least + n * step) for n in range(TICKS + 1))

    def _tick(self, value: float) -> str:
        x, y, told = self.x(value), self.y(value), number_format(value, 2)
        return (
            f'<line x1="{EDGE}" x2="{EDGE + SIDE}" y1="{y}" y2="{y}" stroke="var(--line)"/>'
            f'<text x="{EDGE - 8}" y="{y + 4}" text-anchor="end" font-size="12" '
            f'fill="var(--faint)">{told}</text>'
            f'<text x="{x}" y="{ROOM + SIDE + 18}" text-anchor="middle" font-size="12" '
            f'fill="var(--faint)">{told}</text>'
        )

    def diagonal(self) -> str:
        return (
            f'<line x1="{EDGE}" y1="{ROOM + SIDE}" x2="{EDGE + SIDE}" y2="{ROOM}" '
            'stroke="var(--faint)" stroke-dasharray="2 4"/>'
        )

    def point(self, one: Mapping[str, Any]) -> str:
        x, y = self.x(one["predicted"]), self.y(one["observed"])
        low, high = self.y(one["low"]), self.y(one["high"])
        return (
            f'<line x1="{x}" x2="{x}" y1="{low}" y2="{high}" stroke="var(--mark)" '
            f'stroke-width="2"/><circle cx="{x}" cy="{y}" r="4.5" fill="var(--mark)"/>'
        )

    def names(self) -> str:
        x, y = EDGE + SIDE / 2, ROOM + SIDE / 2
        return (
            f'<text x="{x}" y="{ROOM + SIDE + 44}" text-anchor="middle" font-size="13" '
            f'fill="var(--ink)">{escape(_("predicted"))}</text>'
            f'<text x="16" y="{y}" text-anchor="middle" font-size="13" fill="var(--ink)" '
            f'transform="rotate(-90 16 {y})">{escape(_("observed"))}</text>'
        )
