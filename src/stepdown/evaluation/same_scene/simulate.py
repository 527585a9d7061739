"""Simulated scenes whose truth is known: levels from the model, and whole small agencies."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from stepdown.evaluation.same_scene.likelihood import count_states, log_sum, plan
from stepdown.evaluation.same_scene.permutation import Timing
from stepdown.evaluation.same_scene.posterior import scores
from stepdown.evaluation.same_scene.scenes import Scenes, pack

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Not cached: what it calls stands in another file, of whose changes numba's cache knows nothing.
_njit = numba.njit(nogil=True, error_model="numpy")

SEATTLE_DELTA = (-3.2, -2.9)
"""Steps between level scores near those of Seattle's file."""

RARER = (0.0, -1.6, -2.9, -6.0)
"""Assumed log odds of levels 0 to 3 for an average officer, near the shares in Seattle's file."""


def redraw_levels(scenes: Scenes, eta: Floats, s: Floats, rng: np.random.Generator) -> Ints:
    """Hand every scene's levels to its officers again, as the model with `eta` and `s` would.

    `eta` (rows,) are propensities, `s` (J,) scores. Gives levels (rows,), drawn exactly: each
    scene keeps its multiset. With eta = 0 every distinct assignment is equally likely.
    """
    most = int(count_states(scenes.start, scenes.level, scenes.levels))
    chance = rng.random(scenes.level.size)
    return np.asarray(_redraw(scenes.start, scenes.level, eta, s, most, chance))


@_njit
def _redraw(
    start: Ints, level: Ints, eta: Floats, s: Floats, most_states: int, chance: Floats
) -> Ints:
    counts = np.empty(s.size, np.int64)
    full = np.empty(s.size, np.int64)
    explicit = np.empty(s.size, np.int64)
    stride = np.empty(s.size, np.int64)
    digit = np.empty(s.size * most_states, np.int64)
    drawn = np.empty(level.size, np.int64)
    for scene in range(start.size - 1):
        a, b = start[scene], start[scene + 1]
        states, k = plan(level[a:b], counts, full, digit, explicit, stride)
        step = np.empty((b - a, k))
        for i in range(b - a):
            for t in range(k):
                step[i, t] = eta[a + i] * (s[explicit[t]] - s[explicit[k]])
        back = _ways_ahead(step, states, digit, full, stride)
        picked = _walk(step, back, digit, full, stride, chance[a:b])
        for i in range(b - a):
            drawn[a + i] = explicit[picked[i]]
    return drawn


@_njit
def _ways_ahead(step: Floats, states: int, digit: Ints, full: Ints, stride: Ints) -> Floats:
    """Give the log weight of all ways to end rightly, for each officer and state, (n + 1, states).

    `step` (n, k) are the exponents of the explicit levels.
    """
    n, k = step.shape
    back = np.full((n + 1, states), -np.inf)
    back[n, states - 1] = 0.0
    for i in range(n - 1, -1, -1):
        for c in range(states):
            total = back[i + 1, c]
            for t in range(k):
                if digit[t * states + c] < full[t]:
                    total = log_sum(total, step[i, t] + back[i + 1, c + stride[t]])
            back[i, c] = total
    return back


