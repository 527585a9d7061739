from __future__ import annotations

from stepdown.briefing.stories import different_stories, tells_another_story
from tests.briefing import cases


def test_an_effect_that_shrinks_before_a_break_is_flagged() -> None:
    outcome = cases.outcome("force", interval=(-32.8, 0.2), before_break=-6.4)
    found = different_stories(outcome, cases.design())
    assert any(
        "is 6.4% lower (" in text and "), against 16% lower with all records" in text
        for text in found
    )


def test_an_effect_that_stays_is_not_flagged() -> None:
    outcome = cases.outcome("force", interval=(-32.8, 0.2), before_break=-12.0)
    assert different_stories(outcome, cases.design()) == []


def test_a_tiny_effect_that_shrinks_is_not_flagged() -> None:
    outcome = cases.outcome("force", interval=(-9.0, 5.0), before_break=-0.5)
    assert different_stories(outcome, cases.design()) == []


def test_a_wide_interval_around_zero_contradicts_nothing() -> None:
    outcome = cases.outcome("force", "works")
    wide = cases.EstimateRow.model_validate(
        outcome.deciding.model_dump()
        | {"decides": False, "se_neyman": 0.1, "ci_low": -0.2, "ci_high": 0.2}
    )
    assert not tells_another_story(outcome, wide)


def test_an_estimator_that_excludes_zero_is_flagged_when_the_deciding_one_does_not() -> None:
    outcome = cases.outcome()
    other = cases.EstimateRow.model_validate(
        outcome.deciding.model_dump()
        | {"decides": False, "estimator": "callaway_santanna", "ci_low": -0.02, "ci_high": -0.001}
    )
    changed = outcome.model_copy(update={"estimates": [outcome.deciding, other]})
    (text,) = different_stories(changed, cases.design())
    assert "another way of calculating the difference points to a decrease" in text


def test_single_waves_that_move_the_range_are_flagged() -> None:
    outcome = cases.outcome()
    waves = outcome.leave_one_out.model_copy(
        update={"interval_changes_sign_of_evidence": ["2012-01", "2012-02"]}
    )
    (text,) = different_stories(outcome.model_copy(update={"leave_one_out": waves}), cases.design())
    assert "leaving out any one of 2 waves" in text


def test_a_test_that_disagrees_with_the_range_is_flagged() -> None:
    (text,) = different_stories(cases.outcome("force", "works"), cases.design())
    assert "it stays careful" in text
