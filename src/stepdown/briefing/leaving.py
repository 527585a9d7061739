"""Who left, by wave, and whether training had to do with it."""

from __future__ import annotations

from stepdown.briefing.blocks import Block, Heading, Table, Text
from stepdown.briefing.numbers import percent, period_noun, probability, signed
from stepdown.evaluation.results import DesignSummary, Leaving


def leaving_blocks(leaving: Leaving, design: DesignSummary) -> list[Block]:
    """Show leaving by wave, and what the draw says of it."""
    share = 100 * leaving.left / leaving.at_start if leaving.at_start else 0.0
    what = "groups" if design.level == "cluster" else "people"
    return [
        Heading("People who left"),
        Text(
            f"{leaving.left:,} of {leaving.at_start:,} people ({percent(share)}) who were there in "
            f"the first {period_noun(design.period_labels)} and had an assigned date were gone in "
            f"the last. {_told(leaving)}"
        ),
        Table(
            "Gone in the last period, by wave",
            ("Wave", what.capitalize(), "Gone"),
            tuple((w.label, f"{w.n_units:,}", percent(100 * w.share_left)) for w in leaving.waves),
            numeric=(1, 2),
        ),
    ]


def _told(leaving: Leaving) -> str:
    if leaving.p_value is None or leaving.waves_p_value is None:
        return "Nobody drew lots, so nothing can be said about why."
    points = [signed(percent(100 * v), v) for v in (leaving.ci_low, leaving.ci_high)]
    text = (
        f"Once due for training, the share gone was between {points[0]} and {points[1]} points "
        f"from that of people not yet due (p = {probability(leaving.p_value)} by the draw; all "
        f"waves jointly p = {probability(leaving.waves_p_value)}). "
    )
    if leaving.differs:
        return text + (
            "That is more than the draw explains: those who are left are no longer the groups that "
            "were drawn, and no verdict is given."
        )
    return text + (
        "The draw explains that. The checks show the answer with zero counted after leaving, and "
        "how far it could move if the most extreme had left."
    )
