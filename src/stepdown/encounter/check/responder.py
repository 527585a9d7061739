"""A scripted responder: what they say and do, fixed in a file before any scenario is checked."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML

from stepdown.encounter.vocabulary import BANDS, Band
from stepdown.problems import InputProblems, Problem

Beat = Literal["say", "wait", "bear", "around", "call", "rough"]
Line = Annotated[str, Field(min_length=1, max_length=600)]
ORDER = (
    "skilled", "novice", "command", "silent", "repeater", "stuffer", "option_changer",
    "fresh_kind", "fresh_plain",
)  # fmt: skip
"""The responders that ship, in the order in which they are shown."""


class Switch(BaseModel):
    """When a responder gives up on words and takes another option, and in which order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    after_s: float = Field(ge=0, description="Not before this many seconds.")
    bands: tuple[Band, ...] = Field(
        BANDS, description="Only while the person can be seen to be in one of these."
    )
    options: tuple[str, ...] = Field(description="Moves that end it, the first allowed is taken.")


class Responder(BaseModel):
    """One scripted responder.

    `rhythm` is gone through again and again. `bear`, `around`, `call` and `rough` name moves in the
    order in which they are tried; `around: [all]` means every move of place and people that the
    scenario has.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z_]+$")
    says: str = Field(description="Who this is, in a sentence.")
    rhythm: tuple[Beat, ...] = Field(min_length=1)
    wait_s: float = Field(5.0, ge=0.5, le=120)
    bear: tuple[str, ...] = ()
    around: tuple[str, ...] = ()
    call: tuple[str, ...] = ()
    rough: tuple[str, ...] = ()
    rough_after_s: float = Field(0.0, ge=0)
    lines: dict[Band, tuple[Line, ...]] = {}
    echo: tuple[Line, ...] = Field(
        (), description="Lines that take up what was just spoken of; {word} stands for it."
    )
    better: bool = Field(False, description="Also say the scenario's own better lines.")
    switch: Switch | None = None


@cache
def responders(language: str = "en") -> dict[str, Responder]:
    """Return the responders that ship and speak a language, by id, in their order."""
    folder = files("stepdown.encounter").joinpath("responders")
    if language != "en":
        folder = folder.joinpath(language)
    return {name: _parsed(folder.joinpath(f"{name}.yaml").read_text("utf-8")) for name in ORDER}


def read_responder(path: Path) -> Responder:
    """Read a responder of one's own. Raises InputProblems."""
    try:
        return _parsed(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError, ValueError) as error:
        problem = Problem(str(path), str(error)[:300], "a responder file", "compare with skilled")
        raise InputProblems(path.name, [problem]) from None


def _parsed(text: str) -> Responder:
    return Responder.model_validate(YAML(typ="safe", pure=True).load(text))
