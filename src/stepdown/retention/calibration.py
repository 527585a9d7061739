"""Whether what was predicted before a test is what the test showed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from stepdown.retention.held import held
from stepdown.retention.history import Histories
from stepdown.retention.memory import Floats
from stepdown.retention.refit import Fit

_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Bin:
    """Tests of about the same prediction: how many, predicted and observed mean, 95 % interval."""

    tests: int
    predicted: float
    observed: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Predicted against observed scores, in bins of about the same size, lowest first.

    `bias`: observed less predicted, over all tests. `error`: the root mean square difference.
    """

    bins: tuple[Bin, ...]
    tests: int
    bias: float
    error: float


def calibration(
    given: Histories, fit: Fit, cuts: Sequence[date], bins: int = 10
) -> Calibration | None:
    """Return how predictions did. None without any test to judge them by.

    On each day of `cuts` the next score of everybody is predicted from what was known before that
    day; a test is judged by the last cut before it. (The fit may know later scores; it has few
    parameters for many tests.)
    """
    until = [*cuts[1:], None]
    pairs = [_next_scores(given, fit, *both) for both in zip(cuts, until, strict=True)]
    predicted, observed = (
        np.concatenate([pair[n] for pair in pairs] or [np.zeros(0)]) for n in (0, 1)
    )
    if not len(predicted):
        return None
    order = np.argsort(predicted, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    off = observed - predicted
    return Calibration(
        tuple(_bin(predicted[part], observed[part]) for part in parts), len(off),
        float(off.mean()), float(np.sqrt((off**2).mean())),
    )  # fmt: skip


def _next_scores(
    given: Histories, fit: Fit, cut: date, after: date | None
) -> tuple[Floats, Floats]:
    """Return predictions made on a day and the scores that came first after it."""
    known = given.before(cut)
    if not len(known.person):
        return np.zeros(0), np.zeros(0)
    rows = {(p, k): n for n, (p, k) in enumerate(zip(given.person, given.technique, strict=True))}
    source = np.array([rows[pair] for pair in zip(known.person, known.technique, strict=True)])
    seen = np.isfinite(known.days).sum(axis=1)
    days = np.full(len(source), np.nan)
    score = np.full(len(source), np.nan)
    more = seen < given.days.shape[1]
    days[more] = given.days[source[more], seen[more]]
    score[more] = given.score[source[more], seen[more]]
    due = np.isfinite(days) & np.isfinite(score)
    on = known.first[due] + days[due].astype("timedelta64[D]")
    wait = (on - np.datetime64(cut)).astype(float)
    in_time = np.ones(len(on), bool) if after is None else on < np.datetime64(after)
    full = np.zeros(len(source))
    full[due] = wait
    predicted = held(known, fit, cut).expected(full)
    return predicted[due][in_time], score[due][in_time]


def _bin(predicted: Floats, observed: Floats) -> Bin:
    mean = float(observed.mean())
    error = float(observed.std(ddof=1) / np.sqrt(len(observed))) if len(observed) > 1 else 1.0
    return Bin(
        len(observed), float(predicted.mean()), mean, mean - _Z * error, mean + _Z * error
    )  # fmt: skip
