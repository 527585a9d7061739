from __future__ import annotations

import pytest
from pydantic import ValidationError

from stepdown.evidence.claims import _Written, fill, read_claims
from stepdown.evidence.rungs import rung_words
from stepdown.evidence.table import read_evidence
from stepdown.evidence.vocabulary import RUNGS

EVIDENCE = read_evidence()


def test_the_claims_and_limits_are_worded_as_the_evidence_allows() -> None:
    found = {c.id: (c.kind, c.wording) for c in read_claims(EVIDENCE)}
    assert found == {
        "fewer_uses_of_force": ("claim", "suggestive"),
        "safer_officers": ("claim", "suggestive"),
        "fewer_tragic_outcomes": ("claim", "unknown"),
        "culture_of_safety": ("claim", "not_shown_by_cited_source"),
        "not_everyone": ("limit", "supported"),
        "skills_fade": ("limit", "suggestive"),
        "application_varies": ("limit", "suggestive"),
    }


def test_every_claim_names_the_document_it_cites_and_rows_that_exist() -> None:
    ids = {r.id for r in EVIDENCE.rows}
    for claim in read_claims(EVIDENCE):
        assert set(claim.rows) <= ids
        assert claim.rows
        if claim.kind == "claim":
            assert claim.cited != "none"
            assert EVIDENCE.row(claim.rows[0]).design_group == "guidance"


def test_no_cited_document_shows_an_effect() -> None:
    for claim in read_claims(EVIDENCE):
        if claim.kind == "claim":
            assert EVIDENCE.row(claim.rows[0]).effect is None


def test_a_number_written_by_hand_is_refused() -> None:
    written = {
        "id": "a", "kind": "claim", "claim": "c", "cited": "d", "cited_rows": [], "contains": "x",
        "finding": "Force fell by 28.1%.", "wording": "supported", "rows": ["x"],
    }  # fmt: skip
    with pytest.raises(ValidationError, match="figures come from rows"):
        _Written.model_validate(written)


def test_a_figure_of_a_row_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        fill("{nowhere:effect}", EVIDENCE)


def test_filling_names_the_rows_it_used() -> None:
    text, rows = fill("{engel2022_lmpd_uof:effect} and {engel2022_lmpd_off:effect}", EVIDENCE)
    assert text == "−28.1% and −36%"
    assert rows == ("engel2022_lmpd_uof", "engel2022_lmpd_off")


def test_every_rung_has_words_with_rows() -> None:
    words = rung_words(EVIDENCE)
    assert tuple(words) == RUNGS
    assert all(w.rows and "{" not in w.text for w in words.values())
