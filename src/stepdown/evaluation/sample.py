"""The analysed sample: the units that were part of the draw and were there all along."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stepdown.incidents.panel import NEVER, AccountStep, Floats, Panel

Ints = NDArray[np.int64]

PART_OF_THE_DRAW = "part of the draw"
PRESENT_THROUGHOUT = "present in the whole window"


@dataclass(frozen=True, slots=True)
class Sample:
    """N units of assignment by T periods, complete, each with a wave and a stratum.

    A wave is the assigned period as a position 1..T; everybody due after period T, or held back
    for good, forms the wave `NEVER`: inside the window they are a comparison to the end.
    """

    outcomes: dict[str, Floats]  # name -> (N, T)
    exposure: Floats | None  # (N, T)
    wave: Floats  # (N,)
    due: Floats  # (N,) assigned position as given, also after T
    stratum: Ints  # (N,) 0..S-1
    strata: tuple[str, ...]  # (S,) their names; one empty name without strata
    n_people: int  # people behind the units: more than N when clusters were assigned
    events: dict[str, int]  # name -> total count of these people in the whole window
    group: Ints | None = None  # (N,) 0..G-1, who works with whom; not what was drawn

    @property
    def n_units(self) -> int:
        """Units of assignment."""
        return len(self.wave)

    @property
    def n_periods(self) -> int:
        """Periods of the window."""
        return int(next(iter(self.outcomes.values())).shape[1])

    def select(self, keep: NDArray[np.bool_]) -> Sample:
        """Return the sample of the units marked in `keep` (N,)."""
        return replace(
            self,
            outcomes={name: y[keep] for name, y in self.outcomes.items()},
            exposure=None if self.exposure is None else self.exposure[keep],
            wave=self.wave[keep],
            due=self.due[keep],
            stratum=self.stratum[keep],
            n_people=int(keep.sum()),
            group=None if self.group is None else self.group[keep],
        )

    def window(self, first: int, last: int) -> Sample:
        """Return periods `first`..`last` (positions, included), waves renumbered from 1.

        Units trained in or before the new first period have no untrained past in it: they are out.
        """
        inside = self.select(self.wave > first)
        shift = first - 1
        due = inside.due - shift
        n_periods = last - shift
        return replace(
            inside,
            outcomes={name: y[:, shift:last] for name, y in inside.outcomes.items()},
            exposure=None if inside.exposure is None else inside.exposure[:, shift:last],
            wave=np.where(due > n_periods, NEVER, due),
            due=due,
        )


def draw_sample(
    panel: Panel, assigned: Floats, *, level: str, blank_is_never: bool
) -> tuple[Sample, list[AccountStep]]:
    """Pick the analysed units and say step by step who is left out and why.

    `assigned` (N,) is the analysed date per unit. Units with a blank date are out unless
    `blank_is_never`. With `level` "cluster" the clusters become the units and their mean per
    person the outcome.
    """
    if blank_is_never:
        assigned = np.where(np.isnan(assigned), NEVER, assigned)
    steps: list[AccountStep] = []
    keep = np.ones(len(panel.units), bool)
    n_periods = len(panel.period_labels)
    for step, mark, why in (
        (PART_OF_THE_DRAW, ~np.isnan(assigned), "no assigned date: was not part of the draw"),
        (
            PRESENT_THROUGHOUT,
            panel.present.all(axis=1),
            "joined after the first period or left before the last",
        ),
    ):
        before, keep = keep, keep & mark
        if before.sum() != keep.sum():
            steps.append(
                AccountStep(
                    step,
                    int(panel.present[before].sum()),
                    int(panel.present[keep].sum()),
                    int(before.sum()),
                    int(keep.sum()),
                    why,
                )
            )
    due = assigned[keep]
    stratum, strata = _codes(panel.strata, keep)
    sample = Sample(
        outcomes={name: y[keep] for name, y in panel.counts.items()},
        exposure=None if panel.exposure is None else panel.exposure[keep],
        wave=np.where(due > n_periods, NEVER, due),
        due=due,
        stratum=stratum,
        strata=strata,
        n_people=int(keep.sum()),
        events={name: int(y[keep].sum()) for name, y in panel.counts.items()},
        group=None if panel.cluster is None else _codes(panel.cluster, keep)[0],
    )
    if level == "cluster" and panel.cluster is not None:
        sample = _cluster_means(sample, _codes(panel.cluster, keep)[0])
        steps.append(
            AccountStep(
                "clusters become the units",
                int(keep.sum()) * n_periods,
                sample.n_units * n_periods,
                int(keep.sum()),
                sample.n_units,
                "whole clusters were assigned; the outcome is their mean per person",
            )
        )
    return sample, steps


def _codes(
    labels: NDArray[np.object_] | None, keep: NDArray[np.bool_]
) -> tuple[Ints, tuple[str, ...]]:
    """Number the labels of the kept units; a blank one is a label of its own."""
    if labels is None:
        return np.zeros(int(keep.sum()), np.int64), ("",)
    texts = ["(blank)" if label is None else str(label) for label in labels[keep]]
    names, codes = np.unique(texts, return_inverse=True)
    return codes.astype(np.int64), tuple(map(str, names))


def _cluster_means(sample: Sample, cluster: Ints) -> Sample:
    sizes = np.bincount(cluster)
    first = np.unique(cluster, return_index=True)[1]

    def mean(y: Floats) -> Floats:
        total = np.zeros((len(sizes), y.shape[1]))
        np.add.at(total, cluster, y)
        return np.asarray(total / sizes[:, None], np.float64)

    return replace(
        sample,
        outcomes={name: mean(y) for name, y in sample.outcomes.items()},
        exposure=None if sample.exposure is None else mean(sample.exposure),
        wave=sample.wave[first],
        due=sample.due[first],
        stratum=sample.stratum[first],
        group=None,
    )
