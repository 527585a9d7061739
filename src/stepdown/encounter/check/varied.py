"""Parameters of their own for every person: each assumed number moved at random."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from stepdown.encounter.parameters import FELT, Felt, Parameters, effects, table
from stepdown.encounter.state import Floats

Rows = np.ndarray | slice
EVERYBODY = slice(None)


@dataclass(frozen=True, slots=True)
class EffectMany:
    """What a code does to every person."""

    group: str
    arousal: Floats
    trust: Floats
    threat: Floats
    control: Floats


class EffectsMany(Mapping[str, EffectMany]):
    """Effects by code for some persons, taken from the whole only when asked for."""

    def __init__(self, whole: Mapping[str, EffectMany], rows: Rows) -> None:
        self._whole, self._rows = whole, rows

    def __getitem__(self, code: str) -> EffectMany:
        e = self._whole[code]
        return EffectMany(e.group, *(getattr(e, name)[self._rows] for name in FELT))

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole)

    def __len__(self) -> int:
        return len(self._whole)


class Varied:
    """As `Parameters`, with one number per person instead of one for all, (n,)."""

    def __init__(
        self,
        numbers: Mapping[str, Floats],
        effect: Mapping[str, EffectMany],
        asked_about_suicide: Felt,
        rows: Rows = EVERYBODY,
    ) -> None:
        self._numbers, self._effect, self._rows = numbers, effect, rows
        self.effects = EffectsMany(effect, rows)
        self.asked_about_suicide = asked_about_suicide

    def __getitem__(self, name: str) -> Floats:
        found: Floats = self._numbers[name][self._rows]
        return found

    def of(self, rows: np.ndarray) -> Varied:
        """Return the parameters of some of them, by their numbers in the whole."""
        return Varied(self._numbers, self._effect, self.asked_about_suicide, rows)


def assumed() -> tuple[str, ...]:
    """Return the parameters whose size is assumed."""
    return tuple(name for name, known in table().items() if "assumed" in known.source)


def draw_factors(draws: int, seed: int, most: float = 0.3) -> dict[str, Floats]:
    """Draw a factor from 1 - `most` to 1 + `most` for every assumed number, (draws,) each.

    Names are those of the parameters, and `effect:CODE` for what each code does.
    """
    rng = np.random.default_rng(seed)
    names = [*assumed(), *(f"effect:{code}" for code in effects())]
    return {name: rng.uniform(1 - most, 1 + most, draws) for name in names}


def varied(p: Parameters, factors: Mapping[str, Floats], of_draw: np.ndarray) -> Varied:
    """Move `p` by the factors of each person's draw, within each parameter's range."""
    known = table()
    numbers = {}
    for name, value in p.numbers.items():
        factor = factors[name][of_draw] if name in factors else np.ones(len(of_draw))
        moved = value * factor
        if name in known:
            low, high = min(known[name].low, value), max(known[name].high, value)
            moved = np.clip(moved, low, high)
        numbers[name] = moved
    told = {
        code: EffectMany(
            e.group, *(getattr(e, f) * factors[f"effect:{code}"][of_draw] for f in FELT)
        )
        for code, e in p.effects.items()
    }
    return Varied(numbers, told, p.asked_about_suicide)
