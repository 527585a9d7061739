from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from stepdown.briefing.document import build_document
from stepdown.briefing.html import to_html
from stepdown.briefing.pdf import to_pdf
from stepdown.evaluation.results import Balance, Verdict
from tests.briefing import cases
from tests.briefing.test_words import CAUSAL


def texts(value: Any) -> list[str]:
    """All texts of a document but the drawings."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [t for k, v in value.items() if k not in {"wide", "narrow"} for t in texts(v)]
    if isinstance(value, list | tuple):
        return [t for v in value for t in texts(v)]
    return []


def test_nothing_in_an_observational_briefing_claims_a_cause(documents: dict[str, Any]) -> None:
    document = documents["observational"]
    assert document.notices[0].label == "Not a test of cause and effect"
    said = " ".join(texts(asdict(document))).lower()
    assert not [word for word in CAUSAL if word in said and word != "effect of training"]


def test_the_detectable_change_stands_before_the_effect(documents: dict[str, Any]) -> None:
    fields = list(asdict(documents["chicago"].answers[0]))
    assert fields.index("seen") < fields.index("verdict") < fields.index("finding")


def test_what_is_the_same_for_all_outcomes_is_said_once(documents: dict[str, Any]) -> None:
    document = documents["chicago"]
    assert {a.meaning for a in document.answers} == {""}
    assert len(document.shared) == 2


def test_a_robustness_row_with_another_story_is_on_page_one(documents: dict[str, Any]) -> None:
    cautions = " ".join(documents["chicago"].cautions)
    assert "before the change in recording alone" in cautions
    assert "is 6.4% lower (" in cautions
    assert "), against 16% lower with all" in cautions


def test_waves_that_differed_before_training_are_a_caution_on_page_one() -> None:
    balance = Balance(
        difference=0.0,
        se=0.001,
        p_value=0.4,
        waves_p_value=0.0002,
        waves_differ=True,
        pre_periods=12,
    )
    document = build_document(cases.results(cases.outcome(balance=balance, lags=3)))
    assert "the waves already differed in force" in document.cautions[0]


def test_every_section_is_there_in_order(documents: dict[str, Any]) -> None:
    assert [s.id for s in documents["chicago"].sections] == [
        "rollout",
        "over-time",
        "checks",
        "data",
        "limits",
        "ladder",
        "published",
        "reproduce",
        "words",
    ]


def test_the_checks_say_that_they_give_no_verdict(documents: dict[str, Any]) -> None:
    checks = documents["chicago"].sections[2]
    assert "give no verdict" in checks.heading
    said = " ".join(texts(asdict(checks)))
    for expected in ("Callaway", "Sun–Abraham", "Difference in means", "Only before 2016-03"):
        assert expected in said
    assert "p = 0.076 (± 0.0037 from the limited draws); 5,000 repeated draws" in said
    assert "smallest p possible here is 0.0002" in said
    assert "No estimate: no event in this window" in said


def test_counts_without_an_effect_come_with_the_reason() -> None:
    data = build_document(cases.simulated()).sections[3]
    said = " ".join(texts(asdict(data)))
    assert "cannot be told from chance" in said
    assert "2 in 30,000 person-months" in said


def test_the_command_to_reproduce_is_complete(documents: dict[str, Any]) -> None:
    said = " ".join(texts(asdict(documents["chicago"].sections[7])))
    assert "stepdown evaluate study.yaml --out results --draws 5000 --seed 1" in said
    assert "1f" * 32 in said


def test_outcomes_without_a_percent_are_named_as_missing_from_the_picture() -> None:
    outcome = cases.outcome("rare", lags=3)
    rows = [
        r.model_copy(update={"percent": None, "percent_low": None, "percent_high": None})
        for r in outcome.estimates
    ]
    rare = outcome.model_copy(update={"estimates": rows})
    document = build_document(cases.results(cases.outcome(lags=3), rare))
    assert document.picture is not None
    assert "Not shown, for want of a level to compare with: rare." in document.picture.caption
    assert build_document(cases.results(rare)).picture is None


@pytest.mark.parametrize("lags", [0, 1, 8])
def test_short_event_studies_can_be_drawn(lags: int) -> None:
    document = build_document(cases.results(cases.outcome(lags=lags)))
    assert document.sections[1].blocks


def test_lags_where_nothing_was_counted_are_not_drawn_as_certain() -> None:
    outcome = cases.outcome(lags=8)
    rows = [
        r.model_copy(update=dict.fromkeys(("estimate", "se_neyman", "band_low", "band_high"), 0.0))
        if r.lag > 5
        else r
        for r in outcome.event_study
    ]
    document = build_document(cases.results(outcome.model_copy(update={"event_study": rows})))
    assert "2 months without any count to compare are not drawn" in " ".join(
        texts(asdict(document.sections[1]))
    )


@pytest.mark.parametrize("reason", ["no_baseline", "no_variation"])
def test_an_outcome_of_which_nothing_can_be_said_still_makes_a_briefing(reason: str) -> None:
    outcome = cases.outcome(lags=4)
    nothing = dict.fromkeys(("estimate", "se", "se_neyman", "ci_low", "ci_high"), 0.0)
    percent = None if reason == "no_baseline" else 0.0
    percents = dict.fromkeys(("percent", "percent_low", "percent_high"), percent)
    empty = dict.fromkeys(("estimate", "se_neyman", "band_low", "band_high"), 0.0)
    changed = outcome.model_copy(
        update={
            "verdict": Verdict(code="cannot_tell", reason=reason),
            "threshold": None,
            "detectable_effect": 0.0,
            "detectable_percent": percent,
            "baseline_mean": 0.0,
            "estimates": [r.model_copy(update=nothing | percents) for r in outcome.estimates],
            "event_study": [r.model_copy(update=empty) for r in outcome.event_study],
            "leave_one_out": None,
        }
    )
    document = build_document(cases.results(changed))
    assert document.answers[0].verdict.startswith("This rollout cannot tell")
    assert "nothing can be drawn" in " ".join(texts(asdict(document.sections[1])))
    assert to_pdf(document).startswith(b"%PDF")
    assert "<h1" in to_html(document)
