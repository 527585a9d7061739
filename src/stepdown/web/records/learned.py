"""What an agency's re-tests told: how far they moved each assumption, and how predictions did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stepdown.web.records.rehearsed import techniques

KINDS: dict[str, Any] = {
    "stability": gettext_lazy("Days until nine tenths are left"),
    "growth": gettext_lazy("How much longer it lasts after each refresher"),
    "decay": gettext_lazy("How steeply it fades"),
    "spread": gettext_lazy("How much people differ"),
    "own": gettext_lazy("How much the techniques of one person differ"),
    "noise": gettext_lazy("How much scores scatter"),
}
SIDE, EDGE, LOW = 360, 46, 14


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


def moved_of(result: Mapping[str, Any]) -> list[MovedRow]:
    """Return how far each parameter was moved, technique by technique, then those of all."""
    names = techniques()
    rows = []
    for one in result["moved"]:
        kind, _of, technique = one["name"].partition(" of ")
        digits = 0 if kind == "stability" else 2
        rows.append((technique, MovedRow(
            str(KINDS[kind]), _(names[technique]) if technique in names else technique,
            _interval(one["before"], digits), _interval(one["after"], digits),
            round(100 * one["surer"]), one["estimated"],
        )))  # fmt: skip
    order = [*names, ""]
    return [row for _key, row in sorted(rows, key=lambda pair: order.index(pair[0]))]


def _interval(values: list[float], digits: int) -> str:
    low, middle, high = (number_format(value, digits) for value in values)
    return _("%(middle)s (%(low)s to %(high)s)") % {"middle": middle, "low": low, "high": high}


def plotted(found: Mapping[str, Any] | None) -> str:
    """Return predicted against observed scores, each bin with its interval; nothing without any."""
    if not found:
        return ""
    label = _("Predicted against observed scores of %(tests)d re-tests; the table below says the"
              " same.") % {"tests": found["tests"]}  # fmt: skip
    frame = "".join(_tick(value) for value in (0.0, 0.25, 0.5, 0.75, 1.0))
    ideal = (
        f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke="var(--faint)" '
        'stroke-dasharray="2 4"/>'
    )
    points = "".join(_point(one) for one in found["bins"])
    middle = (EDGE + SIDE) / 2
    names = (
        f'<text x="{middle}" y="{SIDE + EDGE - 10}" text-anchor="middle" font-size="13" '
        f'fill="var(--ink)">{escape(_("predicted"))}</text>'
        f'<text x="14" y="{middle - 20}" text-anchor="middle" font-size="13" fill="var(--ink)" '
        f'transform="rotate(-90 14 {middle - 20})">{escape(_("observed"))}</text>'
    )
    size = SIDE + EDGE
    return (
        f'<svg viewBox="0 0 {size} {size}" role="img" aria-label="{escape(label)}">'
        f"{frame}{ideal}{points}{names}</svg>"
    )


def _tick(value: float) -> str:
    x, y, told = _x(value), _y(value), number_format(value, 2)
    return (
        f'<line x1="{_x(0)}" x2="{_x(1)}" y1="{y}" y2="{y}" stroke="var(--line)"/>'
        f'<text x="{EDGE - 8}" y="{y + 4}" text-anchor="end" font-size="12" '
        f'fill="var(--faint)">{told}</text>'
        f'<text x="{x}" y="{_y(0) + 18}" text-anchor="middle" font-size="12" '
        f'fill="var(--faint)">{told}</text>'
    )


def _point(one: Mapping[str, Any]) -> str:
    x, y = _x(one["predicted"]), _y(one["observed"])
    low, high = _y(max(one["low"], 0.0)), _y(min(one["high"], 1.0))
    return (
        f'<line x1="{x}" x2="{x}" y1="{low}" y2="{high}" stroke="var(--mark)" stroke-width="2"/>'
        f'<circle cx="{x}" cy="{y}" r="4.5" fill="var(--mark)"/>'
    )


def _x(share: float) -> float:
    return round(EDGE + (SIDE - LOW) * share, 1)


def _y(share: float) -> float:
    return round(LOW + (SIDE - LOW) * (1 - share), 1)
