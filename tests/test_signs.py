from __future__ import annotations

import pytest

from stepdown.signs import unseen, word_at


@pytest.mark.parametrize(
    ("text", "place", "word"),
    [
        ("Zoë", 2, "Zoë"),
        ("1,Zoë;x", 4, "Zoë"),
        ("a\nseñor, b", 4, "señor"),
        ("é", 0, "é"),
        ("x é", 2, "é"),
    ],
)
def test_the_word_around_a_place_ends_where_cells_and_words_end(text, place, word):
    assert word_at(text, place) == word


def test_of_a_long_word_only_what_is_near_is_said():
    assert word_at("a" * 99 + "é" + "b" * 99, 99) == "a" * 20 + "é" + "b" * 19


@pytest.mark.parametrize(
    "sign",
    ["\x00", "\x7f", "\u00ad", "\u061c", "\u180e", "\u200b", "\u202e", "\u206a", "\ufeff", "\u2028",
     "\U000e0041", "\ue000", "\uffff", "\ud800"],
)  # fmt: skip
def test_a_sign_that_nobody_sees_is_found(sign):
    assert unseen(f"Ann{sign}Bo") == sign


@pytest.mark.parametrize(
    "name",
    ["Zoë Núñez", "نیم\u200cفاصله", "ക്\u200dഷ", "O'Neil-Ray Jr.", "山田 太郎", "", "a\u00a0c"],
)
def test_names_in_scripts_that_need_joiners_have_no_hidden_sign(name):
    assert unseen(name) == ""
