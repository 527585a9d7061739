import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepdown.problems import InputProblems
from stepdown.technique.formats.names import label
from stepdown.technique.formats.plain import read_plain
from stepdown.technique.joining import joined


def turns(text):
    cues, _ = joined(read_plain(text, "t.txt"))
    return [(cue.speaker, cue.text) for cue in cues]


def starts(text):
    return [(cue.speaker, cue.start, cue.text) for cue in read_plain(text, "t.txt").cues]


def test_lines_below_a_name_go_on_with_it():
    text = "Officer Lee: Put it\ndown.\n\nplease.\nMAN: No.\n"
    assert turns(text) == [("Officer Lee", "Put it down. please."), ("MAN", "No.")]


@pytest.mark.parametrize("time", ["[00:12]", "(00:12)", "00:12", "[0:00:12.0]", "00:00:12,000 -"])
def test_a_time_may_stand_first(time):
    assert starts(f"{time} LEE: Hello.\nMAN: No.\n") == [
        ("LEE", 12.0, "Hello."),
        ("MAN", None, "No."),
    ]


def test_a_time_may_stand_beside_the_name_or_on_the_line_above():
    assert starts("Lee (0:12): Hi.\nMan [1:00]: No.\n") == [
        ("Lee", 12.0, "Hi."),
        ("Man", 60.0, "No."),
    ]
    assert starts("0:12\nLee: Hi.\n") == [("Lee", 12.0, "Hi.")]


def test_head_lines_of_meeting_programs_are_names():
    assert starts("Officer Lee  0:03\nHello there.\n\nSpeaker 2  0:07\nGo away.\n") == [
        ("Officer Lee", 3.0, "\nHello there."),
        ("Speaker 2", 7.0, "\nGo away."),
    ]


def test_spans_of_time_are_read():
    [cue] = read_plain("[00:01.000 --> 00:04.000]  Hello there.", "t.txt").cues
    assert (cue.start, cue.end, cue.text) == (1.0, 4.0, "Hello there.")
    with pytest.raises(InputProblems, match="line 1"):
        read_plain("[00:09 - 00:04] Hello there.", "t.txt")


@pytest.mark.parametrize(
    "line",
    [
        "he said: go home",
        "He said: go home",
        "Listen: I need you to sit",
        "Here is the thing: I am tired",
        "I TOLD YOU: NO",
        "at 10:30 we left",
        "AT 10:30 WE LEFT",
        "10:30 is when he came",
        "see http://example.org",
        "A sentence that goes on for far too many words to be a name: yes",
        "Wait, stop. Please: sit",
    ],
)
def test_a_sentence_with_a_colon_names_nobody(line):
    assert turns(f"LEE: Hello.\nMAN: No.\nLEE: Well\n{line}\n")[2] == ("LEE", f"Well {line}")


@pytest.mark.parametrize(
    "name",
    [
        "Officer Lee", "OFFICER LEE", "Q", "A", "SPEAKER_01", "Speaker 1", "Dr. O'Brien-Smith",
        "Maria de la Cruz", "Subject", "Unit 12", "Señora Núñez", "男", "الضابط", "Caller #2",
    ],
)  # fmt: skip
def test_names_are_known_as_people_write_them(name):
    assert turns(f"{name}: Hello.\nMan: No.\n") == [(name, "Hello."), ("Man", "No.")]


def test_names_in_small_letters_count_when_they_open_the_lines():
    assert turns("officer: hi\nman: go\nofficer: sit down\nthen we talk\n") == [
        ("officer", "hi"), ("man", "go"), ("officer", "sit down then we talk"),
    ]  # fmt: skip
    text = "Me: hi\nHer: go\nMe: sit\nHer: no\nMe: ok\nHer: fine\n"
    assert [who for who, _ in turns(text)] == ["Me", "Her"] * 3


def test_asides_beside_a_name_are_kept_in_the_text():
    assert turns("Lee (on radio): Copy.\nLee: Hi.\n") == [
        ("Lee", "(on radio) Copy."),
        ("Lee", "Hi."),
    ]


def test_words_before_the_first_name_are_kept():
    assert turns("unclear talk\nLEE: Hi.\nMAN: No.\n")[0] == (None, "unclear talk")


def test_a_file_without_names_has_a_turn_on_each_line():
    assert turns("put it down\n\nleave me alone\n") == [
        (None, "put it down"),
        (None, "leave me alone"),
    ]
    assert starts("0:01 put it down\n0:04 leave me\n") == [
        (None, 1.0, "put it down"),
        (None, 4.0, "leave me"),
    ]


WORD = st.text(
    st.characters(exclude_categories=["C", "Z"], exclude_characters=":：[]()"), min_size=1
)
TALK = st.lists(
    st.tuples(
        st.sampled_from(["Lee", "MAN", "Ann Ray", "SPEAKER_01"]),
        st.lists(st.lists(WORD, min_size=1, max_size=6), min_size=1, max_size=3),
    ),
    min_size=1,
)


@settings(max_examples=150, deadline=None)
@given(TALK)
def test_no_word_is_lost_or_added(talk):
    text = "\n".join(f"{who}: " + "\n".join(" ".join(w) for w in lines) for who, lines in talk)
    expected = [(who, [w for line in lines for w in line]) for who, lines in talk]
    assert [(who, said.split()) for who, said in turns(text)] == expected


@given(st.text())
def test_any_text_is_read_or_refused(text):
    assert label(text) is None or isinstance(label(text), tuple)
    read_plain(text.replace(":", " "), "t.txt")
