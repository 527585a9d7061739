"""What the API takes and gives in practising. Unknown fields are errors; sizes are bounded."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field, RootModel

from stepdown.encounter.moves import Group, Role
from stepdown.encounter.review.reading import RISKS
from stepdown.encounter.scene import Crowd, Gaze, Hands, Heat, Height, Light, Noise, Volume
from stepdown.encounter.scene import Pace as Speed
from stepdown.encounter.vocabulary import Band
from stepdown.web.practice.deeds import LONGEST_TEXT, LONGEST_WAIT_S

Pace = Literal["real", "slower", "turn"]
Key = Annotated[str, Field(min_length=1, max_length=61, pattern=r"^[A-Za-z0-9_-]+$")]
Words = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
"""A text that says something, without control characters."""


class Strict(Schema):
    """Something of the API."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class ProblemOut(Strict):
    """One thing that is wrong with what was sent."""

    where: str = Field(description="The field.")
    given: str = Field(description="What stood there.")
    expected: str = Field(description="What would have been right.")
    fix: str = Field(description="What to do now.")


class Fault(Strict):
    """What went wrong."""

    error: str = Field(description="What it was, in a sentence.")
    problems: list[ProblemOut] = Field(description="Everything wrong with what was sent.")


class ScenarioItem(Strict):
    """A scenario of the library."""

    key: str = Field(description="Names it here: the id of one that ships, or of an own version.")
    title: str
    sector: str
    role: Role
    language: str
    minutes: float
    own: bool = Field(description="Whether it is the agency's own.")


class Scenarios(Strict):
    """The scenarios that one may practise."""

    items: list[ScenarioItem]


class ScenarioOut(ScenarioItem):
    """What is said before an encounter begins."""

    summary: str
    notes: list[str] = Field(description="What may weigh on whoever practises it.")
    learning: list[str] = Field(description="What it trains.")
    sources: list[str]
    attribution: str
    digest: str = Field(description="Names this version.")
    crisis_line: str = Field(description="Where one may turn, at any time.")


class Begin(Strict):
    """How an encounter is to begin."""

    scenario: Key = Field(description="Its key.")
    pace: Pace = Field("turn", description="Real time, half as fast, or turn by turn.")
    seed: int | None = Field(
        None, ge=0, lt=2**32,
        description="The chance of it, to meet the same person again. Not for an assignment.",
    )  # fmt: skip
    assignment: UUID | None = Field(None, description="Do it for this assignment.")
    announced: bool = Field(
        False, description="For an assignment that is assessed: you know that it is an assessment,"
        " and that instructors of the unit read it.",
    )  # fmt: skip


class Summary(Strict):
    """An encounter."""

    id: UUID
    scenario: str = Field(description="The key of its scenario.")
    title: str
    sector: str
    pace: Pace
    assessed: bool = Field(description="Whether instructors of the unit read it.")
    assignment: UUID | None
    parent: UUID | None = Field(description="The encounter that is tried again here.")
    parent_at: int | None = Field(description="The event of it that is done otherwise.")
    started_at: datetime
    ended_at: datetime | None
    how: str = Field(description="How it ended; empty while it runs.")
    n_events: int
    erased: bool = Field(description="Whether its words were deleted.")


class Summaries(Strict):
    """A page of encounters, newest first."""

    items: list[Summary]
    next: str | None = Field(description="The cursor of the next page; null on the last.")


class StanceOut(Strict):
    """How the trainee stands and speaks."""

    side_on: bool
    height: Height
    hands: Hands
    gaze: Gaze
    volume: Volume
    pace: Speed
    cover: bool


class AroundOut(Strict):
    """What surrounds both."""

    way_out: bool
    noise: Noise
    light: Light
    heat: Heat
    crowd: Crowd
    voices: int = Field(description="Others who talk too.")
    aside: bool = Field(description="Whether they have gone somewhere quieter.")


class OtherOut(Strict):
    """Somebody or something else."""

    id: str
    who: str
    there: bool


