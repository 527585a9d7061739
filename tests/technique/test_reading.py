import pytest

from stepdown.technique.reading import reading_grade, syllables


@pytest.mark.parametrize(
    ("word", "count"),
    [("cat", 1), ("water", 2), ("table", 2), ("made", 1), ("understand", 3), ("walked", 1),
     ("wanted", 2), ("information", 4), ("the", 1), ("agree", 2), ("people", 2)],
)  # fmt: skip
def test_syllables_of_common_words(word, count):
    assert syllables(word) == count


def test_the_grade_follows_kincaids_formula():
    # 6 words, 1 sentence, 6 syllables: 0.39 * 6 + 11.8 - 15.59
    assert reading_grade("The cat sat on the mat.") == -1.4


def test_long_words_and_sentences_read_harder():
    easy = reading_grade("Sit here. I will get you some tea.")
    hard = reading_grade(
        "Notwithstanding operational considerations, authorisation necessitates verification."
    )
    assert easy < 3 < 12 < hard


def test_text_without_words_has_no_grade():
    assert reading_grade("... 42!") is None
