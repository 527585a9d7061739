"""The placebo test: the record beside levels handed out by lot."""

from __future__ import annotations

from stepdown.briefing.blocks import Block, Table, Text
from stepdown.evaluation.same_scene.results import PlaceboTest


def placebo_blocks(test: PlaceboTest) -> tuple[Block, ...]:
    """Show how officers differ as recorded, and in each trial by lot."""
    named = [("As recorded", test.real)]
    named += [(f"By lot {n}", row) for n, row in enumerate(test.permuted, start=1)]
    rows = tuple(
        (name, f"{row.sd:.2f}", f"{row.apart:,}", f"{row.top:,}", f"{row.bottom:,}",
         "good" if row.good else "bad")
        for name, row in named
    )  # fmt: skip
    return (
        Text(
            "In each trial the levels used at a scene are handed to its officers by lot, so that "
            "nobody differs from anybody, and the model is fitted again. What it then finds is "
            "noise."
        ),
        Table(
            "As recorded, and by lot",
            ("Levels", "Spread of officers", "Ranges that leave 0 out",
             "Highest 5%, 90% sure", "Lowest 5%, 90% sure", "Diagnostics"),
            rows,
            numeric=(1, 2, 3, 4),
            marked=(0,),
        ),
    )  # fmt: skip
