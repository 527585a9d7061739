"""One row of the evidence table: one outcome of one study, as published."""

from __future__ import annotations

import math
import re
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from stepdown.evidence.appraisal import Judgement, parse_judgements, worst
from stepdown.evidence.vocabulary import (
    EFFECT_DESIGNS,
    JUDGEMENTS,
    OUTCOMES,
    RATIOS,
    BiasTool,
    Clusters,
    Confidence,
    DesignGroup,
    Direction,
    Intervention,
    Scale,
    Sector,
    Side,
)

OFF_CENTRE = 0.5
"""How far an estimate may lie from the middle of its interval, in half widths, on its own scale."""

_URL = re.compile(
    r"https?://[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?([/?#][^\s<>\"'`\\|{}]*)?", re.ASCII | re.I
)
_COMMIT = re.compile(r"github:\w[\w.-]*/\w[\w.-]* (?!\S*\.\.)[\w./-]+ @[0-9a-f]{7,40}", re.ASCII)
_DOI = re.compile(r"10\.\d{4,9}/[\w.()/:;-]+", re.ASCII)
SMALLEST_SE = 0.005
"""Log ratios known better than this are no study of people."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_FORMULA = re.compile(r"[=@+\-\uff1d\uff20\uff0b\uff0d]")
_NUMBERS = ("effect", "low", "high", "level", "p", "hours", "year")


def _blank(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


Maybe = BeforeValidator(_blank)
Text = Annotated[str, Field(min_length=1, max_length=1000)]
Number = Annotated[float | None, Maybe]
YesNo = Literal["yes", "no"]


class StudyRow(BaseModel):
    """What one study found on one outcome. Every row names its source."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_]{2,59}$", description="Name of the row, unique.")
    study: str = Field(
        pattern=r"^[a-z0-9][a-z0-9_]{2,59}$",
        description="Name of the study: the same in all rows that rest on the same data.",
    )
    year: Annotated[int | None, Maybe] = Field(
        ge=1950, le=2100, description="Year of publication; blank if unpublished or unknown."
    )
    authors: Text = Field(description="Surnames, separated by `; `.")
    title: Text = Field(description="Title of the publication.")
    doi: Annotated[str | None, Maybe] = Field(description="DOI without https://doi.org/.")
    sector: Sector = Field(description="Who was trained.")
    setting: Text = Field(description="Where, in words.")
    intervention: Intervention = Field(
        description="`training`; `programme` if training was one part of more; `other` if the "
        "study is about something else than training; `none`."
    )
    training: Text = Field(description="Name of the training, in words.")
    hours: Number = Field(ge=0.25, le=2000, description="Hours of training a person.")
    design_group: DesignGroup = Field(description="Strength of design, as we class it.")
    design: Text = Field(description="Design, in words.")
    n: Text = Field(description="Who or what was studied and how many, in words.")
    outcome_group: str = Field(description="Kind of outcome.")
    outcome: Text = Field(description="The outcome, in words.")
    prespecified: YesNo = Field(
        description="`yes` for the one row that stands for its study and outcome group when "
        "studies are pooled or counted."
    )
    scale: Scale = Field(description="Scale of the published number.")
    effect: Number = Field(description="The published number on that scale.")
    low: Number = Field(description="Lower end of its interval.")
    high: Number = Field(description="Upper end.")
    level: Number = Field(
        ge=50, lt=100, description="Level of the interval in percent; needed with an interval."
    )
    p: Number = Field(ge=0, le=1, description="Exact p-value, where published.")
    published: Text = Field(description="What was published, in our words with its numbers.")
    uncertainty: Text = Field(description="What is known of its uncertainty, in our words.")
    direction: Direction = Field(
        description="What the study says of itself, for the people concerned."
    )
    sign: Side = Field(
        description="Without a number on a scale: on which side the estimate lies, however unsure, "
        "where the text tells; else `unknown`. “No significant difference” does not tell."
    )
    clusters: Clusters = Field(
        description="Whether the interval allows for wards, squads or places that were assigned "
        "together: `none` if single people were; only `none` and `allowed_for` can be pooled."
    )
    source: Text = Field(description="Where it was read: a web address, or `github:OWNER/REPO "
                         "PATH @COMMIT`. A row without one cannot be loaded.")  # fmt: skip
    where_read: Text = Field(description="What was read there: abstract, table, news item.")
    confidence: Confidence = Field(
        description="How sure we are that the number is what was published: `computed` if we "
        "worked it out from public data, `unverified` if we have not read it."
    )
    bias_tool: BiasTool = Field(description="`RoB 2` for draws, `ROBINS-I` for comparisons.")
    bias: str = Field(description="Overall risk of bias, our judgement.")
    bias_reasons: Annotated[str | None, Maybe] = Field(
        description="`domain=judgement: reason; …`, every domain of the tool."
    )

    @field_validator("*", mode="before")
    @classmethod
    def _plain_text(cls, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, str):
            if _CONTROL.search(value):
                raise ValueError("text without control characters or changes of direction")
            if info.field_name not in _NUMBERS and _FORMULA.match(value.lstrip()):
                raise ValueError("text that no spreadsheet takes for a formula")
        return value

    @field_validator("effect", "low", "high", "p", "hours", "level")
    @classmethod
    def _finite(cls, value: float | None) -> float | None:
        if value is not None and not math.isfinite(value):
            raise ValueError("a finite number, or nothing")
        return value

    @field_validator("outcome_group")
    @classmethod
    def _known_outcome(cls, value: str) -> str:
        if value not in OUTCOMES:
            raise ValueError(f"one of {', '.join(OUTCOMES)}")
        return value

    @field_validator("source")
    @classmethod
    def _has_a_source(cls, value: str) -> str:
        if not (_URL.fullmatch(value) or _COMMIT.fullmatch(value)):
            raise ValueError(
                "a web address (http:// or https://), or `github:OWNER/REPO PATH @COMMIT`"
            )
        return value

    @field_validator("doi")
    @classmethod
    def _is_a_doi(cls, value: str | None) -> str | None:
        if value is not None and not _DOI.fullmatch(value):
            raise ValueError("a DOI such as 10.1234/abcd")
        return value

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> StudyRow:
        if wrong := self.disagreements():
            raise ValueError("; ".join(wrong))
        return self

    def disagreements(self) -> list[str]:
        """Return where one column says otherwise than another."""
        numbers = self._wrong_numbers()
        wrong = [*numbers, *([] if numbers else self._wrong_direction()), *self._wrong_bias()]
        if self.prespecified == "yes":
            if self.design_group not in EFFECT_DESIGNS:
                wrong.append(f"a {self.design_group} row cannot be `prespecified`")
            if self.direction == "not_applicable":
                wrong.append("a prespecified row needs a direction")
        if self.confidence == "unverified" and self.effect is not None:
            wrong.append("a number that was not read (`unverified`) cannot be given")
        return wrong

    def _wrong_numbers(self) -> list[str]:
        numbers = {"low": self.low, "effect": self.effect, "high": self.high}
        given = {k: v for k, v in numbers.items() if v is not None}
        if self.scale == "none":
            return [f"`{k}` without a scale" for k in given]
        if self.effect is None:
            return [f"scale {self.scale}, but no `effect`"]
        wrong = []
        if (self.low is None) != (self.high is None):
            wrong.append("an interval needs both `low` and `high`")
        if (self.level is None) != (self.low is None and self.high is None):
            wrong.append("`level` goes with an interval, and only with one")
        inside = [v for v in numbers.values() if v is not None]
        if inside != sorted(inside):
            wrong.append("low <= effect <= high does not hold")
        for name, value in given.items():
            wrong += self._out_of_range(name, value)
        if self.scale == "percent_change" and all(0 < abs(v) < 1 for v in given.values()):
            wrong.append("percent, not a share: -28.1, not -0.281")
        if not wrong and self.low is not None and self.high is not None:
            wrong += self._lopsided(self.low, self.effect, self.high)
        return wrong

    def _out_of_range(self, name: str, value: float) -> list[str]:
        if self.scale in RATIOS and not 0.01 <= value <= 100:
            return [f"`{name}` {value:g} as a {self.scale}: between 0.01 and 100"]
        if self.scale == "percent_change" and not -100 < value <= 1000:
            return [f"`{name}` {value:g} % change: above -100 and at most 1000"]
        if self.scale == "standardised_difference" and abs(value) > 10:
            return [f"`{name}` {value:g} as a standardised difference: between -10 and 10"]
        return []

    def _lopsided(self, low: float, effect: float, high: float) -> list[str]:
        ends = [self._symmetric(v) for v in (low, effect, high)]
        half = (ends[2] - ends[0]) / 2
        if half < 1.96 * SMALLEST_SE:
            return ["the interval is too narrow to be true"]
        if abs(ends[1] - (ends[0] + ends[2]) / 2) > OFF_CENTRE * half:
            return ["the effect lies far from the middle of its interval: mistyped?"]
        return []

    def _symmetric(self, value: float) -> float:
        """Put a number on the scale where intervals are symmetric."""
        if self.scale == "percent_change":
            return math.log1p(value / 100)
        return math.log(value) if self.scale in RATIOS else value

    def _wrong_direction(self) -> list[str]:
        points = self.points
        wrong = []
        if points is not None and self.sign != "unknown":
            wrong.append("`sign` is for rows without a number: write `unknown`")
        if {points, self.direction} == {"better", "worse"}:
            wrong.append(f"direction `{self.direction}`, but the number points to {points}")
        if {self.sign, self.direction} == {"better", "worse"}:
            wrong.append(f"direction `{self.direction}`, but sign `{self.sign}`")
        if self.direction == "no_clear_difference" and self._clear_of_none():
            wrong.append("no clear difference, but the interval excludes none")
        return wrong

    def _clear_of_none(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return self._symmetric(self.low) * self._symmetric(self.high) > 0

    def _wrong_bias(self) -> list[str]:
        if self.bias not in JUDGEMENTS[self.bias_tool]:
            return [f"bias `{self.bias}`: one of {', '.join(JUDGEMENTS[self.bias_tool])}"]
        if self.prespecified == "yes" and self.bias_tool == "none":
            return ["a prespecified row needs a judgement of its risk of bias"]
        try:
            judged = self.judgements
        except ValueError as error:
            return [f"bias_reasons: {error}"]
        expected = {"randomised": "RoB 2", "controlled": "ROBINS-I", "uncontrolled": "ROBINS-I"}
        fits = expected.get(self.design_group, self.bias_tool)
        if self.bias_tool not in ("none", fits):
            return [f"{self.bias_tool} for a {self.design_group} design: {fits}"]
        order = JUDGEMENTS[self.bias_tool]
        least = worst(self.bias_tool, judged)
        ranked = order[1] if self.bias == "no information" else self.bias
        if order.index(ranked) < order.index(least):
            return [f"bias `{self.bias}` is better than its worst domain (`{least}`)"]
        return []

    @property
    def judgements(self) -> tuple[Judgement, ...]:
        """Judgement and reason of every domain."""
        return parse_judgements(self.bias_tool, self.bias_reasons or "")

    @property
    def points(self) -> Literal["better", "worse", "neither"] | None:
        """Which way the number itself points, whatever its uncertainty; None without a number."""
        if self.effect is None:
            return None
        above = self._symmetric(self.effect)
        if above == 0:
            return "neither"
        fewer = OUTCOMES[self.outcome_group].better == "fewer"
        return "better" if (above < 0) == fewer else "worse"

    @property
    def side(self) -> Side:
        """On which side the estimate lies, however unsure: by its number, else by `sign`.

        A study that says `better` or `worse` and gives neither lies where it says.
        """
        if self.points in ("better", "worse"):
            return "better" if self.points == "better" else "worse"
        if self.points is None and self.sign == "unknown":
            if self.direction == "better":
                return "better"
            return "worse" if self.direction == "worse" else "unknown"
        return self.sign

    @property
    def link(self) -> str:
        """Web address of the source."""
        if self.source.startswith("github:"):
            place, path, commit = self.source.removeprefix("github:").split(" ")
            return f"https://github.com/{place}/blob/{commit.removeprefix('@')}/{path}"
        return self.source
