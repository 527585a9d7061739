import pytest

from stepdown.technique.codebook import CODES
from stepdown.technique.coding import Coding
from stepdown.technique.conversation import conversation
from stepdown.technique.transcript import Turn


def coded(*labels):
    return Coding("x", labels, dict.fromkeys(CODES, 0.0), (), (), 0.0)


def test_talk_share_and_words_per_turn_count_words():
    turns = [Turn("A", "one two three", None, None), Turn("B", "one", None, None)]
    found = conversation(turns, [coded(), None], "A")
    assert (found.turns, found.words, found.talk_share, found.words_per_turn) == (1, 3, 0.75, 3)


def test_pauses_and_interruptions_come_from_times_alone():
    turns = [
        Turn("B", "I am so tired of this", 0.0, 4.0),
        Turn("A", "You are.", 7.0, 8.0),
        Turn("B", "Yes and", 8.0, 10.0),
        Turn("A", "Listen", 9.0, 9.5),
    ]
    found = conversation(turns, [None] * 4, "A")
    assert (found.pause_s, found.long_pauses, found.interruptions) == (1.5, 1, 1)
    untimed = [Turn(t.speaker, t.text, None, None) for t in turns]
    found = conversation(untimed, [None] * 4, "A")
    assert (found.pause_s, found.long_pauses, found.interruptions) == (None, None, None)


def test_influence_before_listening_stops_at_the_first_act_of_listening():
    turns = [Turn("A", "x", None, None)] * 4
    codings = [coded("command"), coded("unsolicited_advice"), coded("reflection"), coded("threat")]
    assert conversation(turns, codings, "A").influence_before_listening == 2


def test_saying_the_same_again_is_a_share_of_turns():
    line = "I need you to step back from the door please"
    turns = [
        Turn("A", text, None, None)
        for text in (line, line, "What happened to you tonight then?", "ok")
    ]
    assert conversation(turns, [None] * 4, "A").said_again == pytest.approx(1 / 3, abs=1e-3)


def test_unpunctuated_speech_has_no_reading_grade():
    turns = [Turn("A", "sir i need you to step back from the edge", None, None)]
    assert conversation(turns, [None], "A").reading_grade is None
    turns = [Turn("A", "Step back from the edge.", None, None)]
    assert conversation(turns, [None], "A").reading_grade is not None


def test_a_speaker_who_says_nothing_has_no_measures():
    found = conversation([Turn("B", "hello", None, None)], [None], "A")
    assert (found.turns, found.talk_share, found.words_per_turn) == (0, 0.0, None)
