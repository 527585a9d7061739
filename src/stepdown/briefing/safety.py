"""What is said of safety outcomes: not whether training helped, but whether it did no harm."""

from __future__ import annotations

from stepdown.briefing.blocks import Answer, Tone
from stepdown.briefing.numbers import listed
from stepdown.briefing.sizes import Scale, shown_name, threshold_size
from stepdown.evaluation.results import OutcomeResult, Results, VerdictCode


def claim(outcome: OutcomeResult, scale: Scale) -> str:
    """Say the verdict on a safety outcome as a clause, without a full stop."""
    name, size = outcome.label, threshold_size(outcome, scale)
    rose, rise = ("rose", "raise") if outcome.better == "fewer" else ("fell", "lower")
    more = "more" if outcome.better == "fewer" else "less"
    texts: dict[VerdictCode, str] = {
        "not_worse": f"Training did not {rise} {name} by as much as {size}",
        "worse": f"There was {more} {name} after training",
        "cannot_tell": f"This rollout cannot tell whether {name} {rose} by as much as {size}",
    }
    return texts[outcome.verdict.code]


def meaning(outcome: OutcomeResult, scale: Scale) -> str:
    """Say what the range means for somebody who answers for safety."""
    change = "rise" if outcome.better == "fewer" else "fall"
    size = threshold_size(outcome, scale)
    matters = f"{size}, the smallest harm that the study plan says would matter"
    texts: dict[VerdictCode, str] = {
        "not_worse": f"A {change} by {matters}, does not fit the data.",
        "worse": f"Every value in that range is a {change}, and one by {matters}, fits the data.",
        "cannot_tell": f"A {change} by {matters}, fits the data, and so does no {change} at all. "
        "Safety has not been shown, and neither has harm.",
    }
    return texts[outcome.verdict.code]


def answer(results: Results) -> Answer | None:
    """Say whether training was safe as far as it was watched; None if nothing was."""
    if results.safety is None or len(results.safety.outcomes) < 2:
        return None
    watched = [o for o in results.outcomes if o.name in results.safety.outcomes]
    names = listed([o.label for o in watched])
    open_ = [o.label for o in watched if o.verdict.code == "cannot_tell"]
    worse = [o.label for o in watched if o.verdict.code == "worse"]
    verdict = {
        "not_worse": "Training was shown not to be worse in any safety outcome.",
        "worse": f"Training made things worse: {listed(worse)}.",
        "cannot_tell": f"Safety has not been shown: {listed(open_)} cannot be told.",
    }[results.safety.code]
    tones: dict[str, Tone] = {"not_worse": "good", "worse": "bad", "cannot_tell": "open"}
    return Answer(
        name="Safety, taken together",
        role="",
        seen=f"Watched: {names}. Safe means that each of them was shown not to be worse.",
        verdict=verdict,
        tone=tones[results.safety.code],
        finding=shown_name(
            "each is judged by itself with 2.5 % error, so that all of them passing by chance is "
            "rarer still."
        ),
        meaning="",
        truth="",
        advice="",
    )
