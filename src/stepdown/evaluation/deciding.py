"""The range on which the verdict rests: what neither of two intervals rules out.

The normal interval is valid in large samples; the interval by inverting the randomization test
holds for an effect alike for everybody whatever the sizes. Neither alone is safe everywhere, so a
claim needs both, and the range shown is the wider on each side (ADR 6).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from stepdown.evaluation.estimators import Z95, Estimate
from stepdown.evaluation.results import Randomization, Range
from stepdown.evaluation.verdict import Ends


@dataclass(frozen=True, slots=True)
class Reach:
    """How many standard errors the range reaches below and above the estimate."""

    below: float
    above: float
    simultaneous: bool = False

    def around(self, value: float, se: float) -> Ends:
        """Return the range of a value with its own standard error."""
        return value - self.below * se, value + self.above * se


def reach_of(
    fit: Estimate,
    test: Randomization | None,
    simultaneous: float | None = None,
    *,
    directed: bool = False,
) -> Reach | None:
    """Return the reach of the deciding range; None if the randomization interval has no end.

    `simultaneous` is the multiplier of a range that holds for several outcomes together. With
    `directed`, each end holds by itself at 2.5 %, as a claim in one direction needs.
    """
    if test is None or fit.se_neyman <= 0:
        return Reach(Z95, Z95)
    least = max(Z95, simultaneous or 0.0)
    if test.ci_low is None or test.ci_high is None or not math.isfinite(least):
        return None
    low, high = test.ci_low, test.ci_high
    if directed:
        if test.lower_bound is None or test.upper_bound is None:
            return None
        low, high = min(low, test.lower_bound), max(high, test.upper_bound)
    return Reach(
        max(least, (fit.estimate - low) / fit.se_neyman),
        max(least, (high - fit.estimate) / fit.se_neyman),
        simultaneous is not None,
    )


def range_of(fit: Estimate, reach: Reach | None) -> Range:
    """Return the range in counts and in percent; percents carry the baseline's uncertainty."""
    if reach is None:
        return Range(low=None, high=None, percent_low=None, percent_high=None)
    low, high = reach.around(fit.estimate, fit.se_neyman)
    return Range(
        low=low,
        high=high,
        percent_low=fit.percent_end(-reach.below),
        percent_high=fit.percent_end(reach.above),
        simultaneous=reach.simultaneous,
    )


def margin_of(fit: Estimate, reach: Reach, threshold: float, share: float | None) -> Ends:
    """Return the range of the effect less the smallest effect of interest.

    threshold: that effect in counts. share: the same as a share of the baseline, if the plan gives
    it so; the margin then carries the baseline's uncertainty.
    """
    if share is None:
        low, high = reach.around(fit.estimate, fit.se_neyman)
        return low - threshold, high - threshold
    return reach.around(*fit.margin(share))
