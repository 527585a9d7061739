"""Parameters of their own for every person: each assumed number moved at random."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from stepdown.encounter.parameters import FELT, Parameters, table
from stepdown.encounter.state import Floats


@dataclass(frozen=True, slots=True)
class EffectMany:
    """What a code does to every person."""

    group: str
    arousal: Floats
    trust: Floats
    threat: Floats
    control: Floats


class Varied:
    """As `Parameters`, with one number per person instead of one for all, (n,)."""

    def __init__(
        self, numbers: Mapping[str, Floats], effects: dict[str, EffectMany], base: Parameters
    ) -> None:
        self.numbers, self.effects, self._base = numbers, effects, base
        self.asked_about_suicide = base.asked_about_suicide

    def __getitem__(self, name: str) -> Floats:
        return self.numbers[name]

    def of(self, rows: np.ndarray) -> Varied:
        """Return the parameters of some of them."""
        return Varied(_Rows(self.numbers, rows), _picked(self.effects, rows), self._base)


class _Rows(Mapping[str, Floats]):
    """Some rows of a table of columns, taken only when asked for."""

    def __init__(self, whole: Mapping[str, Floats], rows: np.ndarray) -> None:
        self._whole, self._rows = whole, rows

    def __getitem__(self, name: str) -> Floats:
        found: Floats = self._whole[name][self._rows]
        return found

    def __iter__(self) -> object:  # type: ignore[override]
        return iter(self._whole)

    def __len__(self) -> int:
        return len(self._whole)


class _picked(dict[str, EffectMany]):  # noqa: N801 - a dictionary that is read like one
    """Effects of some rows, taken only when asked for."""

    def __init__(self, whole: dict[str, EffectMany], rows: np.ndarray) -> None:
        super().__init__(whole)
        self._rows = rows

    def __getitem__(self, code: str) -> EffectMany:
        e = super().__getitem__(code)
        return EffectMany(e.group, *(getattr(e, name)[self._rows] for name in FELT))


def assumed() -> tuple[str, ...]:
    """Return the parameters whose size is assumed."""
    return tuple(name for name, known in table().items() if "assumed" in known.source)


def draw_factors(draws: int, seed: int, most: float = 0.3) -> dict[str, Floats]:
    """Draw a factor from 1 - `most` to 1 + `most` for every assumed number, (draws,) each.

    Names are those of the parameters, and `effect:CODE` for what each code does.
    """
    rng = np.random.default_rng(seed)
    from stepdown.encounter.parameters import effects  # noqa: PLC0415 - read once, when asked

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
    effects = {
        code: EffectMany(
            e.group, *(getattr(e, f) * factors[f"effect:{code}"][of_draw] for f in FELT)
        )
        for code, e in p.effects.items()
    }
    return Varied(numbers, effects, p)
