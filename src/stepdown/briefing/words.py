"""Values → sentences that a police chief or a council member can read.

Where nobody drew lots for the order of training, no sentence here says that training did anything.
"""

from __future__ import annotations

from stepdown.briefing import safety
from stepdown.briefing.numbers import period_noun, plural
from stepdown.briefing.sizes import Scale, scale_of, shown_name, threshold_size
from stepdown.evaluation.results import DesignSummary, OutcomeResult, VerdictCode, VerdictReason

LABELS: dict[VerdictCode, str] = {
    "works": "It works",
    "works_below_threshold": "It works, but less than would matter",
    "works_size_unclear": "It works; by how much is unclear",
    "no_worthwhile_effect": "No worthwhile effect",
    "harm": "It went the wrong way",
    "cannot_tell": "This rollout cannot tell",
    "not_worse": "Shown not to be worse",
    "worse": "It got worse",
}


_MORE = "pool with other agencies, or count something that happens more"
HELPS: dict[VerdictReason, str] = {
    "no_baseline": _MORE,
    "no_variation": _MORE,
    "few_assignments": "draw lots for more and smaller groups, or pool with other agencies",
    "leaving": "find out who left and why, and get counts for them as well, so that everybody can "
    "be compared as drawn",
}


def verdict_label(code: VerdictCode) -> str:
    """Name a verdict in a few words."""
    return LABELS[code]


def answer(outcome: OutcomeResult, design: DesignSummary) -> str:
    """Say the answer in one sentence; the smallest change that could be seen stands first."""
    found = finding(outcome, design)
    scale = scale_of(design)
    if outcome.detectable_effect <= 0:
        return found
    seen = scale.size(outcome.detectable_effect, outcome.detectable_percent)
    return (
        f"Only a change in {outcome.label} of about {seen} or more was likely to be "
        f"seen; {found[0].lower()}{found[1:]}"
    )


def detectable_sentence(outcome: OutcomeResult, design: DesignSummary | None = None) -> str:
    """Say how small a change could have been seen. `design` only names the unit of rates."""
    if outcome.detectable_effect <= 0:
        return "How small a change could have been seen cannot be said: the counts do not vary."
    seen = scale_of(design).size(outcome.detectable_effect, outcome.detectable_percent)
    if outcome.better == "fewer" and (outcome.detectable_percent or 0.0) > 100:
        return (
            f"Smallest change that was likely to be seen here: about {seen}. No reduction can be "
            "that large, so this rollout could hardly have shown one."
        )
    if outcome.role == "safety":
        change = "rises" if outcome.better == "fewer" else "falls"
        return (
            f"If training changed nothing, {change} of about {seen} or more would be ruled out in "
            "4 of 5 rollouts like this; smaller ones only where the result happens to fall low."
        )
    return (
        f"Smallest change that was likely to be seen here, in 4 of 5 rollouts like this: about "
        f"{seen}. Smaller ones would often be missed."
    )


def finding(outcome: OutcomeResult, design: DesignSummary) -> str:
    """Say verdict, size and range in one sentence."""
    return f"{claim(outcome, design)}: {evidence(outcome, design)}."


def claim(outcome: OutcomeResult, design: DesignSummary) -> str:
    """Say the verdict as a clause, without a full stop."""
    scale = scale_of(design)
    if outcome.verdict.reason != "interval" or design.assignment == "observational":
        why = ", because nobody drew lots" if design.assignment == "observational" else ""
        return f"This rollout cannot tell whether training changed {outcome.label}{why}"
    if outcome.role == "safety":
        return safety.claim(outcome, scale)
    return _claim(outcome, scale)


def evidence(outcome: OutcomeResult, design: DesignSummary) -> str:
    """Say size and range, or why there are none, as a clause without a full stop."""
    scale, reason = scale_of(design), outcome.verdict.reason
    if reason == "no_baseline":
        return "too little was recorded to say what the level would have been without training"
    if reason == "no_variation":
        return "the counts do not vary, so chance cannot be told from change"
    if reason == "leaving":
        return (
            f"among those who stayed, {_range(outcome, scale)}; but people left, and the answer "
            "hangs on who is left"
        )
    if reason == "few_assignments":
        change = scale.change(outcome.deciding.estimate, outcome.deciding.percent)
        return (
            f"the best estimate is {change} than without training, but there are so few ways to "
            "draw these lots that chance can explain any difference"
        )
    if design.assignment == "observational":
        return _association(outcome, scale)
    return _range(outcome, scale)


def meaning(outcome: OutcomeResult, design: DesignSummary) -> str:
    """Say what the range means for somebody who must decide."""
    if outcome.verdict.reason != "interval" or design.assignment == "observational":
        return ""
    scale = scale_of(design)
    if outcome.role == "safety":
        return safety.meaning(outcome, scale)
    size = threshold_size(outcome, scale)
    article, benefit = ("a", "reduction") if outcome.better == "fewer" else ("an", "increase")
    matters = f"{size}, the smallest change that the study plan calls worthwhile"
    texts: dict[VerdictCode, str] = {
        "works": f"Every value in that range is {article} {benefit} of at least {matters}.",
        "works_below_threshold": f"The whole range shows {benefit}s, and all of them are smaller "
        f"than {matters}.",
        "works_size_unclear": f"The whole range shows {benefit}s; some are larger and some are "
        f"smaller than {matters}.",
        "no_worthwhile_effect": f"{article.capitalize()} {benefit} as large as {matters}, does "
        "not fit the data." + _also_worse(outcome, scale),
        "harm": "Every value in that range is the opposite of what was hoped for.",
        "cannot_tell": f"Both a worthwhile {benefit} ({size} or more) and no {benefit} at all fit "
        "the data. That is a limit of this rollout; it does not mean that training failed.",
    }
    return texts[outcome.verdict.code]


