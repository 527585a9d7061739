"""Rules on training hours, one file per jurisdiction: cycle, topics and hours, from when to when.

Rules are data that an agency writes from its own law or policy. What ships are examples, marked as
such: no example is the law of any place.
"""

from __future__ import annotations

import datetime as dt
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from stepdown.kept import kept
from stepdown.problems import InputProblems, Problem
from stepdown.yaml_text import Kind, file_text, read_into

Anchor = Literal["calendar_year", "fixed", "hired", "certified"]
Name = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
Identity = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]
Hours = Annotated[float, Field(ge=0, le=2000, multiple_of=0.25)]

EARLIEST = dt.date(1000, 1, 1)
"""No rule is older, so that no cycle begins before the calendar does."""
ALL_TRAINING = "All training"
"""What hours in all are called beside the topics."""

KIND = Kind(
    "a jurisdiction's rules",
    "fields such as id, name, rules",
    "correct the file; the reference of training hours explains every field",
)


class Part(BaseModel):
    """A part of a file that people write: unknown fields are mistakes, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CycleRule(Part):
    """How long a cycle is and what it is counted from."""

    months: int = Field(ge=1, le=120, description="Length of a cycle in months.")
    anchor: Anchor = Field(
        description="`calendar_year`: from 1 January; `fixed`: from `start`; `hired` or "
        "`certified`: from that day of each person."
    )
    start: dt.date | None = Field(
        None, description="With `fixed` only: first day of one cycle; the others follow from it."
    )

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> CycleRule:
        if (self.start is not None) != (self.anchor == "fixed"):
            raise ValueError("`start` goes with `anchor: fixed`, and with nothing else")
        if self.anchor == "calendar_year" and self.months != 12:
            raise ValueError("a calendar year has 12 months; for several years use `fixed`")
        return self


class TopicRule(Part):
    """Hours that must be in one topic; they are part of the hours in all."""

    id: Identity = Field(description="The topic's id, as credits name it.")
    name: Name = Field(description="How it is shown.")
    hours: Hours = Field(description="Hours at least in this topic.")


class HoursRule(Part):
    """What is asked for, from one day until another."""

    effective_from: dt.date = Field(
        ge=EARLIEST, description="First day on which the rule is in force."
    )
    effective_until: dt.date | None = Field(
        None, description="Last day; blank while it is in force."
    )
    cycle: CycleRule
    hours: Hours = Field(description="Hours at least in all.")
    topics: tuple[TopicRule, ...] = Field((), description="Hours at least by topic.")
    only_topics: bool = Field(False, description="Whether hours in other topics do not count.")
    first_cycle: Literal["full", "prorated", "free"] = Field(
        "prorated",
        description="What a person owes in the cycle in which they begin: everything, by the "
        "months that they serve in it, or nothing.",
    )
    exempt: Literal["prorated", "full"] = Field(
        "prorated", description="Whether whole months of an exemption are taken off."
    )
    change: Literal["next_cycle", "at_once"] = Field(
        "next_cycle",
        description="Whether this rule holds for cycles that begin after it, or for the cycle that "
        "is running on its first day too.",
    )
    source: Words = Field(description="Law, regulation or policy, with its section.")
    read_at: Words = Field(description="Where it was read: address or document.")
    read_on: dt.date | None = Field(None, description="The day it was read.")

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> HoursRule:
        ids = [topic.id for topic in self.topics]
        if len(set(ids)) < len(ids):
            raise ValueError("a topic stands there twice")
        names = [ALL_TRAINING.casefold(), *(topic.name.casefold() for topic in self.topics)]
        if len(set(names)) < len(names):
            raise ValueError(f"give each topic a name of its own, other than `{ALL_TRAINING}`")
        if sum(topic.hours for topic in self.topics) > self.hours:
            raise ValueError("the topics need more hours than there are in all")
        if self.effective_until is not None and self.effective_until < self.effective_from:
            raise ValueError("`effective_until` is before `effective_from`")
        return self

    def in_force(self, day: dt.date) -> bool:
        """Say whether the rule is in force on a day."""
        return self.effective_from <= day and (
            self.effective_until is None or day <= self.effective_until
        )


class Jurisdiction(Part):
    """The rules of one place or agency, one after another."""

    id: Identity
    name: Name
    example: bool = Field(
        False, description="An example: nobody's law. Everything shown with it says so."
    )
    rules: tuple[HoursRule, ...] = Field(min_length=1, description="In the order of their days.")

    @model_validator(mode="after")
    def _one_after_another(self) -> Jurisdiction:
        for before, after in pairwise(self.rules):
            if before.effective_until is None or before.effective_until >= after.effective_from:
                raise ValueError("two rules are in force on one day, or they are not in order")
        if not self.example and any(rule.read_on is None for rule in self.rules):
            raise ValueError("say on what day the source was read (`read_on`)")
        return self

    def rule_on(self, day: dt.date) -> HoursRule | None:
        """Return the rule in force on a day, if any."""
        return next((rule for rule in self.rules if rule.in_force(day)), None)


def read_jurisdiction(path: Path) -> Jurisdiction:
    """Read the rules of a jurisdiction from a YAML file. Raises InputProblems."""
    return parsed_jurisdiction(file_text(path, KIND), path.name)


def parsed_jurisdiction(text: str, name: str) -> Jurisdiction:
    """Read the rules of a jurisdiction from text. Raises InputProblems with lines."""
    return read_into(text, name, KIND, Jurisdiction.model_validate, model=Jurisdiction)


@kept
def jurisdictions() -> dict[str, Jurisdiction]:
    """Return the rules that ship with this version, by id: examples."""
    folder = files("stepdown.retention").joinpath("jurisdictions")
    found = {}
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".yaml"):
            rules = parsed_jurisdiction(file.read_text(encoding="utf-8"), file.name)
            found[rules.id] = rules
    return found


def find_jurisdiction(name: str) -> Jurisdiction:
    """Return rules by their id, or read the file that `name` names. Raises InputProblems."""
    if name in jurisdictions():
        return jurisdictions()[name]
    if Path(name).suffix in {".yaml", ".yml"} or Path(name).exists():
        return read_jurisdiction(Path(name))
    known = ", ".join(jurisdictions())
    fix = "see `stepdown hours show`"
    raise InputProblems("the rules", [Problem("rules", name, f"{known}, or a file", fix)])
