import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepdown.problems import InputProblems
from stepdown.technique.formats.webvtt import read_webvtt
from stepdown.technique.joining import JOIN_GAP, joined
from stepdown.technique.transcript import Turn, read_transcript

HEAD = "WEBVTT - body camera 12\nKind: captions\n\n"


def turns(text):
    cues, _ = joined(read_webvtt(text, "t.vtt"))
    return [(cue.speaker, cue.text, cue.start, cue.end) for cue in cues]


def test_voice_tags_name_speakers():
    text = (
        HEAD + "00:01.000 --> 00:02.000\n<v Officer Lee>Hello.</v>\n\n"
        "00:03.000 --> 01:00:04.500\n<v.loud Man>Go away!\n"
    )
    assert turns(text) == [
        ("Officer Lee", "Hello.", 1.0, 2.0),
        ("Man", "Go away!", 3.0, 3604.5),
    ]


def test_names_before_a_colon_name_speakers():
    text = HEAD + "00:01.000 --> 00:02.000\nLEE: Hello.\n\n00:09.000 --> 00:10.000\nMAN: No.\n"
    assert turns(text) == [("LEE", "Hello.", 1.0, 2.0), ("MAN", "No.", 9.0, 10.0)]


def test_styles_notes_regions_settings_and_tags_are_no_speech():
    text = (
        HEAD + "STYLE\n::cue { color: red }\n\nREGION\nid:fred\n\nNOTE\nchecked by hand\n\n"
        "cue-1\n00:01.000 --> 00:02.000 align:start position:10%\n"
        "<v Lee><i>Hello</i> <c.yellow>you</c> <00:01.500>&amp; <b>me</b> &lt;3 AT&T &nbsp;x\n\n"
        "NOTE the end\n"
    )
    assert turns(text) == [("Lee", "Hello you & me <3 AT&T x", 1.0, 2.0)]


def test_what_is_no_tag_is_kept():
    text = HEAD + "00:01.000 --> 00:02.000\n<v Lee>i <3 you <laughs> look --> there\n"
    assert turns(text)[0][1] == "i <3 you <laughs> look --> there"


def test_neighbouring_captions_of_one_speaker_are_one_turn():
    text = (
        HEAD + "00:01.000 --> 00:02.000\n<v Lee>I need\n\n00:02.500 --> 00:04.000\n<v LEE>you\n\n"
        "00:05.900 --> 00:07.000\nto listen.\n\n00:07.100 --> 00:08.000\n<v Man>No.\n"
    )
    assert turns(text) == [("Lee", "I need you to listen.", 1.0, 7.0), ("Man", "No.", 7.1, 8.0)]


def test_a_silence_of_two_seconds_ends_a_turn():
    text = (
        HEAD + "00:01.000 --> 00:02.000\n<v Lee>One.\n\n00:04.000 --> 00:05.000\n<v Lee>Two.\n\n"
        "00:07.000 --> 00:08.000\nThree.\n"
    )
    assert JOIN_GAP == 2.0
    assert turns(text) == [
        ("Lee", "One.", 1.0, 2.0), ("Lee", "Two.", 4.0, 5.0), (None, "Three.", 7.0, 8.0),
    ]  # fmt: skip


def test_a_caption_that_names_nobody_after_a_silence_is_flagged(tmp_path: Path):
    path = tmp_path / "t.vtt"
    path.write_text(HEAD + "00:01.000 --> 00:02.000\n<v Lee>Hi\n\n00:09.000 --> 00:10.000\nOk.\n")
    assert read_transcript(path).turns[1] == Turn("", "Ok.", 9.0, 10.0, ("speaker not named",))


def test_captions_that_name_nobody_at_all_are_not_joined():
    text = HEAD + "00:01.000 --> 00:02.000\nWhat?\n\n00:02.100 --> 00:03.000\nGo away.\n"
    assert [turn[1] for turn in turns(text)] == ["What?", "Go away."]


def test_two_speakers_in_one_caption_share_its_time_without_an_invented_border(tmp_path: Path):
    path = tmp_path / "t.vtt"
    path.write_text(HEAD + "00:01.000 --> 00:04.000\n<v Lee>Hi.</v> <v Man>Go.</v>\n")
    shared = ("shares its caption's time",)
    assert read_transcript(path).turns == (
        Turn("Lee", "Hi.", 1.0, None, shared),
        Turn("Man", "Go.", None, 4.0, shared),
    )


def test_every_impossible_time_is_listed_with_line_and_number():
    text = (
        HEAD + "00:05.000 --> 00:02.000\nOne.\n\n00:06.000 --> 00:07.000\nTwo.\n\n"
        "-00:01.000 --> 00:08.000\nThree.\n\n00:61.000 --> 00:70.000\nFour.\n"
    )
    with pytest.raises(InputProblems) as caught:
        read_webvtt(text, "t.vtt")
    assert [p.where for p in caught.value.problems] == [
        "line 4, caption 1", "line 10, caption 3", "line 13, caption 4",
    ]  # fmt: skip
    assert "ends at 2.000 s" in caught.value.problems[0].given
    assert "negative" in caught.value.problems[1].given
    assert "00:61.000" in caught.value.problems[2].given


def test_a_file_of_no_captions_is_refused():
    with pytest.raises(InputProblems, match="-->"):
        read_webvtt("WEBVTT\n\nNOTE nothing here\n", "t.vtt")


def test_text_outside_of_captions_is_kept_with_a_note():
    script = read_webvtt(HEAD + "00:01.000 --> 00:02.000\n<v Lee>One\n\ntwo\nthree\n", "t.vtt")
    assert script.cues[0].text.split() == ["One", "two", "three"]
    assert script.notes == ("2 lines outside of a caption: kept with the caption before.",)


def test_a_missing_blank_line_parts_captions_all_the_same():
    text = HEAD + "00:01.000 --> 00:02.000\n<v Lee>One\n2\n00:09.000 --> 00:10.000\n<v Lee>Two\n"
    assert turns(text) == [("Lee", "One", 1.0, 2.0), ("Lee", "Two", 9.0, 10.0)]


def test_rolling_captions_are_read_once():
    text = (
        HEAD + "00:00.000 --> 00:02.000\n \nput<00:00:01.000><c> it</c>\n\n"
        "00:02.000 --> 00:02.010\nput it\n \n\n"
        "00:02.010 --> 00:04.000\nput it\ndown<00:00:03.000><c> now</c>\n\n"
        "00:04.000 --> 00:04.010\ndown now\n \n"
    )
    script = read_webvtt(text, "t.vtt")
    assert " ".join(cue.text for cue in script.cues).split() == ["put", "it", "down", "now"]
    assert "3 lines shown a second time" in script.notes[0]


WORDS = st.lists(
    st.text(
        st.characters(exclude_categories=["C", "Z"], exclude_characters="<>&:：{}-–—"), min_size=1
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["Lee", "Man", "Ann Ray"]), WORDS), min_size=1))
def test_no_word_is_lost_or_added(spoken):
    blocks = [
        f"{n // 60:02}:{n % 60:02}.000 --> {n // 60:02}:{n % 60:02}.900\n<v {who}>{' '.join(w)}\n"
        for n, (who, w) in enumerate(spoken)
    ]
    found = turns("WEBVTT\n\n" + "\n".join(blocks))
    expected = [word for _, words in spoken for word in words]
    assert [w for _, text, _, _ in found for w in text.split()] == expected
    assert sum(len(re.findall(r"\S+", text)) for _, text, _, _ in found) == len(expected)
