"""What a scenario file may contain. Trainers write it; `docs/reference/scenario.md` explains it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from stepdown.encounter.agreement import disagreements
from stepdown.encounter.moves import Change, Role, catalogue
from stepdown.encounter.parameters import Felt, Number, outside, parameters, profiles
from stepdown.encounter.state import PERSON, SCENE
from stepdown.encounter.vocabulary import BANDS, HOLE, REACTS, Band
from stepdown.technique.codebook import CODES

Text = Annotated[str, Field(min_length=1, max_length=2000)]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,60}$")]


class Strict(BaseModel):
    """A part of a scenario: unknown fields are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Fitting(Strict):
    """Something that fits only at times: after all that `after` names, before any of `unless`.

    Both name moves that succeeded, happenings, arrivals (by the call) and facts that were told.
    """

    after: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()

    def fits(self, past: Collection[str]) -> bool:
        """Say whether it fits what has been so far."""
        return set(self.after) <= set(past) and not set(self.unless) & set(past)


class Shown(Fitting):
    """A text that fits only at times."""

    text: Text


class Person(Strict):
    """Who the subject is. Conditions and circumstances drive behaviour, never group."""

    profile: str
    age: int = Field(ge=5, le=110)
    about: Text
    cast: tuple[dict[str, str], ...] = Field(min_length=1)
    start: dict[str, float] = {}
    parameters: dict[str, float] = {}

    @field_validator("profile")
    @classmethod
    def _profile(cls, value: str) -> str:
        if value not in profiles():
            raise ValueError(f"unknown profile; known: {', '.join(profiles())}")
        return value

    @field_validator("start")
    @classmethod
    def _start(cls, value: dict[str, float]) -> dict[str, float]:
        wrong = [k for k, v in value.items() if k not in PERSON or not 0 <= v <= 10]
        if wrong:
            raise ValueError(f"{', '.join(wrong)}: give {', '.join(PERSON)} from 0 to 10")
        return value

    @field_validator("parameters")
    @classmethod
    def _parameters(cls, value: dict[str, float]) -> dict[str, float]:
        if wrong := outside(value):
            raise ValueError("; ".join(f"{name}: {right}" for name, right in wrong))
        return value

    @model_validator(mode="after")
    def _numbers(self) -> Self:
        if self.parameters:
            parameters(self.profile, self.parameters)
        return self

    @model_validator(mode="after")
    def _one_cast(self) -> Self:
        if any(set(c) != set(self.cast[0]) for c in self.cast) or "name" not in self.cast[0]:
            raise ValueError("every cast names the same roles, and 'name' among them")
        return self


class Other(Strict):
    """Somebody else who is there."""

    id: Id
    who: Text
    matters: bool = False


