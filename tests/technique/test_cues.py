import pytest

from stepdown.technique.codebook import CODES, codebook
from stepdown.technique.cues import FEATURES, cues, features, probabilities
from stepdown.technique.cues.listening import encourager


def heard(text, previous=None):
    return {c for c, p in probabilities(cues(text, previous)).items() if p >= 0.6}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("What happened tonight?", "open_question"),
        ("what happened tonight", "open_question"),
        ("okay so how has it been since you came home", "open_question"),
        ("Are you hurt?", "closed_question"),
        ("and did you take anything today", "closed_question"),
        ("What time did she leave?", "closed_question"),
        ("how many did you take", "closed_question"),
        ("Why did you run?", "why_question"),
        ("I'm Officer Lee.", "introduction"),
        ("im dana one of the nurses", "introduction"),
        ("It's up to you.", "choice"),
        ("I'm sorry you had to wait.", "apology"),
        ("im so sorry about that", "apology"),
        ("You sound frightened.", "emotion_label"),
        ("No wonder you're here.", "validation"),
        ("Calm down.", "calm_down"),
        ("sir you need to calm down", "calm_down"),
        ("Step back from the door.", "command"),
        ("This is your last warning.", "ultimatum"),
        ("You're going to jail.", "threat"),
        ("You should cut down.", "unsolicited_advice"),
        ("Everything will be fine.", "false_promise"),
        ("Mm-hm.", "minimal_encourager"),
    ],
)
def test_a_plain_case_is_heard_with_and_without_punctuation(text, code):
    assert code in heard(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("I'm calm, don't worry.", "calm_down"),
        ("I know what you did.", "open_question"),
        ("That's why I'm here.", "why_question"),
        ("Do I look like I care?", "closed_question"),
        ("Sorry, what was the name?", "apology"),
        ("I'm tired of this.", "introduction"),
        ("You should have been told.", "unsolicited_advice"),
        ("Why don't you try walking?", "why_question"),
        ("I'm getting frustrated here.", "emotion_label"),
        ("The bus to Scunthorpe.", "profanity"),
        ("Where does it hurt?", "stacked_questions"),
        ("You're right about that.", "threat"),
        ("Thanks to you we're late.", "thanks"),
    ],
)
def test_a_near_miss_is_not_heard(text, code):
    assert code not in heard(text)


def test_two_different_questions_in_one_breath_are_stacked():
    assert "stacked_questions" in heard("Did he hit you? Where is he now?")


def test_words_of_the_other_person_given_back_speak_for_reflection():
    said = "I've been sitting in this corridor for six hours"
    assert probabilities(cues("Six hours in the corridor.", said))["reflection"] > 0.4
    assert probabilities(cues("The doctor starts at nine.", said))["reflection"] < 0.2


def test_every_cue_points_at_words_of_the_text():
    for code in codebook().codes:
        for example in code.examples:
            for cue in cues(example, "They took my keys and my phone."):
                assert example[cue.start : cue.end].strip()
                assert 0 < cue.weight <= 1
                assert cue.code in CODES


def test_places_stay_right_where_lower_case_would_change_the_length():
    text = "İİİ calm down"
    cue = next(c for c in cues(text) if c.code == "calm_down")
    assert text[cue.start : cue.end] == "calm down"


@pytest.mark.parametrize("text", ["", " ", "?!?!", "\x00", "😡😡", "a" * 20_000, "? " * 5_000])
def test_odd_text_gives_features_and_no_error(text):
    found = features(text, text)
    assert len(found) == len(FEATURES)
    assert all(0 <= value <= 1 for value in found)


def test_rules_find_most_of_the_codebooks_own_examples():
    right = total = 0
    for code in codebook().codes:
        for example in code.examples:
            right += probabilities(cues(example, ""))[code.id] >= 0.4
            total += 1
    assert right / total > 0.75


def test_a_hum_of_any_length_is_judged_at_once():
    """Shared out among hums in every way, a thousand letters would take hours."""
    assert encourager("m" * 1_000)
    assert not encourager("m" * 1_000 + "x")
    assert not encourager("mm-hm mm hm " * 100 + "x")
