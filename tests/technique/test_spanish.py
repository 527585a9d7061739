"""Spanish lines are heard by rules, with or without accents."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.technique.codebook import CODES
from stepdown.technique.coders import LANGUAGES, coder_for
from stepdown.technique.spanish import SpanishCoder, plainly

CODER = SpanishCoder()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("¿Qué ha pasado esta noche?", "open_question"),
        ("Cuénteme cómo empezó todo.", "open_question"),
        ("¿Está herido?", "closed_question"),
        ("¿Por qué hizo eso?", "why_question"),
        ("¿Dónde vive? ¿Tiene hijos?", "stacked_questions"),
        ("Así que llegó a casa y no había nadie.", "reflection"),
        ("Se le nota muy cansada.", "emotion_label"),
        ("Cualquiera se habría enfadado.", "validation"),
        ("A ver si le he entendido bien: perdió el trabajo.", "summary"),
        ("Le escucho.", "minimal_encourager"),
        ("Hace falta mucho valor para decirlo.", "affirmation"),
        ("Me llamo Ana, soy enfermera.", "introduction"),
        ("Se lo pido porque hay niños cerca.", "reason"),
        ("Como usted quiera, aquí o fuera.", "choice"),
        ("Puedo llamar a su hermana.", "concrete_help"),
        ("Perdone la espera.", "apology"),
        ("Se lo agradezco.", "thanks"),
        ("Tiene razón, llegamos tarde.", "agreement"),
        ("No puedo permitir que pegue a nadie.", "limit"),
        ("Siéntese.", "command"),
        ("Salga o le detengo.", "threat"),
        ("Es su última oportunidad.", "ultimatum"),
        ("Cálmese.", "calm_down"),
        ("No es para tanto.", "dismissal"),
        ("Es usted un cobarde.", "insult"),
        ("Debería dormir más.", "unsolicited_advice"),
        ("Todo va a salir bien.", "false_promise"),
    ],
)
def test_a_plain_line_of_each_kind_is_heard_with_accents_and_without(text: str, code: str) -> None:
    assert code in CODER.code(text).labels
    assert code in CODER.code(plainly(text).replace("¿", "")).labels


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("No le entiendo.", "validation"),
        ("Lo entiendo, pero tiene que irse.", "validation"),
        ("No podemos hacer esto aquí.", "concrete_help"),
        ("¿Qué hora es?", "open_question"),
        ("¿Hay algo que le ayude?", "open_question"),
        ("Vamos a un sitio más tranquilo.", "calm_down"),
        ("Ahora mismo es demasiado.", "command"),
        ("Cálmese, estoy aquí.", "concrete_help"),
    ],
)
def test_what_only_looks_like_it_is_not_heard(text: str, code: str) -> None:
    assert code not in CODER.code(text).labels


def test_what_helps_scores_above_a_plain_line_and_what_harms_below() -> None:
    good, plain, bad = (CODER.code(t).score for t in (
        "Debe de ser muy duro. Cuénteme qué pasó.", "La mesa es azul.", "Cállese o le detengo.",
    ))  # fmt: skip
    assert good > 1 > plain > -0.5 > bad


def test_a_list_of_techniques_in_one_breath_buys_nothing() -> None:
    listed = (
        "Le escucho y le entiendo y parece que siente rabia y gracias y lo siento y usted elige "
        "y me llamo Ana y puedo ayudar y tiene razón"
    )
    assert CODER.code(listed).score < CODER.code("Debe de ser muy duro.").score - 1


@pytest.mark.parametrize("text", ["", "   ", "…", "¿?", "123"])
def test_a_turn_without_words_is_not_heard(text: str) -> None:
    coding = CODER.code(text)
    assert not coding.heard
    assert coding.score == 0
    assert coding.flags == ("no words",)


@given(st.text(max_size=300))
def test_any_text_is_coded_and_its_spans_lie_within_it(text: str) -> None:
    assert len(plainly(text)) == len(text)
    coding = CODER.code(text)
    assert set(coding.probabilities) == set(CODES)
    assert -2.5 <= coding.score <= 2
    for span in coding.spans:
        assert 0 <= span.start <= span.end <= len(text)
        assert coding.probabilities[span.code] > 0


def test_the_words_that_speak_for_a_code_are_given_as_they_were_written() -> None:
    assert CODER.code("¡CÁLMESE, por favor!").why("calm_down") == ("CÁLMESE",)


def test_each_language_has_its_coder_and_another_is_refused() -> None:
    assert LANGUAGES == ("en", "es")
    assert coder_for("es").digest != coder_for("en").digest
    with pytest.raises(ValueError, match="one of en, es"):
        coder_for("fr")
