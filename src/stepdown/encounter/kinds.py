"""What an event of each kind must hold to be played again: checked when a log is read."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from stepdown.encounter.parameters import Felt, Number

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Text = Annotated[str, Field(max_length=100_000)]


class _Data(BaseModel):
    """The data of one event; more than is named may stand there."""

    model_config = ConfigDict(extra="allow", strict=True)


class Reply(_Data):
    """What the person answered: the number of the line, -1 for none that is written."""

    line: int = Field(ge=-1)
    text: Text


class Start(_Data):
    """The first event; `world.first` reads the rest of it."""

    engine: int
    seed: int = Field(ge=0, lt=2**64)
    scenario: dict[str, Any]
    parameters: dict[str, Any]


class Say(_Data):
    """A line, with the codes that were found when it was said."""

    text: Text
    words: int = Field(ge=0, le=100_000)
    cut: Share
    probabilities: dict[str, Share]
    codes: list[str]
    score: Number
    topics: list[str]
    again: Share
    asked: bool
    felt: Felt
    reply: Reply | None = None


class Moved(_Data):
    """A move, or an attempt at one."""

    move: str
    ok: bool
    refused: str
    arrives: Number | None = None
    reply: Reply | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.ok and self.refused:
            raise ValueError("a move that was refused cannot have succeeded")
        return self


class Assess(_Data):
    """A reading of the situation."""

    reading: dict[str, str | float]
    seconds: Annotated[float, Field(ge=0, le=1e5)] = 0.0


class Wait(_Data):
    """A wait on purpose."""

    seconds: Annotated[float, Field(ge=0, le=1e5)]


class Speak(_Data):
    """The person speaks into a silence."""

    reply: Reply


class Happened(_Data):
    """Something that the world did."""

    what: Literal["hazard", "arrival", "happening", "chapter", "narrated"]
    id: str
    text: Text
    felt: Felt = Felt()


class End(_Data):
    """How it ended, and who is hurt."""

    how: str
    text: Text
    injured: dict[str, bool]


KINDS: dict[str, type[_Data]] = {
    "start": Start, "say": Say, "move": Moved, "assess": Assess, "wait": Wait, "speak": Speak,
    "world": Happened, "end": End,
}  # fmt: skip


def wrong(kind: str, data: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what is wrong with the data of an event, as (what stands there, what should)."""
    try:
        KINDS[kind].model_validate(data)
    except ValidationError as error:
        return [
            (f"{'.'.join(map(str, e['loc'])) or kind}: {e['input']!r}"[:120], e["msg"])
            for e in error.errors()
        ]
    return []
