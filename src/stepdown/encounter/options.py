"""Play every option of a scenario with stages and see which leaves the person calmer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from stepdown.encounter.chance import seeds_of, stream
from stepdown.encounter.dynamics import STEP_S, advanced
from stepdown.encounter.parameters import Felt, parameters
from stepdown.encounter.scenario import Chapter, Choice, Scenario
from stepdown.encounter.speech import Said, heard
from stepdown.encounter.state import COLUMN
from stepdown.encounter.world import World, felt_by, moved, opened

SEEDS = 16
AHEAD_S = 60.0


@dataclass(frozen=True, slots=True)
class Option:
    """One option as it was played: arousal a minute later, in points."""

    chapter: str
    text: str
    kind: str
    words: int
    arousal: float


def _after(world: World, choice: Choice, coding: Any | None) -> float:
    state = np.repeat(world.state, SEEDS, axis=0)
    for name in choice.moves:
        if name in world.moves:
            state = moved(state, world.moves[name])
    state = felt_by(state, choice.felt)
    if coding is not None:
        given = dict(coding.probabilities)
        said = Said(len(choice.say.split()), given, coding.score, felt=Felt())
        state = heard(state, said, world.p)
    streams = stream(seeds_of(world.seed, SEEDS), 1)
    later = advanced(state, world.p, streams, 0, round(AHEAD_S / STEP_S))
    return round(float(later[:, COLUMN["arousal"]].mean()), 6)


def play_options(scenario: Scenario, coder: Any, seed: int = 0) -> tuple[Option, ...]:
    """Play every option of every stage from the same beginning, over the same sixteen seeds."""
    p = parameters(scenario.person.profile, scenario.person.parameters)
    world = opened(scenario, p, seed, scenario.person.cast[0])
    pairs: list[tuple[Chapter, Choice]] = [(c, o) for c in scenario.chapters for o in c.choices]
    spoken = [(c.heard[-1] if c.heard else None, o.say) for c, o in pairs if o.say]
    codings = iter(coder.code_many([s for _, s in spoken], [b for b, _ in spoken]))
    return tuple(
        Option(
            chapter.title, choice.text, choice.kind, len(choice.say.split()),
            _after(world, choice, next(codings) if choice.say else None),
        )
        for chapter, choice in pairs
    )  # fmt: skip


def agreement(played: Sequence[Sequence[Option]]) -> dict[str, float | int | None]:
    """Return how often the option its authors call positive leaves the person calmer.

    played: the options of each scenario. Pairs are one positive and one negative option of the same
    stage. `length_only_agreement` is what the longer speech would have got.
    """
    ours = longer = count = 0.0
    for options in played:
        stages: dict[str, list[Option]] = {}
        for option in options:
            stages.setdefault(option.chapter, []).append(option)
        for group in stages.values():
            good = [o for o in group if o.kind == "positive"]
            bad = [o for o in group if o.kind == "negative"]
            for a, b in product(good, bad):
                count += 1
                ours += a.arousal < b.arousal
                longer += a.words > b.words
    return {
        "pair_agreement": round(ours / count, 4) if count else None,
        "pairs": int(count),
        "length_only_agreement": round(longer / count, 4) if count else None,
    }
