"""The study plan: what a person writes down before looking at the numbers."""

from __future__ import annotations

import math
import re
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from stepdown.incidents.sources import Data, PeriodLabel, Strict

Estimand = Literal["simple", "cohort", "calendar"]

_DEATH = re.compile(
    r"(?<![a-z])(deaths?|dead|deadly|mortality|suicides?|died|dying|fatal\w*|kill(ed|ings?|s)?|lethal\w*|homicides?)(?![a-z])"
)
_NOT_DEATH = re.compile(r"(non|less|not)[\s_-]*(lethal|fatal)\w*")


def names_deaths(text: str) -> bool:
    """Tell whether an outcome's name or unit of count speaks of deaths.

    >>> names_deaths("fatal_force"), names_deaths("non-lethal force")
    (True, False)
    """
    words = _NOT_DEATH.sub(" ", text.lower().replace("_", " "))
    return _DEATH.search(words) is not None


class Break(Strict):
    """A change in what was recorded or how: a new form, a new portal, a new threshold."""

    period: PeriodLabel = Field(description="First period recorded in the new way.")
    note: str = Field(description="What changed.")


class Design(Strict):
    """How it was decided who is trained when."""

    assignment: Literal["randomized", "observational"] = Field(
        description="`randomized` only if a draw decided the order of training. Everything else "
        "is `observational`: no randomization p-values, and never a verdict that it works."
    )
    level: Literal["unit", "cluster"] = Field(
        "unit", description="What the draw moved: single units, or whole clusters."
    )
    unassigned: Literal["never", "exclude"] | None = Field(
        None,
        description="What a blank assigned date means: `never` (held back to the end, a "
        "comparison) or `exclude` (was not part of the draw). Required if there are blanks.",
    )
    spillover: bool = Field(
        False,
        description="With single units drawn: also estimate what training the others of their "
        "`cluster` does to people not yet trained.",
    )
    breaks: list[Break] = Field(
        default_factory=list, description="Changes in recording inside the window."
    )


_PERCENT = re.compile(r"^\s*([+-]?\d+(?:\.\d+)?)\s*%\s*$")


_LABEL = "How the briefing calls it within a sentence: `sustained complaints`. Else the name."


def label_of(item: Outcome | CountOnly) -> str:
    """Give the words for an outcome: its label, or its name without underscores."""
    return item.label or " ".join(item.name.replace("_", " ").split()) or item.name


Role = Literal["primary", "secondary", "safety"]


class PublishedAs(Strict):
    """What the evidence table calls an outcome, so that it can be read beside published studies."""

    sector: str = Field(description="Who was trained: `police`, `health_care`, …")
    outcome: str = Field(description="Kind of outcome: `force`, `restraint`, …")


