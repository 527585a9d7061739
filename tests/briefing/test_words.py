from __future__ import annotations

from typing import get_args

import pytest

from stepdown.briefing.words import (
    LABELS,
    advice,
    answer,
    detectable_sentence,
    finding,
    meaning,
    truth_sentence,
    verdict_label,
)
from stepdown.evaluation.results import Verdict, VerdictCode
from tests.briefing import cases

CODES = list(cases.INTERVALS)
JARGON = ("estimand", "p-value", "p =", "standard error", " se ", "neyman", "null", "significan")
CAUSAL = (
    "training reduced",
    "training increased",
    "works",
    "because of training",
    "effect of training",
    "after training",
    "thanks to",
)


def test_every_verdict_has_a_label() -> None:
    assert {verdict_label(code) for code in CODES} <= set(LABELS.values())
    assert set(LABELS) == set(get_args(VerdictCode))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("works", "training reduced force:"),
        ("works_below_threshold", "training reduced force, but by less than 10%:"),
        ("works_size_unclear", "whether by as much as 10% cannot be told:"),
        ("no_worthwhile_effect", "training did not reduce force by as much as 10%:"),
        ("harm", "there was more force after training:"),
        ("cannot_tell", "this rollout cannot tell whether training changed force:"),
    ],
)
def test_the_answer_says_the_verdict(code: VerdictCode, words: str) -> None:
    assert words in answer(cases.outcome("force", code), cases.design())


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("works", "training increased consent:"),
        ("works_below_threshold", "training increased consent, but by less than 10%:"),
        ("no_worthwhile_effect", "training did not increase consent by as much as 10%:"),
        ("harm", "consent fell after training:"),
    ],
)
def test_more_can_be_the_benefit(code: VerdictCode, words: str) -> None:
    outcome = cases.outcome("consent", code, better="more")
    assert words in answer(outcome, cases.design())
    text = answer(outcome, cases.design()) + meaning(outcome, cases.design())
    assert "reduc" not in text
    assert ("lower" if code == "harm" else "higher") in text


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("better", ["fewer", "more"])
def test_the_answer_is_one_sentence_that_names_the_detectable_change_first(
    code: VerdictCode, better: str
) -> None:
    outcome = cases.outcome("force", code, better=better)
    text = answer(outcome, cases.design())
    assert text.endswith(".")
    assert ". " not in text
    assert text.index("was likely to be seen") < text.index("best estimate")


@pytest.mark.parametrize("code", CODES)
def test_page_one_has_no_jargon(code: VerdictCode) -> None:
    outcome, design = cases.outcome("force", code), cases.design()
    text = " ".join(f(outcome, design) for f in (answer, meaning, advice, detectable_sentence))
    assert not [word for word in JARGON if word in text.lower()]


@pytest.mark.parametrize("code", CODES)
def test_no_sentence_claims_a_cause_when_nobody_drew_lots(code: VerdictCode) -> None:
    outcome = cases.outcome("force", code, randomized=False)
    design = cases.design(assignment="observational")
    said = " ".join(f(outcome, design) for f in (answer, meaning, advice, truth_sentence)).lower()
    assert not [word for word in CAUSAL if word in said]
    assert "association only" in said
    assert "draw lots" in advice(outcome, design)


def test_an_answer_of_an_observational_design_never_rests_on_the_reason_alone() -> None:
    outcome = cases.outcome("force", "works")
    said = answer(outcome, cases.design(assignment="observational")).lower()
    assert "training reduced" not in said


def test_more_periods_are_offered_when_they_would_help() -> None:
    verdict = Verdict(code="cannot_tell", more_periods=7, more_periods_searched=120)
    outcome = cases.outcome(verdict=verdict)
    assert "about 7 more months" in advice(outcome, cases.design(untrained=300))


def test_one_more_period_is_singular() -> None:
    verdict = Verdict(code="cannot_tell", more_periods=1, more_periods_searched=120)
    text = advice(cases.outcome(verdict=verdict), cases.design(untrained=300, monthly=False))
    assert "about 1 more period of" in text


