"""What a person may choose, and the command that chooses it again."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field

from stepdown.evaluation.same_scene.columns import Columns
from stepdown.evaluation.same_scene.sample import Tuning


@dataclass(frozen=True, slots=True)
class Options:
    """What a person may choose.

    `levels`, `force_users_only` and `sheet` say how the file is read. `randomized`: training days
    were drawn by lot, so that they may be permuted. `placebo`: how many permutations of levels to
    fit. `min_scenes`: fewest scenes for an officer to be shown.
    """

    columns: Columns = field(default_factory=Columns)
    levels: tuple[str, ...] | None = None
    force_users_only: bool = False
    sheet: str | None = None
    randomized: bool = False
    permutations: int = 5000
    placebo: int = 0
    min_scenes: int = 10
    tuning: Tuning = field(default_factory=Tuning)
    seed: int = 1


def command(file: str, options: Options) -> str:
    """Write the command that gives the same numbers; what is as by default is left out."""
    plain = Options()
    words = ["stepdown", "same-scene", file]
    for part, default, names in (
        (options.columns, plain.columns, _COLUMNS),
        (options, plain, _CHOICES),
        (options.tuning, plain.tuning, _TUNING),
    ):
        for name in names:
            value = getattr(part, name)
            if value != getattr(default, name):
                words += _said(f"--{name.replace('_', '-')}", value)
    return shlex.join(words)


def _said(flag: str, value: object) -> list[str]:
    if value is True:
        return [flag]
    if flag == "--levels" and isinstance(value, tuple):
        return [flag, ",".join(value)]
    each = value if isinstance(value, tuple) else (value,)
    return [word for one in each for word in (flag, str(one))]


_COLUMNS = ("incident", "officer", "level", "trained", "date", "trained_on", "clusters", "strata",
            "beside")  # fmt: skip
_CHOICES = ("levels", "force_users_only", "sheet", "randomized", "permutations", "placebo",
            "min_scenes", "seed")  # fmt: skip
_TUNING = ("chains", "draws", "tune")