class Outcome(Strict):
    """One thing that is counted."""

    name: str = Field(description="Column of the panel, or name used in the incident files.")
    label: str | None = Field(None, description=_LABEL, min_length=1)
    better: Literal["fewer", "more"] = Field("fewer", description="Which direction is benefit.")
    role: Role = Field(
        "secondary",
        description="At most one `primary`. Several `secondary` outcomes share their 5 %. "
        "`safety`: shown not to be worse than before by as much as `margin`.",
    )
    smallest_effect: str | float | None = Field(
        None,
        description="Smallest effect of interest, in the direction of benefit: a percentage of "
        "what would have been without training (`-10%`), or a number per unit and period. "
        "Required, except for safety outcomes.",
    )
    margin: str | float | None = Field(
        None,
        description="Safety outcomes only, and required for them: the smallest harm that would "
        "matter, in the direction of harm: `+10%`, or a number per unit and period.",
    )
    unit_of_count: str = Field(
        description="What one count is: report, officer-subject pair, incident, force action, …"
    )

    published: PublishedAs | None = Field(
        None,
        description="Read the result beside published studies of this kind (`stepdown evidence`): "
        "three priors and what each becomes. It never changes the verdict.",
    )

    @field_validator("smallest_effect", "margin")
    @classmethod
    def _points_the_right_way(
        cls, value: str | float | None, info: ValidationInfo
    ) -> str | float | None:
        if value is None:
            return None
        match = _PERCENT.match(value) if isinstance(value, str) else None
        if isinstance(value, str) and match is None:
            raise ValueError("a percentage such as -10% or a number such as -0.004")
        size = float(match.group(1)) if match else float(value)
        better = info.data.get("better", "fewer")
        down = (better == "fewer") == (info.field_name == "smallest_effect")
        if match and size < -100:
            raise ValueError("at most -100%: nothing can fall by more")
        if not math.isfinite(size) or size == 0 or (size < 0) != down:
            toward = "" if info.field_name == "smallest_effect" else " toward harm"
            sign = "negative" if down else "positive"
            raise ValueError(f"a {sign} value{toward}, because better: {better}")
        return value

    @model_validator(mode="after")
    def _one_yardstick(self) -> Outcome:
        needed, other = ("margin", "smallest_effect") if self.role == "safety" else (
            "smallest_effect", "margin"
        )  # fmt: skip
        if getattr(self, needed) is None:
            raise ValueError(f"role {self.role} needs `{needed}`")
        if getattr(self, other) is not None:
            raise ValueError(f"`{other}` does not belong to role {self.role}: give `{needed}`")
        return self

    @property
    def yardstick(self) -> str | float:
        """What the effect is held against: the smallest effect of interest, or the margin."""
        given = self.margin if self.role == "safety" else self.smallest_effect
        return given if given is not None else float("nan")

    @property
    def is_relative(self) -> bool:
        """Whether the yardstick is a percentage of the baseline."""
        return isinstance(self.yardstick, str)

    @property
    def relative_threshold(self) -> float:
        """The yardstick as a share of the baseline: -10% is -0.1."""
        match = _PERCENT.match(str(self.yardstick))
        return float(match.group(1)) / 100 if match else float("nan")


class CountOnly(Strict):
    """Something shown as counts and never as an effect, such as deaths."""

    name: str = Field(description="Column of the panel, or name used in the incident files.")
    label: str | None = Field(None, description=_LABEL, min_length=1)
    unit_of_count: str = Field(description="What one count is.")


class Simulated(Strict):
    """Marks a study on generated data, whose truth is known."""

    note: str = Field(description="How the data were generated.")
    truth: dict[str, float] = Field(
        default_factory=dict,
        description="True effect on each outcome (first estimand, per unit and period).",
    )


class Study(Strict):
    """A study plan: data, design, outcomes and what is to be estimated."""

    title: str = Field(min_length=1, description="Title of the briefing.")
    data: Data = Field(description="Where the data are and which columns mean what.")
    design: Design
    outcomes: list[Outcome] = Field(min_length=1, description="What is evaluated, in order.")
    counts_only: list[CountOnly] = Field(
        default_factory=list, description="Shown as counts, never as an effect: deaths."
    )
    estimands: list[Estimand] = Field(
        default_factory=lambda: list[Estimand](["simple"]),
        min_length=1,
        description="How effects are averaged; the first one decides the verdict. "
        "`simple`: over trained unit-periods; `cohort`: over waves; `calendar`: over periods.",
    )
    limits: list[str] = Field(
        default_factory=list,
        description="What these data cannot show, in your words; printed in the briefing.",
    )
    simulated: Simulated | None = Field(
        None, description="Only for generated data: labels every page and shows the truth."
    )

    @model_validator(mode="after")
    def _names_are_unique(self) -> Study:
        names = [o.name for o in self.outcomes] + [c.name for c in self.counts_only]
        twice = sorted({n for n in names if names.count(n) > 1})
        if twice:
            raise ValueError(f"outcome named twice: {', '.join(twice)}")
        if sum(o.role == "primary" for o in self.outcomes) > 1:
            raise ValueError("more than one outcome has role: primary")
        if len(set(self.estimands)) < len(self.estimands):
            raise ValueError("an estimand is listed twice")
        return self
