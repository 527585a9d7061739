import numpy as np

from stepdown.technique.codebook import CODES
from stepdown.technique.outputs import MAIN
from stepdown.technique.train.examples import epoch, joined, plainly
from stepdown.technique.train.spoken import bare, cut_off, opened, risen, stammered
from stepdown.technique.written import read_corpus

LINES = read_corpus()[:400]


def line(text, labels, effect):
    return LINES[0].model_copy(update={"text": text, "labels": labels, "effect": effect})


def test_targets_are_the_codes_their_sums_the_effect_and_the_main_group():
    example = plainly(line("x", ("summary", "reason"), 1))
    assert example.targets[CODES.index("summary")] == 1
    assert list(example.targets[len(CODES) :]) == [0, 1, 1, 0.75]
    assert MAIN[example.main] == "reflection"
    assert MAIN[plainly(line("x", (), 0)).main] == "other"


def test_an_epoch_shows_every_line_once_and_follows_its_seed():
    one, two = (epoch(LINES, np.random.default_rng(5)) for _ in range(2))
    other = epoch(LINES, np.random.default_rng(6))
    assert len(one) == len(LINES)
    assert [e.text for e in one] == [e.text for e in two]
    assert [e.text for e in one] != [e.text for e in other]


def test_lines_that_work_against_each_other_or_both_ask_are_not_joined():
    good, bad = line("Take your time.", ("choice",), 2), line("Whatever.", ("dismissal",), -2)
    assert joined(good, bad) == good
    asks = line("Where is it?", ("closed_question",), 0)
    assert joined(asks, asks.model_copy(update={"text": "Who is it?"})) == asks
    both = joined(good, line("Mm. I'll wait.", ("minimal_encourager", "concrete_help"), 1))
    assert (both.labels, both.effect) == (("choice", "concrete_help"), 2)
    assert both.text == "Take your time. Mm. I'll wait."


def test_speech_keeps_the_words_of_the_line():
    rng = np.random.default_rng(1)
    text = "You waited six hours and nobody came to tell you."
    assert opened(text, rng).endswith(text)
    assert risen(text) == text[:-1] + "?"
    assert risen("Stop!") == "Stop!"
    assert set(text.lower().split()) <= set(
        stammered(text, rng).lower().replace("-", " ").split()
    ) | {"you."}
    assert stammered("Go on.", rng) == "Go on."
    cut = cut_off(text, rng)
    assert cut.strip("-") in text
    assert 5 <= len(cut.split()) < len(text.split())
    assert bare("I'm here, Sam.", apostrophes=False) == "im here sam"
    assert bare("...", apostrophes=True) == "..."
