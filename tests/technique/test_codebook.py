from collections import Counter

import pytest
from pydantic import ValidationError

from stepdown.technique.codebook import CODES, RISKS, Codebook, codebook

WANTED = [
    "open_question", "closed_question", "reflection", "emotion_label", "validation",
    "summary", "minimal_encourager", "affirmation", "introduction", "reason",
    "choice", "concrete_help", "information", "apology", "thanks",
    "agreement", "limit", "command", "threat", "ultimatum",
    "calm_down", "dismissal", "insult", "profanity", "why_question",
    "unsolicited_advice", "false_promise", "stacked_questions",
]  # fmt: skip


def test_the_codebook_has_exactly_the_published_codes_in_their_order():
    assert list(CODES) == WANTED
    assert set(RISKS) == set(WANTED[17:])


def test_no_example_serves_two_codes_and_no_example_is_its_own_near_miss():
    examples = Counter(e for code in codebook().codes for e in code.examples)
    assert not [e for e, n in examples.items() if n > 1]
    for code in codebook().codes:
        assert not set(code.examples) & {m.text for m in code.near_misses}
        assert code.id not in {m.code for m in code.near_misses}


def test_every_definition_is_one_sentence_and_every_construct_is_used():
    for code in codebook().codes:
        assert code.definition.endswith("."), code.id
        assert ". " not in code.definition, code.id
    used = {c for code in codebook().codes for c in code.constructs}
    assert used == set(codebook().constructs)


def test_a_codebook_with_an_unknown_construct_is_refused():
    broken = codebook().model_dump(by_alias=True)
    broken["codes"][0]["constructs"] = {"nobody": "knows"}
    with pytest.raises(ValidationError, match="nobody"):
        Codebook.model_validate(broken)
