import pytest

from stepdown.technique.codebook import CODES, RISKS
from stepdown.technique.score import WEIGHTS, balance, emptiness, line_score

NONE = dict.fromkeys(CODES, 0.0)


def test_every_code_is_weighed_and_risks_weigh_against():
    assert set(WEIGHTS) == set(CODES)
    assert {code for code, w in WEIGHTS.items() if w < 0} == set(RISKS)


def test_plain_speech_costs_nothing():
    assert emptiness("You've been here since noon, and nobody has told you anything.") == 0
    assert emptiness("Okay.") == 0


@pytest.mark.parametrize(
    "text",
    [
        "I'm so sorry. I'm so sorry. I'm so, so sorry. I'm so sorry.",
        "empathy validation options choice listening respect support reflection summary feelings",
        "so that's that, and that's what that is, and " * 12,
    ],
)
def test_saying_it_again_lists_and_endless_talk_cost(text):
    assert emptiness(text) > 1


def test_a_threat_caps_the_score_whatever_stands_around_it():
    kind = {**NONE, "validation": 1.0, "emotion_label": 1.0, "thanks": 1.0}
    assert line_score("words", kind, 0.9) > 1
    assert line_score("words", {**kind, "threat": 0.9}, 0.9) < -0.4


def test_the_score_stays_between_its_ends():
    assert line_score("w", dict.fromkeys(CODES, 1.0), 0.0) >= -2
    assert line_score("w", {**NONE, "reflection": 1.0, "choice": 1.0}, 1.0) <= 2


def test_the_balance_adds_up():
    assert balance({**NONE, "reflection": 0.5, "threat": 0.25}) == pytest.approx(0.0)
