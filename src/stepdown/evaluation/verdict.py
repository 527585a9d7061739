"""The verdict: what the deciding interval says against the smallest effect of interest."""

from __future__ import annotations

from stepdown.evaluation.results import VerdictCode


def decide(low: float, high: float, threshold: float) -> VerdictCode:
    """Name what a 95 % interval says about an effect whose benefit is negative.

    `low`..`high` is the interval, `threshold` < 0 the smallest effect of interest. For an outcome
    of which more is better, pass the mirrored interval and threshold.

    >>> decide(-3.0, -2.0, -1.0), decide(-3.0, -0.5, -1.0), decide(-0.9, -0.1, -1.0)
    ('works', 'works_size_unclear', 'works_below_threshold')
    >>> decide(0.1, 2.0, -1.0), decide(-0.5, 0.5, -1.0), decide(-2.0, 0.5, -1.0)
    ('harm', 'no_worthwhile_effect', 'cannot_tell')
    """
    if not (low <= high and threshold < 0):
        raise ValueError(f"need low <= high and threshold < 0, got {low}, {high}, {threshold}")
    if high <= threshold:
        return "works"
    if low > 0:
        return "harm"
    if low > threshold:
        return "works_below_threshold" if high < 0 else "no_worthwhile_effect"
    return "works_size_unclear" if high < 0 else "cannot_tell"
