from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.evidence.rows import ROB2, row


def test_a_right_row_keeps_what_was_published() -> None:
    one = row()
    assert (one.effect, one.low, one.high, one.p) == (-10, -25, 8, None)
    assert [j.judgement for j in one.judgements] == ["low"] * 5


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"source": ""}, "at least 1 character"),
        ({"source": "x"}, "a web address"),
        ({"source": "javascript:alert(1)"}, "a web address"),
        ({"source": 'https://a.org/"onclick='}, "a web address"),
        ({"source": "data:text/html,x"}, "a web address"),
        ({"id": "Bad Id"}, "pattern"),
        ({"year": "1066"}, "1950"),
        ({"hours": "0"}, "0.25"),
        ({"outcome_group": "fun"}, "one of reinforcement"),
        ({"effect": "-100", "low": "", "high": "", "level": ""}, "above -100"),
        ({"effect": "nan"}, "finite"),
        ({"effect": "inf"}, "finite"),
        ({"effect": "abc"}, "number"),
        ({"low": "9"}, "low <= effect <= high"),
        ({"low": ""}, "both `low` and `high`"),
        ({"level": ""}, "`level` goes with an interval"),
        ({"low": "", "high": ""}, "`level` goes with an interval"),
        ({"level": "100"}, "less than 100"),
        ({"high": "-9.9"}, "far from the middle"),
        ({"scale": "rate_ratio", "effect": "0", "low": "", "high": "", "level": ""},
         "between 0.01"),
        ({"scale": "none"}, "without a scale"),
        ({"effect": "", "low": "", "high": "", "level": ""}, "no `effect`"),
        ({"direction": "worse"}, "the number points to better"),
        ({"p": "1.2"}, "less than or equal to 1"),
        ({"doi": "doi:1"}, "a DOI such as"),
        ({"bias": "high-ish"}, "one of low, some concerns"),
        ({"bias_reasons": ""}, "`randomisation` is missing"),
        ({"bias_reasons": ROB2.replace("low: said so", "low:", 1)}, "no reason for randomisation"),
        ({"bias_reasons": ROB2.replace("=low", "=high", 1)}, "better than its worst domain"),
        ({"bias_reasons": ROB2 + "; luck=low: x"}, "`luck` is no domain"),
        ({"bias_tool": "none", "bias": "not judged", "bias_reasons": ""}, "needs a judgement"),
        ({"design_group": "guidance"}, "cannot be `prespecified`"),
        ({"title": "=HYPERLINK(1)"}, "no spreadsheet takes for a formula"),
        ({"title": "a\u202eb"}, "control characters"),
        ({"published": ""}, "at least 1 character"),
        ({"title": "+1"}, "no spreadsheet takes for a formula"),
        ({"title": "a\u200bb"}, "control characters"),
        ({"source": "https://user:pass@example.org/"}, "a web address"),
        ({"source": "https://example.org/a|b"}, "a web address"),
        ({"source": "github:../.. x @0123456"}, "a web address"),
        ({"doi": "10.1000/a}b"}, "a DOI such as"),
        ({"confidence": "unverified"}, "cannot be given"),
        ({"direction": "not_applicable"}, "needs a direction"),
        ({"sign": "better"}, "`sign` is for rows without a number"),
        ({"direction": "no_clear_difference", "high": "-1", "effect": "-13"}, "excludes none"),
        ({"effect": "-0.1", "low": "-0.25", "high": "0.08"}, "percent, not a share"),
        ({"low": "-10.001", "high": "-9.999"}, "too narrow to be true"),
        ({"bias_tool": "ROBINS-I", "bias": "moderate", "bias_reasons": "; ".join(
            f"{d}=moderate: xyz" for d in ("confounding", "selection", "classification",
            "deviations", "missing", "measurement", "reporting"))}, "ROBINS-I for a randomised"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_and_named(changes: dict[str, str], message: str) -> None:
    with pytest.raises(ValidationError, match=message.replace("(", r"\(")):
        row(**changes)


def test_no_information_counts_as_the_middle() -> None:
    reasons = ROB2.replace("=low: said so", "=no information: not said", 1)
    assert row(bias="some concerns", bias_reasons=reasons).bias == "some concerns"
    with pytest.raises(ValidationError, match="better than its worst"):
        row(bias="low", bias_reasons=reasons)


def test_the_sign_is_the_numbers_and_never_the_significance() -> None:
    assert row(direction="no_clear_difference").side == "better"
    nothing = {"scale": "none", "effect": "", "low": "", "high": "", "level": ""}
    assert row(**nothing, direction="no_clear_difference").side == "unknown"
    assert row(**nothing, direction="better").side == "better"
    assert row(effect="0", low="-10", high="11", direction="no_clear_difference").side == "unknown"
    more = {"outcome_group": "trust", "effect": "10", "low": "-5", "high": "27"}
    assert row(**more).side == "better"


def test_a_repository_source_leads_to_its_commit() -> None:
    one = row(source="github:owner/repo dir/file.md @0123456789")
    assert one.link == "https://github.com/owner/repo/blob/0123456789/dir/file.md"


@given(st.floats(-0.9, 2), st.floats(0.02, 0.8))
def test_an_interval_symmetric_on_the_log_scale_is_never_called_lopsided(
    log_ratio: float, se: float
) -> None:
    low, middle, high = (math.exp(log_ratio + k * 1.96 * se) for k in (-1, 0, 1))
    if low >= 0.01 and high <= 100:
        one = row(scale="rate_ratio", effect=middle, low=low, high=high,
                  direction="unknown")  # fmt: skip
        assert one.effect == middle
