"""The catalogue of what a responder can do besides speaking."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from ruamel.yaml import YAML

from stepdown.encounter.parameters import Felt, Number
from stepdown.encounter.state import SCENE

Role = Literal["police", "health", "citizen"]
Group = Literal["space", "bearing", "voice", "environment", "people", "call", "option"]
EVERYWHERE = ("space", "bearing", "voice")
_SETTABLE = (*SCENE, "listening", "pressure")


class When(BaseModel):
    """What must hold before a move is allowed: all that is named."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    arrived: str | None = None
    danger: bool | None = None
    after_s: float | None = Field(default=None, ge=0)
    done: tuple[str, ...] = ()
    within_m: float | None = Field(default=None, gt=0)
    beyond_m: float | None = Field(default=None, gt=0)
    crowd_below: float | None = None


class Move(BaseModel):
    """One thing a responder can do: how long it takes, what it changes, when it is allowed.

    `chance` is how often it succeeds. `arrives_s` is the time until whoever was called is there.
    `ends` names the ending that a success brings. `meets` names needs of the person that it meets.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    id: str
    group: Group
    label: str
    words: tuple[str, ...] = ()
    seconds: float = Field(default=2, ge=0.5, le=600)
    set: dict[str, Number] = {}
    add: dict[str, Number] = {}
    felt: Felt = Felt()
    chance: float = Field(default=1, ge=0, le=1)
    once: bool = False
    who: tuple[Role, ...] = ("police", "health", "citizen")
    arrives_s: float | None = Field(default=None, ge=1, le=7200)
    arrived: str = ""
    ends: str | None = None
    meets: tuple[str, ...] = ()
    when: When = When()
    refused: str = ""
    says: str = ""
    fails: str = ""

    @field_validator("set", "add")
    @classmethod
    def _known(cls, changes: dict[str, float]) -> dict[str, float]:
        unknown = [name for name in changes if name not in _SETTABLE]
        if unknown:
            raise ValueError(f"unknown: {', '.join(unknown)}; known: {', '.join(_SETTABLE)}")
        return changes


class Change(BaseModel):
    """What a scenario changes about a move of the catalogue; what is not named stays.

    A move that the catalogue does not have is the scenario's own: it needs a group and a label.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    group: Group | None = None
    label: str | None = None
    words: tuple[str, ...] | None = None
    seconds: float | None = Field(default=None, ge=0.5, le=600)
    set: dict[str, Number] | None = None
    add: dict[str, Number] | None = None
    felt: Felt | None = None
    chance: float | None = Field(default=None, ge=0, le=1)
    once: bool | None = None
    arrives_s: float | None = Field(default=None, ge=1, le=7200)
    arrived: str | None = None
    ends: str | None = None
    meets: tuple[str, ...] | None = None
    when: When | None = None
    refused: str | None = None
    says: str | None = None
    fails: str | None = None


@cache
def catalogue() -> dict[str, Move]:
    """Return every move by id."""
    text = files("stepdown.encounter").joinpath("moves.yaml").read_text(encoding="utf-8")
    listed = YAML(typ="safe", pure=True).load(text)["moves"]
    return {m["id"]: Move.model_validate(m) for m in listed}


def moves_of(role: str, changes: dict[str, Change]) -> dict[str, Move]:
    """Return the moves of one scenario: those that are everywhere, those it names, its own."""
    found, told = {}, {k: c.model_dump(exclude_none=True) for k, c in changes.items()}
    for name, move in catalogue().items():
        if name in changes:
            found[name] = Move.model_validate({**move.model_dump(), **told[name]})
        elif move.group in EVERYWHERE and role in move.who:
            found[name] = move
    own = {k: Move.model_validate({"id": k, **told[k]}) for k in changes if k not in catalogue()}
    return {**found, **own}
