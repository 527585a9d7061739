"""What is said of training at shared scenes: never an effect on the amount of force."""

from __future__ import annotations

from stepdown.briefing.blocks import Block, Items, Note, Table, Text
from stepdown.briefing.numbers import plural
from stepdown.briefing.same_scene.words import NEVER_AN_EFFECT, signed, tests_in_words
from stepdown.evaluation.same_scene.results import Sensitivity, Training


def training_blocks(training: Training) -> tuple[Block, ...]:
    """Show beta with its range, what else was tried, and the tests."""
    share = 100 * training.trained_rows / training.rows
    blocks: list[Block] = [
        Note("Not an effect on the amount of force", NEVER_AN_EFFECT),
        Text(
            f"{share:.0f}% of the rows are of officers after training. Only the "
            f"{plural(training.mixed_scenes, 'scene')} with trained and untrained officers say "
            "anything of it."
        ),
        Table(
            "Coefficient of being trained: log odds of the higher level; below 0 means less of the "
            "force that was used",
            ("How it was estimated", "Middle", "95% range"),
            (
                (f"as planned, prior N(0, {training.prior_sd:g})", signed(training.beta),
                 f"{signed(training.low)} to {signed(training.high)}"),
                *(_row(one) for one in training.sensitivity),
            ),
            numeric=(1, 2),
            marked=(0,),
        ),
    ]  # fmt: skip
    others = [
        (c.name, c.unit, signed(c.mean), f"{signed(c.low)} to {signed(c.high)}")
        for one in training.sensitivity
        for c in one.beside
    ]
    if others:
        blocks.append(
            Table("Coefficients beside it", ("What", "For", "Middle", "95% range"), tuple(others),
                  numeric=(2, 3))
        )  # fmt: skip
    tests = tests_in_words(training)
    if tests:
        blocks.append(Items(tests))
    else:
        blocks.append(
            Text(
                "Nobody said that training days were drawn by lot, so they are not redrawn. Those "
                "trained early may have differed from the others before."
            )
        )
    return tuple(blocks)


def _row(one: Sensitivity) -> tuple[str, str, str]:
    if one.beta is None or one.low is None or one.high is None:
        return one.name, "–", "not shown: " + "; ".join(one.reasons)
    return one.name, signed(one.beta), f"{signed(one.low)} to {signed(one.high)}"
