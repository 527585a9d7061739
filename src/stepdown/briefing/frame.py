"""The common frame of all charts: fixed margins, so that no font on the machine moves anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import altair as alt

from stepdown.briefing.palette import INK, MUTED, RULE

WIDE, NARROW = 680, 330
"""Widths in CSS pixels: a desk (and paper), a phone."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Outer width and inner height of a chart, with margins in pixels."""

    width: int
    height: int
    left: int = 44
    right: int = 12
    top: int = 10
    bottom: int = 42

    @property
    def narrow(self) -> bool:
        """Whether this is the drawing for a phone."""
        return self.width < 500

    @property
    def inner(self) -> int:
        """Width of the plotting area."""
        return self.width - self.left - self.right

    def finish(self, *layers: alt.Chart, description: str) -> alt.LayerChart:
        """Lay charts over each other inside this frame."""
        padding = {"left": self.left, "right": self.right, "top": self.top, "bottom": self.bottom}
        # In one step: every further one would copy all charts and their data.
        chart = alt.layer(
            *layers,
            width=self.inner,
            height=self.height,
            padding=padding,
            autosize=alt.AutoSizeParams(type="none"),
            description=description,
            config=alt.Config(
                background="transparent",
                view=alt.ViewConfig(stroke=None),
                axis=alt.AxisConfig(
                    labelFontSize=12,
                    titleFontSize=12,
                    titleFontWeight="normal",
                    labelColor=MUTED,
                    titleColor=MUTED,
                    gridColor=RULE,
                    domainColor=RULE,
                    tickColor=RULE,
                    labelLimit=0,
                    titleLimit=0,
                ),
                text=alt.MarkConfig(fontSize=12, color=INK),
            ),
        )
        return cast("alt.LayerChart", chart)


def records(rows: list[dict[str, Any]]) -> alt.InlineData:
    """Put rows into a chart as inline data."""
    return alt.InlineData(values=rows)
