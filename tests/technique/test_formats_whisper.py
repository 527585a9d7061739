import json

import pytest

from stepdown.problems import InputProblems
from stepdown.technique.formats.cue import Cue
from stepdown.technique.formats.whisper import read_whisper
from stepdown.technique.joining import joined


def refused(text):
    with pytest.raises(InputProblems) as caught:
        read_whisper(text, "t.json")
    return caught.value.problems


SEGMENTS = [
    {"start": 0, "end": 1.5, "text": " Put it", "speaker": "SPEAKER_00"},
    {"start": 1.6, "end": 2.5, "text": " down.", "speaker": "SPEAKER_00"},
    {"start": 3.0, "end": 4.0, "text": " No.", "speaker": "SPEAKER_01"},
]


@pytest.mark.parametrize("content", [{"text": "x", "segments": SEGMENTS}, SEGMENTS])
def test_segments_become_turns(content):
    cues, notes = joined(read_whisper(json.dumps(content), "t.json"))
    assert [(c.speaker, c.text, c.start, c.end) for c in cues] == [
        ("SPEAKER_00", "Put it down.", 0.0, 2.5),
        ("SPEAKER_01", "No.", 3.0, 4.0),
    ]
    assert notes == []


def test_text_alone_is_one_turn_of_nobody():
    assert read_whisper('{"text": "hello there"}', "t.json").cues == (Cue(1, None, "hello there"),)


def test_the_speaker_of_most_words_speaks_for_a_segment():
    words = [{"word": w, "speaker": s} for w, s in [("a", "A"), ("b", "B"), ("c", "B")]]
    script = read_whisper(json.dumps([{"text": "a b c", "words": [*words, {"word": "d"}]}]), "t")
    assert script.cues[0].speaker == "B"


def test_a_numbered_speaker_gets_a_name():
    assert read_whisper('[{"text": "hi", "speaker": 0}]', "t").cues[0].speaker == "Speaker 0"


def test_broken_json_is_located():
    [problem] = refused('{"segments": [\n  {"text": "hi",}\n]}')
    assert problem.where.startswith("line 2, column ")


def test_a_file_that_was_cut_off_says_so():
    [problem] = refused('{"segments": [{"text": "hi"')
    assert "cut off" in problem.fix


def test_all_wrong_segments_are_listed():
    text = (
        '[{"start": NaN, "end": 1, "text": "a"}, {"start": "1", "text": "b"}, {"text": 5}, 7,'
        ' {"start": 3, "end": 1, "text": "c"}, {"start": -1, "text": "d"}, {"start": true,'
        ' "text": "e"}, {"start": Infinity, "text": "f"}, {"text": "g", "speaker": ["x"]}]'
    )
    assert [p.where for p in refused(text)] == [
        "segment 1, 'start'", "segment 2, 'start'", "segment 3, 'text'", "segment 4", "segment 5",
        "segment 6", "segment 7, 'start'", "segment 8, 'start'", "segment 9, 'speaker'",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ['{"results": []}', "5", "null", '{"segments": {}}', '"hi"'])
def test_other_layouts_are_shown_the_wanted_one(text):
    [problem] = refused(text)
    assert '"segments"' in problem.expected


@pytest.mark.parametrize("text", ["[" * 100_000, "[" + "9" * 5000 + "]"])
def test_json_made_to_break_readers_is_refused(text):
    assert refused(text)


def test_half_a_character_does_not_reach_the_turn():
    cues, _ = joined(read_whisper('[{"text": "go \\ud83d now"}]', "t"))
    assert cues[0].text == "go \ufffd now"
    assert cues[0].text.encode()
