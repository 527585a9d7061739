from hypothesis import given
from hypothesis import strategies as st

from stepdown.technique.windows import windows


def test_a_short_turn_is_one_window_and_no_words_are_none():
    assert windows("You have waited long enough.") == ("You have waited long enough.",)
    assert windows("...") == ()
    assert windows("") == ()


def test_windows_end_with_sentences_where_they_can():
    text = ("one two three four five six seven. " * 30).strip()
    found = windows(text, 20)
    assert all(part.endswith(".") and len(part.split()) <= 20 for part in found)


@given(st.lists(st.text("ab.?", min_size=1), min_size=1, max_size=400), st.integers(2, 90))
def test_no_word_is_lost_and_no_window_is_too_long(words, size):
    text = " ".join(words)
    found = windows(text, size)
    if any(c.isalnum() for c in text):
        assert " ".join(found).split() == text.split()
        assert all(len(part.split()) <= size for part in found)
