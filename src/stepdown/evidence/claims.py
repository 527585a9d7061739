"""What popular texts claim, what their sources contain, and what better evidence says.

No number stands in a claim's text: `{row:effect}` and `{row:published}` are filled from the table,
so every figure has its row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from ruamel.yaml import YAML

from stepdown.evidence.shown import shown_effect
from stepdown.evidence.table import Evidence
from stepdown.problems import InputProblems, Problem

Wording = Literal["supported", "suggestive", "not_shown_by_cited_source", "unknown"]
WORDS: dict[str, str] = {
    "supported": "Supported",
    "suggestive": "Suggestive, not settled",
    "not_shown_by_cited_source": "Not shown by the cited source",
    "unknown": "Nobody knows",
}

_FIELD = re.compile(r"\{([a-z0-9_]+):(effect|published|n)\}")


class _Written(BaseModel):
    """A claim as the file holds it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z_]+$")
    kind: Literal["claim", "limit"]
    claim: str
    cited: str
    cited_rows: list[str]
    contains: str
    finding: str
    wording: Wording
    rows: list[str]

    @field_validator("contains", "finding")
    @classmethod
    def _no_number_of_its_own(cls, value: str) -> str:
        if re.search(r"\d", _FIELD.sub("", value)):
            raise ValueError("figures come from rows: write {row:effect} or {row:published}")
        return value


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim, held against its source and against better evidence.

    `contains`: what the cited document holds. `finding`: what better evidence says. `rows`: ids of
    the rows on which all of it rests.
    """

    id: str
    kind: str
    claim: str
    cited: str
    contains: str
    finding: str
    wording: Wording
    rows: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the published shape of a claim."""
        return {
            "id": self.id, "kind": self.kind, "claim": self.claim, "cited": self.cited,
            "cited_document_contains": self.contains, "finding": self.finding,
            "wording": self.wording, "source_rows": list(self.rows),
        }  # fmt: skip


def read_claims(evidence: Evidence) -> tuple[Claim, ...]:
    """Return the claims with their figures filled in.

    Raises InputProblems for a table without the rows that they cite.
    """
    text = files("stepdown.evidence").joinpath("claims.yaml").read_text("utf-8")
    written = [_Written.model_validate(c) for c in YAML(typ="safe", pure=True).load(text)]
    return tuple(_filled(claim, evidence) for claim in written)


def fill(text: str, evidence: Evidence) -> tuple[str, tuple[str, ...]]:
    """Put figures of the table into a text; return it with the ids of the rows it used."""
    used = tuple(dict.fromkeys(m[1] for m in _FIELD.finditer(text)))
    return _FIELD.sub(lambda m: _field(m, evidence), text), used


def _field(match: re.Match[str], evidence: Evidence) -> str:
    row = evidence.row(match[1])
    return shown_effect(row) if match[2] == "effect" else str(getattr(row, match[2]))


def _missing(claim: _Written, evidence: Evidence) -> list[str]:
    known = {r.id for r in evidence.rows}
    named = [m[1] for text in (claim.contains, claim.finding) for m in _FIELD.finditer(text)]
    return sorted({*claim.cited_rows, *claim.rows, *named} - known)


def _filled(claim: _Written, evidence: Evidence) -> Claim:
    missing = _missing(claim, evidence)
    if missing:
        problem = Problem(
            "the table", f"no row {', '.join(missing)}", "the rows that the claims cite",
            "add your rows to the shipped table: stepdown evidence add FILE",
        )  # fmt: skip
        raise InputProblems("evidence", [problem])
    contains, first = fill(claim.contains, evidence)
    finding, second = fill(claim.finding, evidence)
    rows = tuple(dict.fromkeys((*claim.cited_rows, *first, *second, *claim.rows)))
    return Claim(
        claim.id, claim.kind, claim.claim, claim.cited, contains, finding, claim.wording, rows
    )
