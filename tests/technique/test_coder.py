import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepdown.problems import StepdownError
from stepdown.technique import Coder
from stepdown.technique.codebook import CODES, codebook
from stepdown.technique.coding import LABEL_FROM, UNSURE_FROM
from stepdown.technique.written import read_corpus


@pytest.fixture(scope="module")
def coder():
    return Coder.load()


def test_one_call_codes_one_line(coder):
    coding = coder.code("Six hours, and nobody came.", previous="I've been waiting six hours!")
    assert "reflection" in coding.labels
    assert set(coding.probabilities) == set(CODES)


@pytest.mark.parametrize(
    ("text", "previous", "code"),
    [
        ("What happened tonight?", "Leave me alone.", "open_question"),
        ("what happened tonight", "leave me alone", "open_question"),
        ("Are you hurt?", "He pushed me!", "closed_question"),
        ("You sound frightened.", "They're coming for me.", "emotion_label"),
        ("Anyone would be upset after that.", "They just left me there.", "validation"),
        ("I'm Dana, one of the nurses here.", None, "introduction"),
        ("We can talk here or outside, whichever you like.", "Not in here.", "choice"),
        ("I'll get you some water.", "My throat's dry.", "concrete_help"),
        ("I'm sorry you had to wait so long.", "Four hours!", "apology"),
        ("Calm down.", "This is a joke!", "calm_down"),
        ("Put the knife down.", "Stay back!", "command"),
        ("Do that again and you're going to jail.", "Try me.", "threat"),
        ("You're pathetic.", "I can't do it.", "insult"),
        ("You should really cut down on the drinking.", "I know I drink.", "unsolicited_advice"),
    ],
)
def test_plain_cases_are_heard(coder, text, previous, code):
    assert coder.code(text, previous).probabilities[code] >= UNSURE_FROM


def test_an_honest_line_scores_above_a_threat_wrapped_in_understanding(coder):
    previous = "I'm not leaving!"
    honest = coder.code("You want to stay. Tell me what you're waiting for.", previous)
    wrapped = coder.code("I understand, and I'll break your arm if you don't leave.", previous)
    assert honest.score > wrapped.score


def test_labels_and_unsure_follow_from_probabilities_and_stand_in_order(coder):
    for line in read_corpus()[:200]:
        coding = coder.code(line.text, line.previous)
        p = coding.probabilities
        assert coding.labels == tuple(c for c in CODES if p[c] >= LABEL_FROM)
        assert coding.unsure == tuple(c for c in CODES if UNSURE_FROM <= p[c] < LABEL_FROM)
        assert -2 <= coding.score <= 2


def test_the_words_that_speak_for_a_label_can_be_shown(coder):
    coding = coder.code("I'm so sorry you had to wait. Would you like some water?", "Four hours!")
    assert any("sorry" in words for words in coding.why("apology"))
    for span in coding.spans:
        assert 0 <= span.start < span.end <= len(coding.text)
        assert span.code in {*coding.labels, *coding.unsure}


def test_many_at_once_gives_nearly_what_one_by_one_gives(coder):
    lines = read_corpus()[::60]
    together = coder.code_many([x.text for x in lines], [x.previous for x in lines])
    for line, coding in zip(lines, together, strict=True):
        alone = coder.code(line.text, line.previous)
        apart = [abs(alone.probabilities[c] - coding.probabilities[c]) for c in CODES]
        assert max(apart) < 0.2
        assert np.mean(apart) < 0.01


def test_unequal_lists_are_refused(coder):
    with pytest.raises(ValueError, match="2 turns, but 1"):
        coder.code_many(["a", "b"], ["c"])
    assert coder.code_many([]) == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "...",
        "😡😡😡",
        "\x00\x01",
        "a\x00b",
        "שלום לך",
        "word " * 10_000,
        "x" * 50_000,
        "?" * 3000,
    ],
)
def test_odd_text_is_coded_or_flagged_and_never_fails(coder, text):
    coding = coder.code(text, text)
    assert set(coding.probabilities) == set(CODES)
    if not any(c.isalnum() for c in text):
        assert coding.labels == ()
        assert "no words" in coding.flags


def test_a_very_long_turn_is_flagged_and_heard_to_its_end(coder):
    text = "The bus came at ten and we talked about the weather. " * 60 + "You're a stupid idiot."
    coding = coder.code(text)
    assert any("very long" in flag for flag in coding.flags)
    assert coding.probabilities["insult"] >= UNSURE_FROM


def test_another_language_is_said_and_not_guessed(coder):
    coding = coder.code("No entiendo por qué me han dejado aquí toda la noche sin decirme nada.")
    assert any("Spanish" in flag for flag in coding.flags)
    assert coding.labels == ()


@pytest.mark.parametrize("text", ["asdfgh", "lorem ipsum dolor", "qwertz uiop"])
def test_what_holds_no_known_word_is_not_heard(coder, text):
    coding = coder.code(text)
    assert not coding.heard
    assert coding.labels == ()
    assert coding.score == 0


@pytest.mark.parametrize("text", ["Mhm.", "um", "Okay.", "Breathe.", "Your name?"])
def test_short_everyday_turns_are_heard(coder, text):
    assert coder.code(text).heard


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.one_of(st.none(), st.text(max_size=100)))
def test_any_text_gives_probabilities_between_none_and_one(text, previous):
    coding = Coder.cues_only().code(text, previous)
    assert all(0 <= p <= 1 for p in coding.probabilities.values())
    assert coding.text == text


def test_the_cues_alone_need_no_model_file():
    coding = Coder.cues_only().code("Calm down.")
    assert coding.labels == ("calm_down",)


def test_a_missing_model_is_named(tmp_path):
    with pytest.raises(StepdownError, match=r"coder\.onnx"):
        Coder.load(tmp_path)


def test_the_digest_names_the_coder(coder):
    assert coder.digest == Coder.load().digest
    assert coder.digest != Coder.cues_only().digest


def test_the_coder_runs_without_torch_and_without_the_analysis_extra():
    code = (
        "import sys; absent = ['torch', 'sklearn', 'scipy', 'transformers', 'vaderSentiment'];"
        "sys.modules.update(dict.fromkeys(absent));"
        "from stepdown.technique import Coder; print(Coder.load().code('What happened?').labels)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "open_question" in done.stdout, done.stderr


def test_most_of_the_codebooks_examples_are_heard_and_most_near_misses_are_not(coder):
    hit = miss = hits = misses = 0
    for code in codebook().codes:
        for coding in coder.code_many(list(code.examples)):
            hit, hits = hit + (coding.probabilities[code.id] >= UNSURE_FROM), hits + 1
        for coding in coder.code_many([m.text for m in code.near_misses]):
            miss, misses = miss + (coding.probabilities[code.id] >= LABEL_FROM), misses + 1
    assert hit / hits > 0.7
    assert miss / misses < 0.2
