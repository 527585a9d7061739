"""Numbers as people read them: percents, rates and periods without false precision."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NOUNS = (
    ("month", re.compile(r"\d{4}-\d{2}")),
    ("quarter", re.compile(r"\d{4}-?[Qq][1-4]")),
    ("week", re.compile(r"\d{4}-?[Ww]\d{1,2}")),
)
PER = 1_000
"""Rates are given per this many people and periods."""


def period_noun(labels: Sequence[str]) -> str:
    """Name what a period is, from how it is written; `period` when that does not tell.

    >>> period_noun(["2019-01", "2019-02"]), period_noun(["1", "2"])
    ('month', 'period')
    """
    for noun, shape in _NOUNS:
        if labels and all(shape.fullmatch(label) for label in labels):
            return noun
    return "period"


def plural(count: int, noun: str) -> str:
    """Write a count with its noun: `1 month`, `1,200 months`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def percent(value: float) -> str:
    """Write the size of a percentage, without its sign: `16%`, `3.3%`, `less than 0.1%`."""
    return f"{_digits(abs(value), small=0.05, least='less than 0.1')}%"


def rate(value: float) -> str:
    """Write the size of a rate per 1,000 people and periods, without its sign."""
    size = abs(value) * PER
    if 0 < size < 0.005:
        return "less than 0.01"
    if 0 < size < 1:
        return f"{size:.2f}"
    return _digits(size, small=0.0, least="0")


def signed(text: str, value: float) -> str:
    """Put the sign of `value` before a written size, for tables."""
    zero = text.strip("0.%") == ""
    return text if zero or value == 0 else f"{'−' if value < 0 else '+'}{text}"


def shift(written: str, value: float) -> str:
    """Say a difference in words: `16% lower`, `3.3% higher`, `no different`."""
    if value == 0:
        return "no different"
    return f"{written} {'lower' if value < 0 else 'higher'}"


def span(low: tuple[str, float], high: tuple[str, float]) -> str:
    """Say a range of differences, each end given as its written size and its value.

    >>> span(("33%", -33.0), ("0.2%", 0.2)), span(("25%", -25.0), ("13%", -13.0))
    ('from 33% lower to 0.2% higher', 'between 13% and 25% lower')
    """
    if low[1] * high[1] > 0:
        near, far = (high, low) if low[1] < 0 else (low, high)
        return f"between {near[0]} and {shift(*far)}"
    return f"from {shift(*low)} to {shift(*high)}"


def probability(value: float, smallest: float = 0.0) -> str:
    """Write a probability with two figures, never below the smallest that could come out."""
    return f"{max(value, smallest):.2g}" if value < 0.995 else f"{value:.2f}"


def listed(items: Sequence[str]) -> str:
    """Join names in a sentence: `a`, `a and b`, `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def _digits(size: float, *, small: float, least: str) -> str:
    if 0 < size < small:
        return least
    if size >= 9.95:
        return f"{size:,.0f}"
    return f"{size:.1f}".removesuffix(".0")
