import pytest

from stepdown.technique.reading import reading_grade, spanish_ease, spanish_syllables, syllables


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


@pytest.mark.parametrize(
    ("word", "count"),
    [("que", 1), ("ciudad", 2), ("día", 2), ("aéreo", 4), ("caer", 2), ("muy", 1), ("y", 1),
     ("guitarra", 3), ("después", 2), ("escuchar", 3), ("policía", 4), ("cuidado", 3)],
)  # fmt: skip
def test_spanish_syllables_are_counted(word: str, count: int) -> None:
    assert spanish_syllables(word) == count


def test_spanish_ease_follows_the_published_formula() -> None:
    # 4 words, 6 syllables, 1 sentence
    assert spanish_ease("La mesa es azul.") == pytest.approx(206.835 - 62.3 * 6 / 4 - 4, abs=0.05)
    assert spanish_ease("¿?") is None
    hard = "La implementación institucional requiere responsabilidades administrativas."
    assert (spanish_ease(hard) or 0) < 0


def test_many_points_end_one_sentence_and_are_read_once():
    """Looked through from every point anew, a million of them would take hours."""
    assert reading_grade("Wait... Go!") == reading_grade("Wait. Go!")
    assert reading_grade("Wait" + "." * 1_000_000 + "x") is not None
