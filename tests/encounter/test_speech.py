import pytest

from stepdown.encounter.parameters import Felt
from stepdown.encounter.speech import Said, heard, understood
from stepdown.encounter.state import COLUMN
from tests.encounter.people import person, state


def change(said, profile="humiliation", name="arousal", **values):
    start = state(**values)
    after = heard(start, said, person(profile))
    return float((after - start)[0, COLUMN[name]])


def says(code, words=8, score=0.0, **kwargs):
    return Said(words, {code: 0.95}, score, **kwargs)


@pytest.mark.parametrize(
    "code", ["reflection", "validation", "emotion_label", "summary", "apology"]
)
def test_listening_calms_and_earns_trust(code):
    assert change(says(code)) < -0.05
    assert change(says(code), name="trust") > 0.05


@pytest.mark.parametrize("code", ["insult", "threat", "ultimatum", "calm_down", "dismissal"])
def test_pressure_heats_and_costs_trust(code):
    assert change(says(code)) > 0.1
    assert change(says(code), name="trust") < -0.1


def test_commands_take_control_away_and_choices_give_it_back():
    assert change(says("command"), name="control") < -0.1
    assert change(says("choice"), name="control") > 0.1


def test_trust_is_lost_faster_than_gained():
    gained = change(Said(8, {}, 2.0), name="trust")
    lost = change(Said(8, {}, -2.0), name="trust", attention=10, arousal=2)
    assert -lost > gained


def test_predatory_aggression_does_not_answer_to_empathy():
    assert change(says("validation"), "predatory") >= 0
    assert change(says("validation"), "predatory", "trust") <= 0


def test_a_plain_question_about_suicide_helps_somebody_suicidal():
    asked = person("suicidal").asked_about_suicide
    plain, with_it = says("closed_question"), says("closed_question", felt=asked)
    assert change(with_it, "suicidal") < change(plain, "suicidal")
    assert change(with_it, "suicidal", "trust") > change(plain, "suicidal", "trust")


def test_advice_before_rapport_backfires_and_later_does_not():
    assert change(says("unsolicited_advice"), trust=1) > 0.03
    assert change(says("unsolicited_advice"), trust=8) < 0


def test_a_phrase_said_again_does_less_and_a_worn_technique_too():
    fresh = change(says("validation"))
    assert fresh < change(says("validation", again=0.9)) < 0
    assert fresh < change(says("validation"), listening=3) < 0


def test_a_repeated_insult_hurts_as_much():
    assert change(says("insult", again=1.0)) == pytest.approx(change(says("insult")))


def test_long_turns_get_through_less_and_least_when_aroused():
    p = person()
    assert understood(state(), 60, p) < understood(state(), 8, p)
    calm = understood(state(arousal=2), 40, p) / understood(state(arousal=2), 1, p)
    wild = understood(state(arousal=9), 40, p) / understood(state(arousal=9), 1, p)
    assert wild < 0.8 * calm


def test_little_gets_through_to_somebody_who_hears_voices():
    assert understood(state(), 20, person("psychosis")) < understood(state(), 20, person())


def test_nobody_can_pack_everything_into_one_line():
    kind = ("validation", "reflection", "summary", "apology", "choice", "concrete_help", "thanks")
    everything = dict.fromkeys(kind, 1.0)
    assert change(Said(8, everything, 3.0), attention=10) > -1.8


def test_a_line_cut_short_does_less():
    assert change(says("validation")) < change(says("validation", cut=0.3)) < 0


def test_what_a_topic_does_is_part_of_the_line():
    hook = says("open_question", felt=Felt(arousal=-0.5, trust=0.5))
    assert change(hook) < change(says("open_question"))


def test_a_doubtful_code_counts_for_nothing():
    assert change(Said(8, {"insult": 0.3}, 0.0)) == 0
