"""What the API takes and gives in teaching: units, assignments, assessments, numbers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, create_model

from stepdown.encounter.review.rubric import domains
from stepdown.web.api.schemas import EventOut, Key, SceneOut, Strict, Summary, Words
from stepdown.web.practice.assessing import LONGEST_TEXT
from stepdown.web.practice.assigning import LONGEST_NOTE

Plain = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
"""A text without control characters, which may be empty."""

Score = Annotated[int, Field(ge=0, le=4)]
_scores: dict[str, Any] = {d: (Score, Field(description=name)) for d, name in domains().items()}
Scores = create_model("Scores", __base__=Strict, __doc__="A score of each domain.", **_scores)


class UnitOut(Strict):
    """A unit in which one teaches."""

    id: UUID
    agency: str
    name: str


class Units(Strict):
    """The units in which one teaches."""

    items: list[UnitOut]


class PersonOut(Strict):
    """That somebody practised: how often, and when last; nothing else.

    `times` null: that they did is not for whoever asks to know.
    """

    id: UUID
    name: str
    times: int | None
    last: datetime | None


class People(Strict):
    """The trainees of a unit, by name."""

    items: list[PersonOut]


class TaskOut(Strict):
    """An assignment, for whom it was given to."""

    id: UUID
    scenario: str
    title: str
    assessed: bool = Field(description="Whether instructors of the unit read it.")
    due: date
    note: str
    encounter: UUID | None = Field(description="What was begun for it and has not ended.")
    done_at: datetime | None
    late: bool
    spent: bool = Field(description="Whether it may not be begun once more.")


class Tasks(Strict):
    """What was assigned to one and stands, what is due first before all else."""

    items: list[TaskOut]


class AssignmentOut(Strict):
    """An assignment of a unit."""

    id: UUID
    unit: UUID
    scenario: str
    assessed: bool
    due: date
    note: str
    at: datetime
    withdrawn_at: datetime | None


class AssignmentItem(AssignmentOut):
    """An assignment in a list."""

    title: str
    given: int = Field(description="To how many people.")
    done: int = Field(description="How many have done it.")


class Assignments(Strict):
    """A unit's assignments, newest first."""

    items: list[AssignmentItem]


class Assign(Strict):
    """What is to be assigned."""

    scenario: Key = Field(description="Its key.")
    people: list[UUID] | None = Field(
        None, min_length=1, max_length=1000,
        description="Trainees of the unit; all who are in it now if left out.",
    )  # fmt: skip
    due: date = Field(description="The day by which it is to be done.")
    assessed: bool = Field(False, description="As an announced assessment, which you will read.")
    note: str = Field(
        "", max_length=LONGEST_NOTE, pattern=Plain, description="A word to those who are to do it."
    )


class ProgressItem(Strict):
    """How far one person has come."""

    person: UUID
    name: str
    begun_at: datetime | None
    done_at: datetime | None
    late: bool


class Progress(Strict):
    """An assignment, and who has come how far."""

    assignment: AssignmentOut
    items: list[ProgressItem]


class AssessmentItem(Strict):
    """An assessment of a unit."""

    encounter: UUID
    person: UUID
    name: str
    title: str
    started_at: datetime
    ended_at: datetime | None
    scored: bool = Field(description="Whether you have scored it.")


class Assessments(Strict):
    """A unit's assessments: those that run, then those that have ended, newest first."""

    items: list[AssessmentItem]


class HappeningOut(Strict):
    """Something that may be set off."""

    id: str
    text: str
    happened: bool


class CommentOut(Strict):
    """What was written beside a turn."""

    n: int
    by: str
    at: datetime
    text: str


class Comments(Strict):
    """The comments that one may see: before one's own scores are given, one's own alone."""

    items: list[CommentOut]


class Watched(Strict):
    """An assessment as a bystander would see it, and no hidden number."""

    encounter: Summary
    name: str = Field(description="Whose it is.")
    clock_s: float
    running: bool
    cue: str | None
    scene: SceneOut | None
    items: list[EventOut]
    next: int = Field(description="The number to ask from the next time.")
    over: bool
    happenings: list[HappeningOut]
    comments: list[CommentOut]
    mark: str = Field(description="Send it along the next time: reading on is not noted again.")


class Inject(Strict):
    """What is to be set off."""

    happening: Key = Field(description="Its id, from `happenings`.")


class Injected(Strict):
    """What it brought about."""

    events: list[EventOut]


class CommentIn(Strict):
    """A comment beside a turn of an assessment that has ended."""

    n: int = Field(ge=0, le=1_000_000, description="The event.")
    text: str = Field(
        min_length=1, max_length=LONGEST_TEXT, pattern=Words, description="What its trainee reads."
    )


class ScoreIn(Strict):
    """One's own scores, once and for all."""

    domains: Scores = Field(description="All seven.")
    note: str = Field("", max_length=LONGEST_TEXT, pattern=Plain, description="Why.")


class ScoreOut(Strict):
    """Scores given by hand."""

    at: datetime
    domains: Scores
    note: str


class ComparedOut(Strict):
    """One domain, scored by oneself, the machine and others."""

    id: str
    name: str
    own: int
    machine: int | None = Field(description="Null where there was too little to say.")
    others: list[int | None]
    says_own: str = Field(description="What a score like one's own looks like.")
    says_machine: str


class Compared(Strict):
    """The scores side by side."""

    items: list[ComparedOut]


class AgencyOut(Strict):
    """An agency whose numbers one may read."""

    id: UUID
    name: str


class Agencies(Strict):
    """The agencies whose numbers one may read."""

    items: list[AgencyOut]


class NumbersItem(Strict):
    """A unit in a month; null where it is hidden because few people stand behind it."""

    month: date
    unit: str = Field(description="Empty for all units together.")
    whole: bool
    people: int | None
    encounters: int | None
    assessments: int | None
    in_time: int | None
    hand: dict[str, float] | None = Field(description="Mean score by domain, given by hand.")
    machine: dict[str, float | None] | None = Field(
        description="Mean score by domain, the machine's; what it could not score is left out."
    )


class Numbers(Strict):
    """An agency's numbers by month and unit, without names; months that are over, newest first."""

    items: list[NumbersItem]
