"""Our formulas against the package `fsrs`, which computes them by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.retention.cards import card, due_again, refreshed, scheduler
from stepdown.retention.memory import Curve, days_until, grown, retention

NOW = datetime(2026, 1, 1, tzinfo=UTC)
curves = st.builds(
    Curve, stability=st.floats(20, 900), growth=st.floats(0.05, 8), decay=st.floats(0.11, 0.79)
)


@given(curves, st.lists(st.integers(2, 900), min_size=1, max_size=5))
def test_fsrs_says_the_same_of_what_is_left_and_how_stability_grows(curve, gaps):
    planner, one = scheduler(curve, 0.8), card(curve, NOW)
    stability, at = curve.stability, NOW
    for days in gaps:
        at += timedelta(days=days)
        left = retention(days, stability, curve.decay)
        assert planner.get_card_retrievability(one, at) == pytest.approx(left, rel=1e-9)
        one = refreshed(planner, one, at)
        stability = grown(stability, curve.growth, left)
        assert one.stability == pytest.approx(stability, rel=1e-9)
        assert one.difficulty == 1.0
        due = days_until(0.8, stability, curve.decay)
        if due < 36500:
            assert (one.due - at).days == pytest.approx(due, abs=0.51)


@given(curves)
def test_stability_is_the_days_until_nine_tenths_are_left(curve):
    assert retention(curve.stability, curve.stability, curve.decay) == pytest.approx(0.9)
    half = days_until(0.5, curve.stability, curve.decay)
    assert retention(half, curve.stability, curve.decay) == pytest.approx(0.5)


def test_a_refresher_at_once_changes_nothing_and_a_late_one_most():
    left = np.array([1.0, 0.8, 0.3])
    after = grown(100.0, 1.0, left)
    assert after[0] == 100
    assert (np.diff(after) > 0).all()


@given(curves, st.integers(5, 900))
def test_a_skill_refreshed_now_is_due_when_our_formulas_say(curve, since):
    left = retention(since, curve.stability, curve.decay)
    wanted = days_until(0.8, grown(curve.stability, curve.growth, left), curve.decay)
    if wanted < 36500:
        due = due_again(curve, 0.8, since, NOW)
        assert (due - NOW).days == pytest.approx(wanted, abs=0.51)


def test_a_decay_beyond_what_fsrs_takes_is_taken_to_its_bound():
    beyond, bound = (Curve(stability=100, growth=1, decay=d) for d in (0.9, 0.8))
    assert due_again(beyond, 0.8, 90, NOW) == due_again(bound, 0.8, 90, NOW)