def advice(outcome: OutcomeResult, design: DesignSummary) -> str:
    """Say what can be done next."""
    code, reason = outcome.verdict.code, outcome.verdict.reason
    if reason == "observational" or design.assignment == "observational":
        return (
            "What would help: draw lots for the order of the next rollout, or draw a group by lot "
            "that is trained later."
        )
    if code == "cannot_tell":
        return _what_would_tell(outcome, design)
    texts: dict[VerdictCode, str] = {
        "works": "These numbers speak for going on. They do not show how long the effect lasts: "
        "keep counting.",
        "works_below_threshold": "Weigh what the training costs against a change of this size.",
        "works_size_unclear": "To learn the size, pool with other agencies or hold back a group "
        "next time.",
        "no_worthwhile_effect": "If this was a reason for the training, do not repeat "
        "it unchanged for that reason: find out whether it was delivered as planned and whether "
        "its skills were used.",
        "harm": "Find out first whether training changed what people report. If it did not, find "
        "the cause before more people are trained in the same way.",
        "not_worse": "Keep counting: harm that comes late would not be in these numbers.",
        "worse": "Find out first whether training changed what people report. If it did not, stop "
        "and find the cause before more people are trained in the same way.",
    }
    return texts[code]


def truth_sentence(outcome: OutcomeResult, design: DesignSummary) -> str:
    """Say the truth behind simulated data and whether the range contains it."""
    if outcome.truth is None:
        return ""
    row, scale = outcome.shown, scale_of(design)
    relative = 100 * outcome.truth / outcome.baseline_mean if outcome.baseline_mean > 0 else None
    what = "no effect" if outcome.truth == 0 else scale.change(outcome.truth, relative)
    inside = row.ci_low <= outcome.truth <= row.ci_high
    return (
        f"Truth built into the simulation: {what}. "
        f"The range above {'contains' if inside else 'misses'} it; about 95 of 100 contain theirs."
    )


def _claim(outcome: OutcomeResult, scale: Scale) -> str:
    name, size = outcome.label, threshold_size(outcome, scale)
    fewer = outcome.better == "fewer"
    did, do = ("reduced", "reduce") if fewer else ("increased", "increase")
    texts: dict[VerdictCode, str] = {
        "works": f"Training {did} {name}",
        "works_below_threshold": f"Training {did} {name}, but by less than {size}",
        "works_size_unclear": f"Training {did} {name}, but whether by as much as {size} cannot be "
        "told",
        "no_worthwhile_effect": f"Training did not {do} {name} by as much as {size}",
        "harm": f"There was more {name} after training"
        if fewer
        else f"{shown_name(outcome.label)} fell after training",
        "cannot_tell": f"This rollout cannot tell whether training changed {name}",
    }
    return texts[outcome.verdict.code]


def _range(outcome: OutcomeResult, scale: Scale) -> str:
    row = outcome.shown
    change = scale.change(row.estimate, row.percent)
    joint = "but" if outcome.verdict.code == "cannot_tell" else "and"
    together = ", all secondary outcomes taken together" if _together(outcome) else ""
    than = "from" if row.estimate == 0 else "than"
    return (
        f"the best estimate is {change} {than} without training, {joint} the data fit anything "
        f"{scale.interval(row)}{together}"
    )


def _together(outcome: OutcomeResult) -> bool:
    return outcome.range is not None and outcome.range.simultaneous


def _association(outcome: OutcomeResult, scale: Scale) -> str:
    row = outcome.shown
    change = scale.change(row.estimate, row.percent)
    than = "from" if row.estimate == 0 else "than"
    return (
        f"once people were due for training, the level was {change} {than} among people not yet "
        f"due (the data fit anything {scale.interval(row)}), which is an association only"
    )


def _also_worse(outcome: OutcomeResult, scale: Scale) -> str:
    row = outcome.shown
    fewer = outcome.better == "fewer"
    worst, relative = (row.ci_high, row.percent_high) if fewer else (row.ci_low, row.percent_low)
    if (worst <= 0) if fewer else (worst >= 0):
        return ""
    direction = "An increase" if fewer else "A decrease"
    return f" {direction} of up to {scale.size(worst, relative)} fits the data as well."


def _what_would_tell(outcome: OutcomeResult, design: DesignSummary) -> str:
    noun = period_noun(design.period_labels)
    verdict = outcome.verdict
    if verdict.reason in HELPS:
        return f"What would help: {HELPS[verdict.reason]}."
    size = threshold_size(outcome, scale_of(design))
    if verdict.more_periods == 0:
        return (
            f"This rollout was large enough to see a change of {size} in about 4 of 5 cases; what "
            "came out lies in between. What would help: go on counting, or pool with other "
            "agencies."
        )
    if verdict.more_periods is not None:
        return (
            f"What would help: about {verdict.more_periods:,} more "
            f"{noun if verdict.more_periods == 1 else noun + 's'} of this rollout as planned "
            f"should be enough to see a change of {size}."
        )
    if design.untrained_at_end > 0 and verdict.more_periods_searched:
        further = plural(verdict.more_periods_searched, f"more {noun}")
        return (
            f"Waiting would not be enough: even after {further} of this rollout, a change of "
            f"{size} would often be missed. What would help: pool with other agencies, or hold "
            "back a larger group next time."
        )
    if design.untrained_at_end > 0:
        return (
            "Waiting longer in this rollout would not be enough. What would help: pool with other "
            "agencies, or hold back a group next time."
        )
    return (
        f"More {noun}s will not help, because everyone is trained. What would help: pool with "
        "other agencies, or hold back a group next time."
    )
