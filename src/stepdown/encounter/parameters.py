"""The numbers of the person model: one table, thirteen profiles, and what lines do."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from ruamel.yaml import YAML

from stepdown.technique.codebook import CODES

GROUPS = ("listening", "structure", "autonomy", "pressure")
_MAY_BE_ZERO = ("processing_s",)
FELT = ("arousal", "trust", "threat", "control")


Number = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
"""A number small enough that no sum of products of a few of them overflows."""


class Parameter(BaseModel):
    """One number of the model: where it stands, how far it may go, and where it comes from."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    value: float
    low: float
    high: float
    unit: str
    source: str
    why: str

    @model_validator(mode="after")
    def _inside(self) -> Self:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"{self.value} is outside {self.low} to {self.high}")
        return self


class Felt(BaseModel):
    """A change, in points, of what a person feels."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    arousal: float = Field(default=0.0, ge=-10, le=10)
    trust: float = Field(default=0.0, ge=-10, le=10)
    threat: float = Field(default=0.0, ge=-10, le=10)
    control: float = Field(default=0.0, ge=-10, le=10)


class Effect(Felt):
    """What a code does when heard for certain; `group` names the parameter that scales it."""

    group: Literal["listening", "structure", "autonomy", "pressure"]


class Profile(BaseModel):
    """What differs for one condition or circumstance."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    id: str
    name: str
    says: str
    source: str
    set: dict[str, float] = {}
    codes: dict[str, float] = {}
    asked_about_suicide: Felt = Felt()


class Parameters(BaseModel):
    """Every number of one person; it travels in the log, so old logs keep theirs."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    numbers: dict[str, Number]
    effects: dict[str, Effect]
    asked_about_suicide: Felt = Felt()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        wrong = [f"{name}: missing" for name in table() if name not in self.numbers]
        wrong += [
            f"{name}: above 0"
            for name, value in self.numbers.items()
            if name.endswith(("_s", "_m")) and name not in _MAY_BE_ZERO and value <= 0
        ]
        if not wrong and self["ready_at"] <= self["ready_from"]:
            wrong.append("ready_at: above ready_from")
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    def __getitem__(self, name: str) -> float:
        return self.numbers[name]


def _read(name: str, key: str) -> Any:
    text = files("stepdown.encounter").joinpath(name).read_text(encoding="utf-8")
    return YAML(typ="safe", pure=True).load(text)[key]


@cache
def table() -> dict[str, Parameter]:
    """Return every parameter with its unit, range and source."""
    return {
        k: Parameter.model_validate(v) for k, v in _read("parameters.yaml", "parameters").items()
    }


@cache
def effects() -> dict[str, Effect]:
    """Return what each technique code does."""
    found = {k: Effect.model_validate(v) for k, v in _read("effects.yaml", "effects").items()}
    if set(found) != set(CODES):
        raise ValueError(f"effects.yaml and the codebook differ: {set(found) ^ set(CODES)}")
    return found


@cache
def profiles() -> dict[str, Profile]:
    """Return the profiles by id."""
    return {p["id"]: Profile.model_validate(p) for p in _read("profiles.yaml", "profiles")}


def outside(changes: Mapping[str, float]) -> list[tuple[str, str]]:
    """Return what is wrong with changed parameters, as (name, what would be right)."""
    wrong = []
    for name, value in changes.items():
        known = table().get(name)
        if known is None:
            wrong.append((name, "one of the parameters in docs/reference/person.md"))
        elif not known.low <= value <= known.high:
            wrong.append((name, f"{known.low:g} to {known.high:g} {known.unit}"))
    return wrong


def parameters(profile: str, changes: Mapping[str, float] | None = None) -> Parameters:
    """Return the numbers of a person of one profile, with the scenario's own changes."""
    chosen = profiles()[profile]
    numbers = {name: known.value for name, known in table().items()}
    numbers.update(chosen.set)
    numbers.update(changes or {})
    told = {}
    for code, effect in effects().items():
        times = chosen.codes.get(code, 1.0) * numbers[effect.group]
        told[code] = Effect(
            group=effect.group, **{name: round(times * getattr(effect, name), 6) for name in FELT}
        )
    return Parameters(numbers=numbers, effects=told, asked_about_suicide=chosen.asked_about_suicide)
