"""The codebook: what each technique code means, loaded once and checked."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from ruamel.yaml import YAML

Group = Literal["listening", "respect", "structure", "risk"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Construct(_Part):
    """A published model of de-escalation that codes serve."""

    name: str
    source: str
    doi: str | None = None


class NearMiss(_Part):
    """A line that looks like the code and is not; `code` names what it is, if anything."""

    text: str
    why: str
    code: str | None = None


class Code(_Part):
    """One technique code: its definition, its borders and what it serves."""

    id: str
    name: str
    group: Group
    definition: str
    counts: str
    not_: str = Field(alias="not")
    examples: tuple[str, ...] = Field(min_length=4)
    near_misses: tuple[NearMiss, ...] = Field(min_length=4)
    constructs: dict[str, str] = Field(min_length=1)


class Codebook(_Part):
    """All codes, in the order in which labels are always given."""

    version: int
    unit: str
    constructs: dict[str, Construct]
    codes: tuple[Code, ...]

    @model_validator(mode="after")
    def _names_are_known(self) -> Codebook:
        ids = [code.id for code in self.codes]
        unknown = [c for code in self.codes for c in code.constructs if c not in self.constructs]
        unknown += [m.code for code in self.codes for m in code.near_misses if m.code]
        unknown = [name for name in unknown if name not in {*ids, *self.constructs}]
        if unknown or len(set(ids)) < len(ids):
            raise ValueError(f"codes twice or names unknown: {sorted(set(unknown))}")
        return self

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all codes, in the codebook's order."""
        return tuple(code.id for code in self.codes)

    def __getitem__(self, code: str) -> Code:
        return next(c for c in self.codes if c.id == code)


@cache
def codebook() -> Codebook:
    """Return the codebook that ships with this version."""
    text = files("stepdown.technique").joinpath("codebook.yaml").read_text(encoding="utf-8")
    return Codebook.model_validate(YAML(typ="safe", pure=True).load(text))


CODES = codebook().ids
RISKS = tuple(code.id for code in codebook().codes if code.group == "risk")
