import pytest
from scipy.stats import binomtest

from stepdown.technique.codebook import CODES, RISKS
from stepdown.technique.coding import Coding
from stepdown.technique.profile import Heard, profile, wilson


def coded(*labels, text="one two three four five"):
    return Coding(text, labels, dict.fromkeys(CODES, 0.0), (), (), 0.0)


@pytest.mark.parametrize(("count", "of"), [(0, 10), (1, 12), (7, 20), (20, 20), (250, 1000)])
def test_the_interval_is_wilsons_as_scipy_gives_it(count, of):
    expected = binomtest(count, of).proportion_ci(method="wilson")
    assert wilson(count, of) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_nine_turns_give_no_profile_and_ten_do():
    turns = [Heard(coded("reflection"), "I have been here all day")] * 9
    assert profile(turns) is None
    assert profile([*turns, turns[0]]) is not None


def test_a_reflection_is_counted_over_turns_that_had_something_to_reflect():
    answered = [Heard(coded("reflection"), "I have been here all day")] * 4
    missed = [Heard(coded(), "nobody ever told me anything")] * 6
    no_chance = [Heard(coded("open_question"), None)] * 10
    rate = profile([*answered, *missed, *no_chance]).technique["reflection"]
    assert (rate.count, rate.opportunities, rate.per_turn) == (4, 10, 0.4)
    questions = profile([*answered, *missed, *no_chance]).technique["open_question"]
    assert (questions.count, questions.opportunities) == (10, 20)


def test_talking_twice_as_long_halves_the_rate_per_100_words():
    short = profile([Heard(coded("choice", text="w " * 10), None)] * 10).technique["choice"]
    long = profile([Heard(coded("choice", text="w " * 20), None)] * 10).technique["choice"]
    assert short.per_100_words == 2 * long.per_100_words == 10.0


def test_risk_codes_stand_apart():
    found = profile([Heard(coded("threat"), None)] * 10)
    assert set(found.risk) == set(RISKS)
    assert not set(found.technique) & set(RISKS)
    assert found.risk["threat"].per_turn == 1.0


def test_no_opportunity_gives_no_rate():
    rate = profile([Heard(coded(), None)] * 10).technique["reflection"]
    assert (rate.opportunities, rate.per_turn, rate.low, rate.high) == (0, None, None, None)
