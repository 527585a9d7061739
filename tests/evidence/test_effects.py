from __future__ import annotations

import math

import pytest
from scipy.stats import norm

from stepdown.evidence.effects import Effect, LeftOut, effect_of, percent
from tests.evidence.rows import row


def test_percent_and_ratio_give_the_same_effect() -> None:
    one = effect_of(row(effect=-15, low=-23.7, high=-5.6))
    other = effect_of(row(scale="rate_ratio", effect=0.85, low=0.763, high=0.944))
    assert isinstance(one, Effect)
    assert isinstance(other, Effect)
    assert one.log_ratio == pytest.approx(other.log_ratio)
    assert one.se == pytest.approx(math.log(0.944 / 0.763) / 3.919928, rel=1e-6)
    assert other.se == pytest.approx(one.se)
    assert percent(one.log_ratio) == pytest.approx(-15)


def test_the_level_of_the_interval_is_used() -> None:
    one = effect_of(row(scale="rate_ratio", effect=0.8, low=0.64, high=1.0, level=90))
    assert isinstance(one, Effect)
    assert one.se == pytest.approx(math.log(1 / 0.64) / (2 * norm.ppf(0.95)))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"low": "", "high": "", "level": ""}, "no interval"),
        ({"scale": "none", "effect": "", "low": "", "high": "", "level": ""}, "no number"),
        ({"scale": "risk_ratio", "effect": 0.9, "low": 0.75, "high": 1.08}, "not a ratio of rates"),
        ({"scale": "odds_ratio", "effect": 0.9, "low": 0.75, "high": 1.08}, "not a ratio of rates"),
        ({"intervention": "other"}, "not a study of training"),
        ({"clusters": "unknown"}, "assigned together"),
        ({"clusters": "not_allowed_for"}, "assigned together"),
    ],
)
def test_what_cannot_be_pooled_says_why_and_no_error_is_invented(
    changes: dict[str, object], why: str
) -> None:
    left = effect_of(row(**changes))
    assert isinstance(left, LeftOut)
    assert why in left.why


def test_a_p_value_never_becomes_a_standard_error() -> None:
    assert isinstance(effect_of(row(low="", high="", level="", p="0.04")), LeftOut)
