"""Whether what was predicted before a test is what the test showed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.stats import t

from stepdown.retention.held import Held, held
from stepdown.retention.history import Histories
from stepdown.retention.memory import Floats, retention
from stepdown.retention.refit import Fit
from stepdown.retention.scored import expected


@dataclass(frozen=True, slots=True)
class Bin:
    """Tests of about the same prediction: how many, predicted and observed mean, 95 % interval.

    The interval takes the tests of one person for one piece of news: people are what differs.
    """

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
    day; a test is judged by the last cut before it. What is known of a person is from before that
    day; the fit may know later scores, which makes it look a little better than it is: it has few
    parameters for many tests.
    """
    until = [*cuts[1:], None]
    found = [_next_scores(given, fit, *both) for both in zip(cuts, until, strict=True)]
    predicted, observed, person = (
        np.concatenate([part[n] for part in found] or [np.zeros(0)]) for n in range(3)
    )
    if not len(predicted):
        return None
    order = np.argsort(predicted, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    off = observed - predicted
    return Calibration(
        tuple(_bin(predicted[part], observed[part], person[part]) for part in parts), len(off),
        float(off.mean()), float(np.sqrt((off**2).mean())),
    )  # fmt: skip


def _next_scores(
    given: Histories, fit: Fit, cut: date, after: date | None
) -> tuple[Floats, Floats, np.ndarray]:
    """Return predictions made on a day, the scores that came first after it, and whose they are."""
    known = given.before(cut)
    if not len(known.person):
        return np.zeros(0), np.zeros(0), np.zeros(0, int)
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
    predicted = _scores(held(known, fit, cut), full, fit)
    return predicted[due][in_time], score[due][in_time], known.person[due][in_time]


def _scores(now: Held, days: Floats, fit: Fit) -> Floats:
    """Return the score that is expected of each skill when so many days have passed."""
    stability, chances = now.stability()
    decay = now.decay[now.technique][:, None]
    left = retention((now.since + days)[:, None], stability, decay)
    at = fit.parameters
    level = np.exp(at.level)[now.technique][:, None]
    scores: Floats = expected(level * left, float(np.exp(at.noise))) @ chances
    return scores


def _bin(predicted: Floats, observed: Floats, person: np.ndarray) -> Bin:
    mean = float(observed.mean())
    by_person = np.bincount(np.unique(person, return_inverse=True)[1], weights=observed - mean)
    people = len(by_person)
    if people > 1:
        error = np.sqrt((by_person**2).sum() * people / (people - 1)) / len(observed)
        reach = float(error * t.ppf(0.975, people - 1))
    else:
        reach = 1.0
    return Bin(
        len(observed), float(predicted.mean()), mean, max(mean - reach, 0.0),
        min(mean + reach, 1.0),
    )  # fmt: skip
