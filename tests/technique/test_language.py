from pathlib import Path

import pytest

from stepdown.technique.language import foreign

DATA = Path(__file__).with_name("data")
ENGLISH = (DATA / "english_lines.txt").read_text(encoding="utf-8").splitlines()
FOREIGN = [
    line.split("\t")
    for line in (DATA / "foreign_lines.txt").read_text(encoding="utf-8").splitlines()
]


def test_under_one_english_line_in_a_hundred_is_flagged():
    assert len(ENGLISH) >= 150
    assert [line for line in ENGLISH if foreign(line)] == []
    assert [line for line in ENGLISH if foreign(line.upper())] == []


def test_nine_foreign_lines_in_ten_are_found():
    long = [(name, line) for name, line in FOREIGN if len(line.split()) >= 5]
    assert len(FOREIGN) >= 80
    assert sum(foreign(line) is not None for _, line in long) >= 0.9 * len(long)
    assert sum(foreign(line) == name for name, line in long) >= 0.9 * len(long)


@pytest.mark.parametrize("name", sorted({name for name, _ in FOREIGN}))
def test_every_language_is_found(name):
    assert name in {foreign(line) for kind, line in FOREIGN if kind == name}


@pytest.mark.parametrize("line", ["", "   ", "...", "123 456", "😀😀😀", "mm-hm", "hola", "π r π"])
def test_lines_too_short_to_tell_are_not_flagged(line):
    assert foreign(line) is None


def test_mixed_lines_count_as_english_while_they_are_mostly_english():
    assert foreign("he told me tranquilo man everything is fine") is None
    assert foreign("I said Пожалуйста to the man and he left") is None


def test_a_script_decides_at_once():
    assert foreign("где") is not None
    assert foreign("μου λείπεις") == "Greek"
    assert foreign("助けてください") == "Japanese"
    assert foreign("도와주세요") == "Korean"
    assert foreign("ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ") == "not English"
