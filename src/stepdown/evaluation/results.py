"""What an evaluation found: the published shape of `results.json`."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from stepdown.evaluation.study import Estimand, Role

EstimatorName = Literal["efficient", "callaway_santanna", "sun_abraham", "difference_in_means"]
RobustnessKind = Literal[
    "break_before",
    "break_after",
    "break_between",
    "per_exposure",
    "exposure",
    "pre_trend",
    "zero_after_leaving",
    "leaving_bound",
    "without_top",
    "placebo",
    "poisson",
    "spillover",
    "relative_magnitudes",
]
VerdictReason = Literal[
    "interval", "observational", "no_baseline", "no_variation", "few_assignments", "leaving"
]
VerdictCode = Literal[
    "not_worse",
    "worse",
    "works",
    "works_below_threshold",
    "works_size_unclear",
    "no_worthwhile_effect",
    "harm",
    "cannot_tell",
]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class DataFile(_Frozen):
    """A file that was read."""

    name: str = Field(description="File name without its folder.")
    sha256: str
    rows: int


class Registered(_Frozen):
    """The plan as it was registered before the data."""

    when: str = Field(description="Date and time of the registration file.")
    sha256: str = Field(description="Of the study file as registered.")
    changes: list[str] = Field(description="Lines taken out (-) and put in (+) since.")


class Provenance(_Frozen):
    """Everything needed to get the same numbers again."""

    stepdown_version: str
    study_file: str
    study_sha256: str
    data: list[DataFile]
    seed: int
    draws: int = Field(description="Randomization draws asked for.")
    registered: Registered | None = Field(
        None, description="Null if no registration lies beside the study file."
    )
    packages: dict[str, str] = Field(description="Versions of Python and the numeric libraries.")


class Wave(_Frozen):
    """Units that were assigned to be trained in the same period."""

    label: str = Field(description="Period label, or `never` for units held back.")
    period: int | None = Field(description="Position of the period, from 1; null if never.")
    n_units: int


class BreakAt(_Frozen):
    """A declared change in recording."""

    label: str
    period: int = Field(description="Position of the first period recorded the new way, from 1.")
    note: str


class DesignSummary(_Frozen):
    """The rollout as it was analysed."""

    assignment: Literal["randomized", "observational"]
    level: Literal["unit", "cluster"]
    n_people: int = Field(description="People (rows' units) analysed.")
    n_units: int = Field(description="Units of assignment: people, or clusters.")
    n_periods: int
    n_cohorts: int
    n_strata: int
    period_labels: list[str]
    waves: list[Wave]
    untrained_at_end: int = Field(description="Units not yet due for training in the last period.")
    breaks: list[BreakAt]


class AccountLine(_Frozen):
    """One step from the files to the analysed panel."""

    step: str
    rows_in: int
    rows_out: int
    units_in: int
    units_out: int
    why: str


class Compliance(_Frozen):
    """Assigned against actual training; feeds no estimate."""

    assigned: int
    on_time: int
    early: int
    late: int
    never_trained: int
    trained_though_held_back: int
    median_delay: float | None = Field(description="Periods from assigned to actual, when trained.")


class LeavingWave(_Frozen):
    """How many of a wave had left by the end."""

    label: str
    n_units: int
    share_left: float


class Leaving(_Frozen):
    """Who was there at the start and left, followed as drawn."""

    at_start: int = Field(description="People there in the first period, with an assigned date.")
    left: int = Field(description="Of them, not there in the last period.")
    waves: list[LeavingWave]
    estimate: float = Field(description="Effect of training on the share gone, per period.")
    ci_low: float
    ci_high: float
    p_value: float | None = Field(description="Of that effect, by the draw; null without one.")
    waves_p_value: float | None = Field(description="All waves jointly: gone in the last period.")
    differs: bool | None = Field(description="Whether one of the two is below 2.5 %.")


class Randomization(_Frozen):
    """Studentized randomization test of no effect on anybody."""

    draws: int = Field(description="Assignments compared; all of them when `exact`.")
    p_value: float
    mc_error: float = Field(description="Monte-Carlo standard error of p; 0 when exact.")
    exact: bool
    smallest_p: float = Field(description="Smallest p this test could have given.")
    ci_low: float | None = Field(
        None, description="Smallest effect not rejected at 5 %; null if there is no end."
    )
    ci_high: float | None = Field(None, description="Largest effect not rejected at 5 %.")
    adjusted_p_value: float | None = Field(
        None, description="Step-down max-t over the secondary outcomes; null for others."
    )
    ci_gaps: bool = Field(False, description="Whether effects between the ends are rejected.")
    lower_bound: float | None = Field(
        None, description="By a one-sided test at 2.5 %; what safety verdicts ask for as well."
    )
    upper_bound: float | None = Field(None, description="By a one-sided test at 2.5 %.")
    ci_low_mc_error: float = Field(0.0, description="Monte-Carlo standard error of the low end.")
    ci_high_mc_error: float = Field(0.0, description="Monte-Carlo standard error of the high end.")


class EstimateRow(_Frozen):
    """One estimator for one estimand. Units: counts per unit and period."""

    estimator: EstimatorName
    estimand: Estimand
    decides: bool = Field(description="Whether the verdict rests on this row.")
    estimate: float
    se: float = Field(description="Adjusted standard error (Roth & Sant'Anna 2023).")
    se_neyman: float = Field(description="Neyman standard error; the interval uses it.")
    ci_low: float
    ci_high: float
    percent: float | None = Field(description="Percent of this row's baseline; null without one.")
    percent_low: float | None
    percent_high: float | None
    beta: float = Field(description="Weight on the pre-training difference.")
    randomization: Randomization | None = None


class EventStudyRow(_Frozen):
    """Effect `lag` periods after the assigned start."""

    lag: int
    n_units: int
    estimate: float
    se: float
    se_neyman: float
    ci_low: float
    ci_high: float
    band_low: float
    band_high: float


class Balance(_Frozen):
    """Did the waves look alike before training, as a draw would have them?"""

    difference: float = Field(description="Pre-training difference, weighted as the estimand.")
    se: float
    p_value: float = Field(description="By the draw where randomized, else by the normal curve.")
    waves_p_value: float | None = Field(
        description="Joint test over waves of the mean before anybody was trained; by the draw."
    )
    waves_differ: bool | None = Field(
        description="Whether the waves differed more than the declared draw explains."
    )
    pre_periods: int = Field(description="Periods before the first wave.")


class RobustnessRow(_Frozen):
    """The deciding estimator again under one change; it gives no verdict."""

    label: str
    kind: RobustnessKind
    estimate: float | None = None
    se_neyman: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    percent: float | None = None
    percent_low: float | None = None
    percent_high: float | None = None
    reason: str | None = Field(None, description="Why there is no estimate.")
    remark: str | None = Field(None, description="What to keep in mind when reading it.")


class LeaveOneOut(_Frozen):
    """The estimate with each wave left out in turn."""

    smallest: float
    largest: float
    smallest_without: str
    largest_without: str
    interval_changes_sign_of_evidence: list[str] = Field(
        description="Waves without which the 95 % interval moves across zero."
    )


class Range(_Frozen):
    """What the data fit: on each side the wider of the normal and the randomization interval."""

    low: float | None = Field(description="Null where the randomization interval has no end.")
    high: float | None
    percent_low: float | None = Field(description="Of the baseline, whose uncertainty it carries.")
    percent_high: float | None
    simultaneous: bool = Field(
        False, description="Whether it holds for all secondary outcomes together."
    )


class BeliefReading(_Frozen):
    """What one prior belief becomes with these data, in percent; it never feeds the verdict."""

    name: str
    how: str = Field(description="Where the belief comes from.")
    mean: float = Field(description="Of the log rate ratio, before the data.")
    sd: float | None = Field(description="Its standard deviation; null: every percent alike.")
    rows: list[str] = Field(description="Rows of the evidence table it rests on.")
    before: float | None = Field(description="Middle of the belief; null for the flat one.")
    before_low: float | None = Field(description="Lower end of its central 95 %.")
    before_high: float | None
    after: float = Field(description="Middle of the belief with the data.")
    after_low: float = Field(description="Lower end of its central 95 %.")
    after_high: float
    probability_better: float = Field(description="Of an effect in the direction of benefit.")
    probability_worthwhile: float | None = Field(
        description="Of an effect at least as large as the smallest effect of interest; null if "
        "that is not a percentage."
    )


class Verdict(_Frozen):
    """The answer for one outcome."""

    code: VerdictCode
    reason: VerdictReason = Field(
        "interval", description="`interval` when the range against the threshold decided."
    )
    more_periods: int | None = Field(
        None,
        description="For cannot_tell: further periods after which the effect would likely show; 0 "
        "if the rollout is large enough already and the result fell in between.",
    )
    more_periods_searched: int | None = Field(
        None, description="For cannot_tell with untrained units left: how far ahead was looked."
    )


class OutcomeResult(_Frozen):
    """Everything about one outcome."""

    name: str
    label: str = Field(description="How the outcome reads within a sentence.")
    role: Role
    better: Literal["fewer", "more"]
    unit_of_count: str
    smallest_effect: str = Field(description="As written in the study; for safety, the margin.")
    threshold: float | None = Field(description="The same in counts per unit and period.")
    n_units: int
    n_periods: int
    n_cohorts: int
    events: int = Field(description="Total count in the analysed panel.")
    baseline_mean: float = Field(description="What would have been without training.")
    detectable_effect: float = Field(description="80 % power, from the standard error alone.")
    detectable_percent: float | None
    verdict: Verdict
    range: Range | None = Field(
        None, description="The range on which the verdict rests; null in older results."
    )
    estimates: list[EstimateRow]
    event_study: list[EventStudyRow]
    band_critical_value: float | None = Field(description="Sup-t multiplier of the band.")
    balance: Balance
    robustness: list[RobustnessRow]
    leave_one_out: LeaveOneOut | None
    beliefs: list[BeliefReading] = Field(
        default_factory=list,
        description="With `published` in the study: three priors beside the data.",
    )
    truth: float | None = Field(None, description="Simulated data only: the true effect.")

    @property
    def deciding(self) -> EstimateRow:
        """The estimate on which the verdict rests."""
        return next(row for row in self.estimates if row.decides)

    @property
    def shown(self) -> EstimateRow:
        """The deciding estimate with the range on which the verdict rests as its interval."""
        if self.range is None or self.range.low is None or self.range.high is None:
            return self.deciding
        ends = {
            "ci_low": self.range.low,
            "ci_high": self.range.high,
            "percent_low": self.range.percent_low,
            "percent_high": self.range.percent_high,
        }
        return self.deciding.model_copy(update=ends)


class CountedOnly(_Frozen):
    """Counts shown without an effect."""

    name: str
    label: str = Field(description="How it reads within a sentence.")
    unit_of_count: str
    total: int = Field(description="In all data, people without an assigned date included.")
    before: int = Field(description="In unit-periods before the unit's assigned training.")
    after: int = Field(description="In unit-periods from the assigned training on.")
    unit_periods_before: int
    unit_periods_after: int


class Safety(_Frozen):
    """Whether training was safe: only if every safety outcome was shown not to be worse."""

    code: Literal["not_worse", "worse", "cannot_tell"]
    outcomes: list[str] = Field(description="Names of the safety outcomes.")


class Results(_Frozen):
    """What `stepdown evaluate` found."""

    schema_version: Literal["1"] = "1"
    title: str
    simulated: str | None = Field(None, description="For generated data: how they were made.")
    provenance: Provenance
    design: DesignSummary
    data_account: list[AccountLine]
    compliance: Compliance | None
    leaving: Leaving | None = Field(None, description="Null if nobody left.")
    warnings: list[str]
    limits: list[str]
    outcomes: list[OutcomeResult]
    safety: Safety | None = Field(None, description="Null without safety outcomes.")
    counts_only: list[CountedOnly]