@_njit
def _walk(
    step: Floats, back: Floats, digit: Ints, full: Ints, stride: Ints, chance: Floats
) -> Ints:
    """Draw a level for each officer in turn, (n,): a place among the explicit ones, or k."""
    n, k = step.shape
    states = back.shape[1]
    picked = np.full(n, k)
    c = 0
    for i in range(n):
        # The implicit level comes first; where chance is left over by rounding, the last that can.
        left = chance[i] - np.exp(back[i + 1, c] - back[i, c])
        t = 0
        while left >= 0.0 and t < k:
            if digit[t * states + c] < full[t] and back[i + 1, c + stride[t]] > -np.inf:
                left -= np.exp(step[i, t] + back[i + 1, c + stride[t]] - back[i, c])
                picked[i] = t
            t += 1
        if picked[i] < k:
            c += stride[picked[i]]
    return picked


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true in a simulated agency.

    `beta` is the effect of an officer's own training on propensity. `calms` is added to the
    propensity of everybody at a scene where a *colleague* is trained; `calms_all` to that of
    everybody, oneself included, where anybody is; `inflames` to that of an officer for each
    colleague who has used force before them at the scene. `attends` is how much likelier a trained
    officer is to be at a scene, as a log rate.
    """

    beta: float = 0.0
    calms: float = 0.0
    calms_all: float = 0.0
    inflames: float = 0.0
    attends: float = 0.0


@dataclass(frozen=True, slots=True)
class Agency:
    """A simulated agency: its scenes, when each took place, when each officer was trained.

    `day` (scenes,) and `training_day` (N,) lie between 0 and 1; `lam` (N,) are the true
    propensities. The scenes' first covariate is whether the officer was trained by then.
    """

    scenes: Scenes
    day: Floats
    training_day: Floats
    lam: Floats

    @property
    def timing(self) -> Timing:
        """When rows happened and officers were trained, for the permutation tests."""
        one = self.scenes
        strata = np.zeros(one.officers.size, dtype=np.int64)
        return Timing(self.day[one.incidents][one.scene], one.officer, self.training_day, strata)


def simulate_agency(
    rng: np.random.Generator, officers: int, scenes: int, truth: Truth, squad: int = 12
) -> Agency:
    """Simulate officers in squads, trained on randomly drawn days, at scenes they share.

    Each scene draws 2 to 12 officers, most of one squad, and a difficulty of its own that all
    share. Levels are drawn one officer after another, not from the conditional model: that the
    model holds given the levels used is a consequence.
    """
    lam = rng.normal(size=officers)
    s = scores(np.array(SEATTLE_DELTA))
    training_day = rng.permutation(np.linspace(0.02, 1.2, officers))
    day = np.sort(rng.random(scenes))
    incident, officer, level, trained = [], [], [], []
    for k in range(scenes):
        there = _who_comes(rng, officers, squad, training_day < day[k], truth.attends)
        done = (training_day[there] < day[k]).astype(float)
        eta = lam[there] + truth.beta * done + truth.calms * (done.sum() - done > 0)
        eta += truth.calms_all * (done.sum() > 0)
        y = _act(rng, eta, s, rng.normal(0.0, 0.8), truth.inflames)
        incident.append(np.full(there.size, k))
        officer.append(there)
        level.append(y)
        trained.append(done)
    packed = pack(
        np.concatenate(incident),
        np.concatenate(officer),
        np.concatenate(level),
        s.size,
        np.concatenate(trained)[:, None],
    )
    return Agency(packed, day, training_day[packed.officers], lam[packed.officers])


def _who_comes(
    rng: np.random.Generator,
    officers: int,
    squad: int,
    trained: NDArray[np.bool_],
    attends: float,
) -> Ints:
    size = int(np.clip(2 + rng.poisson(4.5), 2, 12))
    home = int(rng.integers(0, -(-officers // squad)))
    weight = np.where(np.arange(officers) // squad == home, 1.0, 0.15 * squad / officers)
    weight = weight * np.exp(attends * trained)
    chosen = rng.choice(officers, size=min(size, officers), replace=False, p=weight / weight.sum())
    return rng.permutation(chosen).astype(np.int64)


def _act(
    rng: np.random.Generator, eta: Floats, s: Floats, difficulty: float, inflames: float
) -> Ints:
    chance = rng.random(eta.size)
    if inflames == 0.0:
        return _levels(chance, eta + difficulty, s)
    y = np.zeros(eta.size, dtype=np.int64)
    used = 0
    for i in range(eta.size):
        leaning = eta[i : i + 1] + difficulty + inflames * used
        y[i] = _levels(chance[i : i + 1], leaning, s)[0]
        used += int(y[i] > 0)
    return y


def _levels(chance: Floats, leaning: Floats, s: Floats) -> Ints:
    """Turn chances (n,) into levels (n,), given how far each officer leans towards force."""
    logits = np.array(RARER) + leaning[:, None] * s
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    below = np.cumsum(p / p.sum(axis=1, keepdims=True), axis=1)
    below /= below[:, -1:]
    return np.asarray((below <= chance[:, None]).sum(axis=1), np.int64)
