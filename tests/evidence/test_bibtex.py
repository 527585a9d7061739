from __future__ import annotations

from stepdown.evidence.bibtex import to_bibtex
from stepdown.evidence.table import read_evidence
from tests.evidence.rows import another, write


def test_every_row_is_named_in_one_entry() -> None:
    evidence = read_evidence()
    text = to_bibtex(evidence)
    for row in evidence.rows:
        assert text.count(row.id.replace("_", "\\_")) >= 1
    assert text.count("@misc{") == len({(r.authors, r.title) for r in evidence.rows})


def test_braces_balance_and_special_characters_are_escaped(tmp_path) -> None:
    table = write(tmp_path / "t.csv", another(1, title="50% & {more} #1 \\x", authors="A_b; C$d"))
    text = to_bibtex(read_evidence(table))
    assert "50\\% \\& \\{more\\} \\#1 \\textbackslash{}x" in text
    assert "{A\\_b} and {C\\$d}" in text
    bare = text.replace("\\{", "").replace("\\}", "")
    assert bare.count("{") == bare.count("}")
