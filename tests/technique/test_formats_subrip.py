import pytest

from stepdown.problems import InputProblems
from stepdown.technique.formats.subrip import read_subrip
from stepdown.technique.joining import joined


def turns(text):
    cues, _ = joined(read_subrip(text, "t.srt"))
    return [(cue.speaker, cue.text, cue.start, cue.end) for cue in cues]


def test_names_and_markup_are_told_from_speech():
    text = (
        "1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>LEE:</i> <b>Hello</b>\r\nthere.\r\n\r\n"
        '2\r\n00:00:05,000 --> 00:00:06,000\r\n{\\an8}MAN: <font color="red">Go</font>.\r\n'
    )
    assert turns(text) == [("LEE", "Hello there.", 1.0, 2.5), ("MAN", "Go.", 5.0, 6.0)]


def test_marks_of_change_part_speakers_nobody_names():
    text = (
        "1\n00:00:01,000 --> 00:00:02,000\n>> What happened\n\n"
        "2\n00:00:02,000 --> 00:00:03,000\ntonight?\n\n"
        "3\n00:00:03,000 --> 00:00:04,000\n&gt;&gt; Nothing.\n>> MAN: Leave.\n\n"
        "4\n00:00:04,100 --> 00:00:05,000\nNow.\n"
    )
    assert turns(text) == [
        (None, "What happened tonight?", 1.0, 3.0),
        (None, "Nothing.", 3.0, None),
        ("MAN", "Leave. Now.", None, 5.0),
    ]


def test_two_dashes_in_a_caption_are_two_speakers():
    text = "1\n00:00:01,000 --> 00:00:02,000\n- Who is there?\n- Police.\n"
    assert [turn[1] for turn in turns(text)] == ["Who is there?", "Police."]


def test_one_dash_is_punctuation():
    text = "1\n00:00:01,000 --> 00:00:02,000\nLEE: wait\n- no, stop.\n"
    assert turns(text)[0][:2] == ("LEE", "wait - no, stop.")


def test_two_names_in_one_caption_are_two_turns():
    text = "1\n00:00:01,000 --> 00:00:02,000\n- LEE: Hi.\n- MAN: No.\n"
    assert turns(text) == [("LEE", "Hi.", 1.0, None), ("MAN", "No.", None, 2.0)]


def test_double_spaced_files_do_not_speak_their_numbers():
    text = (
        "1\n\n00:00:01,000 --> 00:00:02,000\n\nLEE: Hi.\n\n"
        "2\n\n00:00:05,000 --> 00:00:06,000\n\nMAN: No.\n"
    )
    assert [turn[:2] for turn in turns(text)] == [("LEE", "Hi."), ("MAN", "No.")]


def test_empty_captions_are_counted():
    text = "1\n00:00:01,000 --> 00:00:02,000\n\n2\n00:00:05,000 --> 00:00:06,000\nLEE: Hi.\n"
    cues, notes = joined(read_subrip(text, "t.srt"))
    assert len(cues) == 1
    assert notes == ["1 empty turn was left out."]


def test_all_wrong_times_are_listed():
    text = "1\n00:00:09,000 --> 00:00:02,000\na\n\n2\nxx:00 --> 00:00:02,000\nb\n"
    with pytest.raises(InputProblems) as caught:
        read_subrip(text, "t.srt")
    assert [p.where for p in caught.value.problems] == ["line 2, caption 1", "line 6, caption 2"]
