import pytest

from stepdown.problems import InputProblems
from stepdown.web.programs.text import an_id, line


def problems(text, most=20, *, needed=True):
    wrong = []
    return line("place", text, most, wrong, needed=needed), [p.where for p in wrong]


def test_a_line_loses_the_spaces_around_it():
    assert problems("  Room 4 ") == ("Room 4", [])


@pytest.mark.parametrize(
    "text", ["", "  ", "x" * 21, "a\0b", "a\nb", "room \u202e4", "a\ud800", "\u2028x"]
)
def test_what_is_empty_too_long_or_cannot_be_shown_is_wrong(text):
    assert "place" in problems(text.replace("\u2028x", "x\u2028x"))[1]


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>"[:20], "Zürich 4", "غرفة", "会议室 👩‍🚒"]
)
def test_what_can_be_shown_is_taken_as_it_is(text):
    assert problems(text) == (text, [])


def test_a_note_may_be_empty():
    assert problems("", needed=False) == ("", [])


def test_an_id_is_one_or_a_problem():
    with pytest.raises(InputProblems):
        an_id("person", "12")