class Need(Strict):
    """Something the person needs: how much it weighs, and what meets it, at once or bit by bit."""

    id: Id
    what: Text
    weight: float = Field(gt=0, le=10)
    topics: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    moves: tuple[str, ...] = ()
    share: float = Field(default=0.34, gt=0, le=1)

    @field_validator("codes")
    @classmethod
    def _codes(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := [c for c in value if c not in CODES]:
            raise ValueError(f"not in the codebook: {', '.join(unknown)}")
        return value


class Topic(Strict):
    """Something the responder may speak of: a hook, a trigger, or neither."""

    id: Id
    words: tuple[Text, ...] = Field(min_length=1)
    felt: Felt = Felt()
    from_trust: float = Field(default=0, ge=0, le=10)
    early: Felt = Felt()


class Fact(Strict):
    """Something true that the person may tell, in a line that reveals it."""

    id: Id
    what: Text
    trust: float = Field(default=0, ge=0, le=10)


class Line(Fitting):
    """One thing the person may say or do in answer. `{name}` and the like come from the cast.

    A line that names words in `hears` answers only to what contains one of them.
    """

    say: Text
    hears: tuple[Text, ...] = ()
    on: tuple[str, ...] = ("any",)
    at: tuple[Band, ...] = BANDS
    topic: str | None = None
    trust: float = Field(default=0, ge=0, le=10)
    below: float = Field(default=10, ge=0, le=10)
    reveals: str | None = None

    @field_validator("on", "at", "hears", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("on")
    @classmethod
    def _known(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        known = {*REACTS, *CODES, *catalogue(), *(info.context or {}).get("moves", ())}
        unknown = [v for v in value if v not in known]
        if unknown:
            raise ValueError(f"{', '.join(unknown)}: a code, a move, or one of {', '.join(REACTS)}")
        return value


class Happening(Strict):
    """Something that happens around them: at a time, or when an instructor sets it off."""

    id: Id
    text: Text
    at_s: float | None = Field(default=None, ge=0, le=7200)
    unless: tuple[str, ...] = ()
    set: dict[str, Number] = {}
    add: dict[str, Number] = {}
    felt: Felt = Felt()

    @field_validator("set", "add")
    @classmethod
    def _scene(cls, value: dict[str, float]) -> dict[str, float]:
        if unknown := [k for k in value if k not in SCENE]:
            raise ValueError(f"{', '.join(unknown)}: one of {', '.join(SCENE)}")
        return value


class Better(Strict):
    """Two better lines for a kind of moment, and why they suit this person."""

    on: tuple[str, ...] = Field(min_length=1)
    lines: tuple[Text, ...] = Field(min_length=2)
    why: Text


class Asked(Strict):
    """What there is to read, asked before acting: choices, and which of them are right."""

    wants: dict[str, bool] = Field(min_length=2)
    who: dict[str, bool] = {}


class Chapter(Strict):
    """One stage of a scenario with choices: what happens, what is heard, what may be chosen."""

    title: Text
    scene: str = ""
    heard: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()


class Choice(Strict):
    """One option of a chapter: what is said, what is done, and what its author thought of it."""

    text: Text
    say: str = ""
    moves: tuple[str, ...] = ()
    felt: Felt = Felt()
    worth: float = 0
    kind: str = ""


class Scenario(Strict):
    """One encounter that can be practised."""

    id: Id
    title: Text
    sector: Text
    role: Role
    language: Literal["en", "es"] = "en"
    resolvable: Literal["by_talk", "by_other_means"]
    summary: Text
    opening: Text
    notes: tuple[Text, ...] = Field(min_length=1)
    learning: tuple[Text, ...] = Field(min_length=1)
    sources: tuple[Text, ...] = ()
    attribution: str = ""
    minutes: float = Field(default=12, gt=0, le=120)
    person: Person
    scene: dict[str, float] = {}
    others: tuple[Other, ...] = ()
    needs: tuple[Need, ...] = ()
    topics: tuple[Topic, ...] = ()
    facts: tuple[Fact, ...] = ()
    lines: tuple[Line, ...] = Field(min_length=1)
    cues: dict[Band, tuple[Text | Shown, ...]]
    moves: dict[str, Change] = {}
    policy: tuple[Text, ...] = ()
    happenings: tuple[Happening, ...] = ()
    endings: dict[str, Text]
    hazards: dict[str, tuple[Text | Shown, ...]] = {}
    reading: Asked | None = None
    better: tuple[Better, ...] = ()
    debrief: tuple[Text, ...] = Field(min_length=1)
    next: tuple[str, ...] = ()
    chapters: tuple[Chapter, ...] = ()

    @classmethod
    def read(cls, data: object) -> Self:
        """Return the scenario that a document holds. Raises ValidationError naming all faults."""
        moves = data.get("moves") if isinstance(data, dict) else None
        own = tuple(moves) if isinstance(moves, dict) else ()
        return cls.model_validate(data, context={"moves": own})

    @property
    def digest(self) -> str:
        """The name of this version: a hash of its content."""
        content = self.model_dump_json(exclude_defaults=True)
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    @field_validator("scene")
    @classmethod
    def _scene(cls, value: dict[str, float]) -> dict[str, float]:
        wrong = [
            k for k, v in value.items() if k not in SCENE or not SCENE[k][0] <= v <= SCENE[k][1]
        ]
        if wrong:
            raise ValueError(
                "; ".join(
                    f"{k}: from {SCENE[k][0]:g} to {SCENE[k][1]:g}"
                    if k in SCENE
                    else f"{k}: unknown"
                    for k in wrong
                )
            )
        return value

    @field_validator("hazards", mode="before")
    @classmethod
    def _each_listed(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {k: (v,) if isinstance(v, str | dict) else v for k, v in value.items()}

    @field_validator("moves")
    @classmethod
    def _moves(cls, value: dict[str, Change]) -> dict[str, Change]:
        unknown = [
            k for k, c in value.items() if k not in catalogue() and not (c.group and c.label)
        ]
        if unknown:
            raise ValueError(
                f"no such move: {', '.join(unknown)}; see `stepdown scenarios moves`, or make it "
                "this scenario's own with a group and a label"
            )
        return value

    @field_validator("cues")
    @classmethod
    def _every_band(
        cls, value: dict[Band, tuple[str | Shown, ...]]
    ) -> dict[Band, tuple[str | Shown, ...]]:
        missing = [b for b in BANDS if not any(isinstance(c, str) for c in value.get(b, ()))]
        if missing:
            raise ValueError(f"no cue that always fits for {', '.join(missing)}")
        return value

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if wrong := disagreements(self):
            raise ValueError("; ".join(wrong))
        return self


def fitting(texts: Sequence[str | Shown], past: Collection[str]) -> list[str]:
    """Return the texts that fit now; those made for what has been, where there are any."""
    shown = [t for t in texts if isinstance(t, Shown) and t.fits(past)]
    made = [t.text for t in shown if t.after]
    return made or [t for t in texts if isinstance(t, str)] + [t.text for t in shown]


def filled(text: str, cast: dict[str, str]) -> str:
    """Return a text with the names of the cast in their places."""
    return HOLE.sub(lambda hole: cast.get(hole.group(1), hole.group()), text)
