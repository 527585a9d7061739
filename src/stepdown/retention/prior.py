"""What is taken for known before an agency's own re-tests: how fast each technique fades."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field
from ruamel.yaml import YAML

from stepdown.kept import kept
from stepdown.retention.memory import Floats
from stepdown.retention.recall import GLOBALS, KINDS, Parameters


class Guess(BaseModel):
    """A number taken for likely: its median, and the standard deviation of its logarithm."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    median: float = Field(gt=0)
    sd: float = Field(gt=0, le=3)


class Fading(BaseModel):
    """What is taken for known of how a technique fades, and where it was read, or: assumed."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    stability: Guess
    growth: Guess
    decay: Guess
    level: Guess
    source: dict[Literal["stability", "growth", "decay", "level"], str]


class TechniquePrior(Fading):
    """What is taken for known of one technique."""

    id: str
    name: str


class PriorFile(BaseModel):
    """All techniques, what their priors share, and how people and scores scatter.

    `other`: of any technique that has none of its own. `shared` is the standard deviation of an
    error that all techniques have together: priors of stability, growth, decay and level may all
    be off in one direction.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    techniques: tuple[TechniquePrior, ...]
    other: Fading
    shared: dict[str, float]
    spread: Guess
    own: Guess
    noise: Guess
    source: dict[Literal["shared", "spread", "own", "noise"], str]


@dataclass(frozen=True, slots=True)
class Prior:
    """A normal distribution over the logarithms of all parameters, in the order of the vector."""

    techniques: tuple[str, ...]
    mean: Floats
    covariance: Floats

    @property
    def parameters(self) -> Parameters:
        """The parameters that are likeliest before any data."""
        return Parameters.of(self.mean)

    @property
    def names(self) -> tuple[str, ...]:
        """What each number of the vector is: `stability of listening`, …, `noise`."""
        return (*(f"{kind} of {t}" for kind in KINDS for t in self.techniques), *GLOBALS)

    def with_stability(self, days: Floats) -> Prior:
        """Return the prior with other medians of stability, in days."""
        mean = self.mean.copy()
        mean[: len(days)] = np.log(days)
        return replace(self, mean=mean)


@kept
def shipped() -> PriorFile:
    """Return the priors that ship with this version."""
    text = files("stepdown.retention").joinpath("prior.yaml").read_text(encoding="utf-8")
    return PriorFile.model_validate(YAML(typ="safe", pure=True).load(text))


def prior_of(given: PriorFile, techniques: Sequence[str] | None = None) -> Prior:
    """Return the prior of some techniques, or of all that have one; others get that of any."""
    known: dict[str, Fading] = {one.id: one for one in given.techniques}
    names = tuple(known if techniques is None else techniques)
    chosen = [known.get(name, given.other) for name in names]
    k = len(chosen)
    mean, covariance = [], np.zeros((len(KINDS) * k + len(GLOBALS),) * 2)
    for n, kind in enumerate(KINDS):
        guesses = [getattr(one, kind) for one in chosen]
        mean += [np.log(g.median) for g in guesses]
        block = np.diag([g.sd**2 for g in guesses]) + given.shared[kind] ** 2
        covariance[n * k : (n + 1) * k, n * k : (n + 1) * k] = block
    for n, name in enumerate(GLOBALS):
        guess = getattr(given, name)
        mean.append(np.log(guess.median))
        covariance[len(KINDS) * k + n, len(KINDS) * k + n] = guess.sd**2
    return Prior(names, np.array(mean), covariance)