def test_waiting_is_not_offered_when_it_would_not_help() -> None:
    verdict = Verdict(code="cannot_tell", more_periods=None, more_periods_searched=120)
    text = advice(cases.outcome(verdict=verdict), cases.design(untrained=300))
    assert "even after 120 more months of this rollout, a change of 10% would often" in text


def test_after_the_last_wave_more_months_do_not_help() -> None:
    text = advice(cases.outcome(), cases.design())
    assert "More months will not help, because everyone is trained" in text
    assert "pool with other agencies, or hold back a group next time" in text


@pytest.mark.parametrize("reason", ["no_baseline", "no_variation"])
def test_without_a_baseline_or_variation_no_size_is_said(reason: str) -> None:
    outcome = cases.outcome(
        verdict=Verdict(code="cannot_tell", reason=reason), threshold=None, detectable_percent=None
    )
    text = finding(outcome, cases.design())
    assert "cannot tell" in text
    assert "best estimate" not in text
    assert meaning(outcome, cases.design()) == ""
    assert "count something that happens more" in advice(outcome, cases.design())


def test_a_harmful_range_is_named_beside_no_worthwhile_effect() -> None:
    outcome = cases.outcome("force", "no_worthwhile_effect", interval=(-5.0, 40.0))
    assert "An increase of up to 40% fits the data as well." in meaning(outcome, cases.design())


def test_a_threshold_in_counts_is_said_as_a_rate() -> None:
    outcome = cases.outcome("force", "works_below_threshold", smallest_effect="-0.004")
    text = finding(outcome, cases.design(monthly=False))
    assert "less than 4 per 1,000 person-periods, about 10%" in text


def test_a_count_cannot_fall_by_more_than_all_of_it() -> None:
    outcome = cases.outcome(interval=(-140.0, 190.0))
    assert "from 100% lower to 190% higher" in finding(outcome, cases.design())
    assert "could hardly have shown one" in detectable_sentence(outcome, cases.design())


def test_rates_stand_in_where_a_row_has_no_percent() -> None:
    outcome = cases.outcome()
    rows = [
        r.model_copy(update={"percent": None, "percent_low": None, "percent_high": None})
        for r in outcome.estimates
    ]
    text = finding(outcome.model_copy(update={"estimates": rows}), cases.design())
    assert "6.9 per 1,000 person-months lower than without training" in text


@pytest.mark.parametrize(
    ("truth", "words"),
    [(0.0, "no effect. The range above misses it"), (-0.0084, "20% lower. The range above contai")],
)
def test_the_truth_stands_beside_a_simulated_estimate(truth: float, words: str) -> None:
    outcome = cases.outcome("force", "works", truth=truth)
    assert words in truth_sentence(outcome, cases.design())


@pytest.mark.parametrize(
    ("code", "interval", "words", "means"),
    [
        ("not_worse", (-12.0, 4.0), "training did not raise force by as much as 10%",
         "does not fit the data"),
        ("worse", (3.0, 21.0), "there was more force after training", "is a rise"),
        ("cannot_tell", (-5.0, 14.0), "cannot tell whether force rose by as much as 10%",
         "safety has not been shown, and neither has harm"),
    ],
)  # fmt: skip
def test_a_safety_outcome_is_said_to_be_shown_safe_or_not(code, interval, words, means) -> None:
    made = cases.outcome(
        code=code, interval=interval, role="safety", smallest_effect="+10%", threshold=0.0042
    )
    design = cases.design()
    assert words in finding(made, design).lower()
    assert means in meaning(made, design).lower()
    assert advice(made, design)


def test_a_rollout_that_was_large_enough_is_not_told_to_wait() -> None:
    verdict = Verdict(code="cannot_tell", more_periods=0, more_periods_searched=36)
    text = advice(cases.outcome(verdict=verdict), cases.design(untrained=300))
    assert "large enough to see a change of 10%" in text
    assert "more month" not in text
