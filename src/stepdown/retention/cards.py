"""One skill of one person as a card of the package `fsrs`, which other tools can read too."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from fsrs import Card, Rating, Scheduler, State

from stepdown.retention.memory import Curve

_EASIEST = 1.0
_NO_MORE = (0.001, 0.25, 0.1, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0)  # w11 to w19: lapses and same days
_DECAYS = (0.1, 0.8)
_FIRST = (0.001,) * 4  # w0 to w3, not used: a card begins with the stability of its technique


def scheduler(curve: Curve, standard: float) -> Scheduler:
    """Return the scheduler of a technique; a card is due when `standard` (0.7 to 0.97) is left."""
    weights = (
        *_FIRST, _EASIEST, 0.001, 0.001, 0.001,  # difficulty stays at the least
        0.0, 0.0, float(curve.growth) / 10, *_NO_MORE, float(curve.decay),
    )  # fmt: skip
    return Scheduler(
        parameters=weights, desired_retention=standard, learning_steps=(), relearning_steps=(),
        maximum_interval=36500, enable_fuzzing=False,
    )  # fmt: skip


def card(curve: Curve, taught: datetime, card_id: int = 0) -> Card:
    """Return the card of somebody who was taught a technique at a moment (UTC)."""
    return Card(
        card_id=card_id, state=State.Review, step=None, stability=float(curve.stability),
        difficulty=_EASIEST, due=taught + timedelta(days=1), last_review=taught,
    )  # fmt: skip


def due_again(curve: Curve, standard: float, since_days: float, now: datetime) -> datetime:
    """Return until when a skill refreshed `now` (UTC) is left at the standard, as `fsrs` plans it.

    `since_days`: days that it has been fading until now. A decay outside the bounds that `fsrs`
    sets (0.1 to 0.8) is taken to the nearest of them.
    """
    within = replace(curve, decay=min(max(float(curve.decay), _DECAYS[0]), _DECAYS[1]))
    before = card(within, now - timedelta(days=since_days))
    return refreshed(scheduler(within, standard), before, now).due


def refreshed(planner: Scheduler, one: Card, at: datetime) -> Card:
    """Return the card after a refresher, with the day on which it is due again."""
    return planner.review_card(one, Rating.Good, at)[0]
