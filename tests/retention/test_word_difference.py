from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from stepdown.retention.word_difference import AROUND, LONGEST, Piece, pieces

LONG = " ".join(f"word{n}" for n in range(90))


def test_a_change_at_the_end_of_a_long_text_is_what_is_shown():
    before, after = f"{LONG} and then they leave.", f"{LONG} and then they stay."
    assert len(before) > 600
    first, same, removed, added = pieces(before, after)
    assert first.kind == "left_out"
    assert same.text.split() == [*before.split()[-1 - AROUND : -1]]
    assert (removed, added) == (Piece("removed", "leave."), Piece("added", "stay."))


def test_two_changes_far_apart_leave_out_what_is_between():
    found = pieces(f"First {LONG} last", f"One {LONG} end")
    assert [piece.kind for piece in found] == [
        "removed", "added", "same", "left_out", "same", "removed", "added",
    ]  # fmt: skip


def test_words_that_were_only_added_remove_none():
    assert pieces("Listen first.", "Listen first. Then ask.") == (
        Piece("same", "Listen first. "), Piece("added", "Then ask."),
    )  # fmt: skip
    assert pieces("", "New.") == (Piece("added", "New."),)


def test_spaces_and_line_breaks_alone_are_no_piece():
    assert pieces("a\nb  c", "a b c") == ()


def test_a_text_without_spaces_shows_where_it_changed():
    found = pieces("聞" * 600 + "前", "聞" * 600 + "後")
    assert [p.text for p in found if p.kind in ("removed", "added")] == ["前", "後"]


def test_a_piece_is_no_longer_than_can_be_read():
    found = pieces("x " * 900, "y " * 900)
    assert {len(piece.text) <= LONGEST for piece in found} == {True}


def test_texts_that_repeat_one_word_are_compared_at_once():
    before = time.process_time()
    pieces("a b " * 500, "a c " * 500)
    pieces("a b " * 100, "a c " * 100)
    assert time.process_time() - before < 1


words = st.lists(st.sampled_from("abcde"), max_size=40).map(" ".join)


@given(words, words)
def test_what_is_shown_comes_from_both_texts(before, after):
    found = pieces(before, after)
    assert bool(found) == (before != after)
    if all(piece.kind != "left_out" for piece in found) and found:
        old = " ".join(p.text.strip() for p in found if p.kind != "added")
        new = " ".join(p.text.strip() for p in found if p.kind != "removed")
        assert (old.split(), new.split()) == (before.split(), after.split())
