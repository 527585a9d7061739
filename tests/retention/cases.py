"""Agencies whose people forget as the model says, drawn from a seed."""

from __future__ import annotations

import numpy as np

from stepdown.retention.history import Histories
from stepdown.retention.memory import Floats, grown, retention
from stepdown.retention.recall import Parameters


def simulated(
    seed: int, truth: Parameters, people: int, tests: int, *, gaps: tuple[float, float] = (60, 540),
    taught: float = 0.7, points: int = 0, chosen: bool = False,
) -> Histories:  # fmt: skip
    """Return histories: taught, then `tests` scored rehearsals, a share `taught` with teaching.

    `points`: scores are rounded to so many steps and never leave the scale; 0: scores as they are,
    within the scale. `chosen`: who did badly is tested again in half the time.
    """
    r = np.random.default_rng(seed)
    k = len(truth.stability)
    a = r.normal(size=(people, 1)) * np.exp(truth.spread)
    e = r.normal(size=(people, k)) * np.exp(truth.own)
    s = np.exp(truth.stability + a + e)
    decay, growth = np.exp(truth.decay), np.exp(truth.growth)
    shape = (people, k, tests + 1)
    days, score, recovered = np.zeros(shape), np.full(shape, np.nan), np.ones(shape)
    age, soon = np.zeros((people, k)), np.ones((people, k))
    for j in range(1, tests + 1):
        gap = np.round(r.uniform(*gaps, size=(people, k)) * soon)
        days[..., j] = days[..., j - 1] + gap
        left = retention(age + gap, s, decay)
        shown = np.exp(truth.level) * left + r.normal(size=left.shape) * np.exp(truth.noise)
        shown = np.round(shown * points) / points if points else shown
        score[..., j] = np.clip(shown, 0, 1)
        if chosen:
            soon = np.where(score[..., j] < np.median(score[..., j], axis=0), 0.5, 1.0)
        part = np.where(r.random(left.shape) < taught, 1.0, 0.5)
        recovered[..., j] = part
        s = grown(s, growth, left)
        after = left + part * (1 - left)
        age = _age(after, s, decay)
    return Histories(
        tuple(f"p{n}" for n in range(people)), tuple(f"t{n}" for n in range(k)),
        np.repeat(np.arange(people), k), np.tile(np.arange(k), people),
        *(x.reshape(people * k, -1) for x in (days, score, recovered)),
        np.full(people * k, np.datetime64("2026-01-01")), 0, 1 / points if points else 0.0,
    )  # fmt: skip


def _age(left: Floats, stability: Floats, decay: Floats) -> Floats:
    return stability * (left ** (-1 / decay) - 1) / (0.9 ** (-1 / decay) - 1)


def usual(techniques: int = 3) -> Parameters:
    """Return parameters of an ordinary agency."""
    return Parameters(
        np.log(np.linspace(60, 160, techniques)), np.log(np.linspace(0.6, 1.6, techniques)),
        np.log(np.linspace(0.35, 0.6, techniques)), np.log(np.linspace(0.8, 0.95, techniques)),
        np.log(0.5), np.log(0.25), np.log(0.1),
    )  # fmt: skip