class CallOut(Strict):
    """Who was called, and whether they are here."""

    id: str
    label: str
    here: bool


class SceneOut(Strict):
    """What can be seen."""

    name: str = Field(description="The person.")
    band: Band = Field(description="How the person looks.")
    distance: float = Field(description="Metres between both.")
    stance: StanceOut
    around: AroundOut
    others: list[OtherOut]
    calls: list[CallOut]
    described: list[str] = Field(description="The same in plain sentences.")


class MoveOut(Strict):
    """Something that can be done."""

    id: str
    group: Group
    label: str


class ChapterOut(Strict):
    """The stage of a scenario that has stages."""

    title: str
    scene: str
    heard: list[str]
    choices: list[str] = Field(description="What may be chosen, by number from 0.")


class Asked(Strict):
    """What may be read in the situation."""

    wants: list[str]
    who: list[str]
    risk: list[str] = Field(description="Ids of what might happen.")


class State(Summary):
    """An encounter as far as it has come: what its trainee sees, and no hidden number."""

    clock_s: float = Field(description="Seconds of the encounter.")
    running: bool = Field(description="Whether the clock runs; never turn by turn.")
    opening: str | None
    cue: str | None = Field(description="What can be seen of the person now.")
    scene: SceneOut | None
    moves: list[MoveOut]
    chapter: ChapterOut | None
    asked: Asked | None


class EventOut(Strict):
    """Something that was said or done, or that happened."""

    n: int
    t: float = Field(description="Seconds since the start.")
    kind: Literal["start", "say", "move", "wait", "speak", "world", "end"]
    text: str
    answer: str = Field(description="What the person said or did in answer.")
    cut: bool = Field(description="Whether the person broke in before the end.")


class Events(Strict):
    """Events in order."""

    items: list[EventOut]
    next: int = Field(description="The number to ask from the next time.")
    over: bool


class Say(Strict):
    """Say something."""

    kind: Literal["say"] = Field(description="To speak.")
    text: str = Field(
        min_length=1, max_length=LONGEST_TEXT, pattern=Words, description="What you say."
    )


class DoMove(Strict):
    """Do something besides speaking."""

    kind: Literal["move"] = Field(description="To do.")
    text: str = Field(min_length=1, max_length=61, pattern=Words, description="The move's id.")


class Wait(Strict):
    """Wait on purpose; turn by turn the clock goes on by so much."""

    kind: Literal["wait"] = Field(description="To let silence be.")
    seconds: float = Field(5.0, ge=0.5, le=LONGEST_WAIT_S, description="How long.")


class Assess(Strict):
    """Put on record what one reads in the situation; at least one answer."""

    kind: Literal["assess"] = Field(description="To read the situation.")
    arousal: float | None = Field(None, ge=0, le=10, description="How upset the person is.")
    wants: str | None = Field(None, max_length=200, pattern=Words, description="What they want.")
    risk: str | None = Field(
        None, pattern=f"^({'|'.join(RISKS)})$", description="What is most likely to happen."
    )
    who: str | None = Field(None, max_length=200, pattern=Words, description="Who matters.")
    next: str | None = Field(None, max_length=200, pattern=Words, description="What comes next.")


class Choose(Strict):
    """Take an option of the stage."""

    kind: Literal["choose"] = Field(description="To choose.")
    number: int = Field(ge=0, le=99, description="Which of `choices`, from 0.")


class Bare(Strict):
    """Stop for good; tell that one is still there (tick); stand the clock still, or let it run."""

    kind: Literal["stop", "tick", "pause", "resume"] = Field(description="Which of these.")


class Deed(RootModel[Annotated[
    Say | DoMove | Wait | Assess | Choose | Bare, Field(discriminator="kind")
]]):  # fmt: skip
    """One act."""


class Done(Strict):
    """What an act brought about, and how things stand now."""

    events: list[EventOut]
    state: State


class Again(Strict):
    """From where to try again."""

    at: int = Field(ge=1, le=100_000, description="The event that is to be done otherwise.")
