"""The verdict: what the deciding interval says against the smallest effect of interest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from stepdown.evaluation.results import VerdictCode

SafetyCode = Literal["not_worse", "worse", "cannot_tell"]
Ends = tuple[float, float]


def decide(effect: Ends, beyond: Ends) -> VerdictCode:
    """Name what two 95 % intervals say about an effect whose benefit is negative.

    `effect` is the interval of the effect, `beyond` that of the effect less the smallest effect of
    interest (below 0): below zero, the effect is larger than that. For an outcome of which more is
    better, pass both mirrored.

    >>> decide((-3, -2), (-2, -1)), decide((-3, -0.5), (-2, 0.5)), decide((-0.9, -0.1), (0.1, 0.9))
    ('works', 'works_size_unclear', 'works_below_threshold')
    >>> decide((0.1, 2), (1.1, 3)), decide((-0.5, 0.5), (0.5, 1.5)), decide((-2, 0.5), (-1, 1.5))
    ('harm', 'no_worthwhile_effect', 'cannot_tell')
    """
    (low, high), (beyond_low, beyond_high) = effect, beyond
    if not (low <= high and beyond_low <= beyond_high):
        raise ValueError(f"need low <= high, got {effect} and {beyond}")
    if low > 0:
        return "harm"
    if high < 0 and beyond_high <= 0:
        return "works"
    if beyond_low > 0:
        return "works_below_threshold" if high < 0 else "no_worthwhile_effect"
    return "works_size_unclear" if high < 0 else "cannot_tell"


def decide_safety(effect: Ends, beyond: Ends) -> SafetyCode:
    """Name what two 95 % intervals say about harm, above zero; one-sided at 2.5 % each.

    `effect` is the interval of the effect, `beyond` that of the effect less the margin, the
    smallest harm that would matter. `not_worse` means: not by as much as the margin.

    >>> decide_safety((-1, 0.5), (-2, -0.5)), decide_safety((0.1, 3), (-0.9, 2))
    ('not_worse', 'worse')
    >>> decide_safety((-1, 2), (-2, 1)), decide_safety((0.1, 0.5), (-0.9, -0.5))
    ('cannot_tell', 'not_worse')
    """
    if not (effect[0] <= effect[1] and beyond[0] <= beyond[1]):
        raise ValueError(f"need low <= high, got {effect} and {beyond}")
    if beyond[1] < 0:
        return "not_worse"
    return "worse" if effect[0] > 0 else "cannot_tell"


def safe(codes: Iterable[str]) -> SafetyCode:
    """Judge all safety outcomes together: safe only when every one is, worse when any one is.

    >>> safe(["not_worse", "not_worse"]), safe(["not_worse", "cannot_tell"]), safe(["worse"])
    ('not_worse', 'cannot_tell', 'worse')
    """
    given = list(codes)
    if "worse" in given:
        return "worse"
    return "not_worse" if all(code == "not_worse" for code in given) else "cannot_tell"
