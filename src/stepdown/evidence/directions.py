"""Which way studies point, where sizes cannot be pooled (SWiM: Campbell et al. 2020).

A count of directions asks only whether studies point one way more often than a coin would. It says
nothing about size, and a small study counts as much as a large one. Significance is never counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import binomtest

from stepdown.evidence.study_row import StudyRow


@dataclass(frozen=True, slots=True)
class Directions:
    """Rows by the way they point, and the exact binomial test of the known ones.

    `p_value` and the 95 % interval of the share (Clopper-Pearson) are None without a known
    direction. `p_least` to `p_most`: the same test over every way in which the rows of unknown
    direction could point. `smallest_p` is what this many known directions could give at best.
    """

    better: tuple[str, ...]
    worse: tuple[str, ...]
    unknown: tuple[str, ...]
    share_better: float | None
    low: float | None
    high: float | None
    p_value: float | None
    p_least: float | None
    p_most: float | None
    smallest_p: float | None

    @property
    def known(self) -> int:
        """How many rows point somewhere."""
        return len(self.better) + len(self.worse)


def directions(rows: Sequence[StudyRow]) -> Directions:
    """Count which way rows point; a row is one study's."""
    better = tuple(r.id for r in rows if r.side == "better")
    worse = tuple(r.id for r in rows if r.side == "worse")
    unknown = tuple(r.id for r in rows if r.side == "unknown")
    n = len(better) + len(worse)
    total = n + len(unknown)
    possible = [_p(len(better) + more, total) for more in range(len(unknown) + 1)] if total else []
    share = binomtest(len(better), n).proportion_ci(0.95, "exact") if n else None
    return Directions(
        better, worse, unknown,
        share_better=len(better) / n if n else None,
        low=float(share.low) if share else None,
        high=float(share.high) if share else None,
        p_value=_p(len(better), n) if n else None,
        p_least=min(possible, default=None),
        p_most=max(possible, default=None),
        smallest_p=min(1.0, 2.0 ** (1 - n)) if n else None,
    )  # fmt: skip


def _p(better: int, n: int) -> float:
    return float(binomtest(better, n).pvalue)
