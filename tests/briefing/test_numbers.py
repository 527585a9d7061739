from __future__ import annotations

import pytest

from stepdown.briefing.numbers import (
    listed,
    percent,
    period_noun,
    plural,
    probability,
    rate,
    shift,
    signed,
    span,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-16.31, "16%"),
        (3.29, "3.3%"),
        (-9.97, "10%"),
        (0.153, "0.2%"),
        (0.04, "less than 0.1%"),
        (0.0, "0%"),
        (1234.5, "1,234%"),
        (5.0, "5%"),
    ],
)
def test_percents_carry_one_decimal_or_none(value: float, text: str) -> None:
    assert percent(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0424, "42"), (0.0069, "6.9"), (0.0003, "0.30"), (1e-6, "less than 0.01"), (0.0, "0")],
)
def test_rates_are_per_thousand(value: float, text: str) -> None:
    assert rate(value) == text


def test_a_range_on_one_side_names_its_side_once() -> None:
    assert span(("30%", -30.0), ("12%", -12.0)) == "between 12% and 30% lower"
    assert span(("3%", 3.0), ("21%", 21.0)) == "between 3% and 21% higher"
    assert span(("33%", -33.0), ("0.2%", 0.2)) == "from 33% lower to 0.2% higher"


def test_zero_is_no_difference() -> None:
    assert shift("0%", 0.0) == "no different"
    assert signed("0%", -0.0) == "0%"
    assert signed("16%", -16.0) == "−16%"


@pytest.mark.parametrize(
    ("labels", "noun"),
    [
        (["2019-01"], "month"),
        (["2019-Q1"], "quarter"),
        (["2019-W07"], "week"),
        (["1", "2"], "period"),
        ([], "period"),
        (["2019-01", "later"], "period"),
    ],
)
def test_the_noun_of_a_period_comes_from_its_labels(labels: list[str], noun: str) -> None:
    assert period_noun(labels) == noun


def test_counts_agree_with_their_noun() -> None:
    assert plural(1, "wave") == "1 wave"
    assert plural(1200, "wave") == "1,200 waves"
    assert listed(["a", "b", "c"]) == "a, b and c"


def test_a_probability_is_never_written_below_the_smallest_possible() -> None:
    assert probability(0.0, 0.0002) == "0.0002"
    assert probability(0.6073) == "0.61"
