"""What the API gives of an encounter that has ended."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from stepdown.web.api.schemas import Strict


class PointOut(Strict):
    """One event, with the state just after it."""

    event: int
    t: float
    kind: str
    what: str
    codes: list[str] = Field(description="Ids of the technique codebook.")
    answer: str
    arousal: float = Field(description="From 0 to 10, under the model.")
    trust: float = Field(description="From 0 to 10, under the model.")


class WorthOut(Strict):
    """What an act changed over the next minute under the model, beside a quiet wait."""

    event: int
    arousal: float = Field(description="Points; below 0: calmer.")
    arousal_se: float
    harm: float = Field(description="Change in the chance of harm within the minute.")
    harm_se: float
    trust: float


class MomentOut(Strict):
    """An act that helped or hurt most."""

    event: int
    helped: bool
    what: str
    worth: WorthOut
    better: list[str] = Field(description="What might have been said to this person.")
    why: str


class DomainOut(Strict):
    """A domain of the rubric."""

    id: str
    name: str
    score: int | None = Field(ge=0, le=4, description="Null where there is too little to say.")
    anchor: str = Field(description="What was seen, in words.")
    seen: list[str] = Field(description="The sentences of `anchor`, one by one.")
    source: str
    helped: list[int] = Field(description="Events that speak for it.")
    hurt: list[int] = Field(description="Events that speak against it.")


class ReadingOut(Strict):
    """What was read in the situation, and what was true then."""

    event: int
    arousal_given: float | None
    arousal_true: float
    risk_given: str | None
    risk_true: str
    right: dict[str, bool]


class ReviewOut(Strict):
    """A review: outcome and skill stand apart."""

    scenario: str
    title: str
    seed: int
    outcome: str
    ending: str
    injured: dict[str, bool]
    seconds: float
    timeline: list[PointOut]
    worth: list[WorthOut]
    helped: list[MomentOut]
    hurt: list[MomentOut]
    rubric: list[DomainOut]
    readings: list[ReadingOut]
    debrief: list[str]
    next: list[str] = Field(description="Scenarios to try next.")


class SkillOut(Strict):
    """What an encounter showed."""

    encounter: UUID
    domains: dict[str, int | None] = Field(
        description="Score from 0 to 4 by domain; null where there is too little to say."
    )
    outcome: str
    seconds: float
    turns: int
