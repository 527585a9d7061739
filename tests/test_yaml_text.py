from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from stepdown.problems import InputProblems
from stepdown.yaml_text import DEEPEST, Kind, file_text, loaded, read_into

KIND = Kind("a card", "fields such as name, size", "correct the card")


class Card(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    sizes: list[int]


def read(text: str, also=lambda _: ()) -> Card:
    return read_into(text, "card.yaml", KIND, Card.model_validate, also)


def refused(text: str, also=lambda _: ()) -> InputProblems:
    with pytest.raises(InputProblems) as raised:
        read(text, also)
    return raised.value


def test_a_sound_text_becomes_the_model():
    assert read("name: a\nsizes: [1, 2]\n") == Card(name="a", sizes=[1, 2])


def test_everything_wrong_is_named_with_its_line_and_how_to_mend_it():
    found = refused("name: [a]\nsizes:\n  - 1\n  - two\nextra: 1\n")
    assert [p.where for p in found.problems] == [
        "card.yaml: line 1, name",
        "card.yaml: line 4, sizes 2",
        "card.yaml: line 5, extra",
    ]
    assert [p.fix for p in found.problems] == [
        "correct the card", "correct the card", "leave it out, or correct its name",
    ]  # fmt: skip


def test_what_is_wrong_besides_is_said_together_with_what_the_model_refuses():
    found = refused("name: 1\nsizes: [13]\n", lambda d: [(("sizes", 0), d["sizes"][0], "not 13")])
    assert [(p.where, p.expected) for p in found.problems][1] == (
        "card.yaml: line 2, sizes 1", "not 13",
    )  # fmt: skip
    assert len(found.problems) == 2


def test_what_is_wrong_besides_is_enough_to_refuse():
    found = refused("name: a\nsizes: [13]\n", lambda _: [(("sizes", 0), 13, "not 13")])
    assert [p.given for p in found.problems] == ["13"]


@pytest.mark.parametrize("text", ["a: &x [1]\nb: *x", "a: &x 1\nb: {c: *x}"])
def test_aliases_are_refused(text):
    with pytest.raises(YAMLError, match="aliases are not allowed"):
        loaded(text)


def test_nesting_has_a_bound():
    assert loaded("[" * DEEPEST + "]" * DEEPEST)
    with pytest.raises(YAMLError, match="nested too deeply"):
        loaded("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1))


def test_half_a_character_is_refused_with_its_line():
    with pytest.raises(YAMLError, match=r"half a character, U\+D800 \(line 2\)"):
        loaded('a: 1\nb: "\\uD800"\n')


def test_what_the_quick_parser_does_not_take_is_read_all_the_same():
    text = "{id: a, words: [what?: no, why? ]}"
    assert loaded(text) == YAML(typ="safe", pure=True).load(text)


@pytest.mark.parametrize("text", ["", "- a", "just words", "a: [", "a: 1\na: 2", "\t- x", "\x00"])
def test_what_is_no_mapping_or_no_yaml_is_an_error_and_no_crash(text):
    assert refused(text).problems


def test_files_that_cannot_be_read_say_why(tmp_path: Path):
    (tmp_path / "latin.yaml").write_bytes("título".encode("latin-1"))
    (tmp_path / "big.yaml").write_bytes(b"#" * (2 * 1024 * 1024 + 1))
    for name, said in {
        "latin.yaml": "UTF-8", "big.yaml": "over 2 MiB", "none.yaml": "No such file", ".": "a card"
    }.items():  # fmt: skip
        with pytest.raises(InputProblems, match=said):
            file_text(tmp_path / name, KIND)


def test_a_mark_of_the_byte_order_is_no_part_of_the_text(tmp_path: Path):
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfname: a\n")
    assert file_text(tmp_path / "a.yaml", KIND) == "name: a\n"
