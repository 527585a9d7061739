"""Design checks: mistakes in a plan or its data that would make every number wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stepdown.evaluation.results import BreakAt
from stepdown.evaluation.sample import Sample, draw_sample
from stepdown.evaluation.study import Break, Design, Outcome
from stepdown.evaluation.study_file import StudyFile, death_outcomes
from stepdown.incidents.panel import AccountStep, Floats, Panel
from stepdown.incidents.periods import position_of
from stepdown.problems import Problem

SHOWN = 5
"""Examples named in a problem that many units share."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A panel that has been checked against its plan. `sample` is None when it cannot be drawn."""

    sample: Sample | None
    account: list[AccountStep]
    breaks: list[BreakAt]
    problems: list[Problem]


def check_design(
    study_file: StudyFile, panel: Panel, design: Design | None, outcomes: dict[int, Outcome]
) -> Checked:
    """Check everything about the design that the data can contradict.

    `outcomes` are keyed by their place in the file. Nothing is raised: problems are returned.
    """
    problems = list(_deaths(study_file, panel))
    problems += _all_zero(study_file, panel, outcomes)
    problems += _impossible_sizes(study_file, panel, outcomes)
    if design is None:
        return Checked(None, [], [], problems)
    breaks, wrong = _breaks(study_file, panel, design.breaks)
    problems += wrong
    dates = analysed_dates(panel)
    if dates is None or not panel.counts:
        return Checked(None, [], breaks, problems)
    problems += _dates(study_file, panel, dates, design)
    mixed = list(_mixed_clusters(study_file, panel, dates, design))
    if mixed:
        return Checked(None, [], breaks, problems + mixed)
    # Units with impossible dates have been reported: the waves of the others are checked as well.
    possible = np.where(dates <= 1, np.nan, dates)
    sample, account = draw_sample(
        panel, possible, level=design.level, blank_is_never=design.unassigned == "never"
    )
    problems += _waves(study_file, panel, sample)
    return Checked(sample, account, breaks, problems)


def analysed_dates(panel: Panel) -> Floats | None:
    """Pick the date that is analysed: the assigned one (intention to treat), else the actual."""
    return panel.assigned if panel.assigned is not None else panel.trained


def _deaths(study_file: StudyFile, panel: Panel) -> Iterator[Problem]:
    for place, outcome in death_outcomes(study_file):
        counts = panel.counts.get(outcome.name)
        total = f"{int(counts.sum())} in the data" if counts is not None else "not in the data"
        yield Problem(
            study_file.where("outcomes", place, "name"),
            f"deaths as an outcome ({outcome.name}: {total})",
            "deaths as counts only: they are too rare for an effect of one agency to be told from "
            "chance, and no published trial had the power",
            f"move `{outcome.name}` to `counts_only`; the briefing then shows the counts",
        )


def _all_zero(
    study_file: StudyFile, panel: Panel, outcomes: dict[int, Outcome]
) -> Iterator[Problem]:
    for place, outcome in outcomes.items():
        counts = panel.counts.get(outcome.name)
        if counts is not None and not counts.any():
            yield Problem(
                study_file.where("outcomes", place, "name"),
                f"`{outcome.name}` is zero for every unit in every period",
                "at least some events",
                "check the column and how it was filled; an outcome without events has no effect",
            )


def _impossible_sizes(
    study_file: StudyFile, panel: Panel, outcomes: dict[int, Outcome]
) -> Iterator[Problem]:
    """Find absolute smallest effects larger than everything that is counted."""
    for place, outcome in outcomes.items():
        counts = panel.counts.get(outcome.name)
        if counts is None or outcome.is_relative or not panel.present.any():
            continue
        mean = float(counts[panel.present].mean())
        if 0 < mean < abs(float(outcome.yardstick)):
            yield Problem(
                study_file.where(
                    "outcomes", place, "margin" if outcome.role == "safety" else "smallest_effect"
                ),
                f"{outcome.yardstick} per unit and period, where the mean is {mean:.3g}",
                "a size below the mean, or a percentage",
                f"for a percentage write {outcome.yardstick}%",
            )


def _breaks(
    study_file: StudyFile, panel: Panel, breaks: list[Break]
) -> tuple[list[BreakAt], list[Problem]]:
    found, problems = [], []
    labels = panel.period_labels
    for n, brk in enumerate(breaks):
        position = _position(brk.period, labels)
        if position is None:
            problems.append(
                Problem(
                    study_file.where("design", "breaks", n, "period"),
                    f"period {brk.period}",
                    f"a period after the first, {labels[0]}, and up to {labels[-1]}",
                    "name the first period that was recorded in the new way, or remove the break",
                )
            )
        else:
            found.append(BreakAt(label=labels[position - 1], period=position, note=brk.note))
    return found, problems


def _position(label: str, labels: tuple[str, ...]) -> int | None:
    """Find a period after the first by its label; None if it is not in the data."""
    try:
        position = position_of(label, labels)
    except ValueError:
        return None
    return int(position) if 2 <= position <= len(labels) else None


def _dates(study_file: StudyFile, panel: Panel, dates: Floats, design: Design) -> Iterator[Problem]:
    place = _table(study_file)
    blank = np.isnan(dates)
    if blank.any() and design.unassigned is None:
        yield Problem(
            study_file.where(*place, "assigned"),
            f"no date for {_examples(panel, blank)}",
            "a date for every unit, `never` for units held back, or a rule for blanks",
            "under design, say `unassigned: never` (held back to the end) or "
            "`unassigned: exclude` (not part of the draw)",
        )
    early = dates <= 1
    if early.any():
        yield Problem(
            study_file.where(*place, "assigned"),
            f"assigned in or before the first period ({panel.period_labels[0]}): "
            f"{_examples(panel, early)}",
            "at least one period before each unit's training",
            "add earlier periods to the data, or leave these units out of the files; for units "
            "held back write `never`, not 0",
        )
    if (np.isfinite(dates) & (dates <= len(panel.period_labels)) & (dates > 1)).sum() == 0:
        yield Problem(
            study_file.where(*place, "assigned"),
            f"nobody is assigned between {panel.period_labels[0]} and {panel.period_labels[-1]}",
            "units trained inside the window of the data",
            "check that assigned dates and periods are written in the same way",
        )


def _mixed_clusters(
    study_file: StudyFile, panel: Panel, dates: Floats, design: Design
) -> Iterator[Problem]:
    if design.level != "cluster" or panel.cluster is None:
        return
    known = np.array([c is not None for c in panel.cluster])
    if not known.all():
        yield Problem(
            study_file.where(*_table(study_file), "cluster"),
            f"no cluster for {_examples(panel, ~known)}",
            "a cluster for every unit when clusters were randomized",
            "fill the cluster, or leave these units out of the files",
        )
        return
    for what, values in (("assigned date", dates), ("stratum", panel.strata)):
        if values is None:
            continue
        text = np.array([str(v) for v in values], dtype=str)
        pairs = np.unique(np.stack([panel.cluster.astype(str), text], axis=1), axis=0)
        names, times = np.unique(pairs[:, 0], return_counts=True)
        mixed = names[times > 1]
        if len(mixed):
            yield Problem(
                study_file.where("design", "level"),
                f"clusters with more than one {what}: {_some(list(mixed))}",
                f"one {what} for everybody in a cluster that was drawn as a whole",
                "use the date drawn for the cluster, or level: unit if single units were drawn",
            )


def _waves(study_file: StudyFile, panel: Panel, sample: Sample) -> Iterator[Problem]:
    where = study_file.where(*_table(study_file), "assigned")
    if sample.n_units == 0:
        yield Problem(
            where,
            "no unit is left: none has a date and is present in every period",
            "units observed from the first to the last period",
            "shorten the window, or add the missing rows",
        )
        return
    if sample.n_periods < 2:
        yield Problem(
            where, "one period", "at least two periods", "add the periods before training"
        )
        return
    waves, sizes = np.unique(sample.wave, return_counts=True)
    if not np.isfinite(waves[0]):
        return  # nobody is trained in the window, which has been reported
    if len(waves) < 2:
        yield Problem(
            where,
            f"one cohort: everybody analysed is assigned to {_wave_label(waves[0], panel)}",
            "at least two waves, or units held back",
            "without a comparison no effect can be estimated; add the untrained units",
        )
        return
    single = [_wave_label(w, panel) for w in waves[sizes < 2]]
    if single:
        yield Problem(
            where,
            f"cohorts of one unit: {_some(single)}",
            "at least two units in every wave, or its chance variation cannot be estimated",
            "leave the unit out of the files, or merge it into the wave it was drawn with",
        )
    yield from _strata(study_file, panel, sample, waves)


def _strata(
    study_file: StudyFile, panel: Panel, sample: Sample, waves: Floats
) -> Iterator[Problem]:
    if len(sample.strata) < 2:
        return
    names = sample.strata
    table = np.zeros((len(names), len(waves)), int)
    np.add.at(table, (sample.stratum, np.searchsorted(waves, sample.wave)), 1)
    thin = [
        f"{names[s]} has {table[s, w] or 'no'} unit{'' if table[s, w] == 1 else 's'} in "
        f"{_wave_label(waves[w], panel)}"
        for s, w in np.argwhere(table < 2)
    ]
    if thin:
        yield Problem(
            study_file.where(*_table(study_file), "strata"),
            f"empty or single-unit strata: {_some(thin)}",
            "at least two units of every wave in every stratum",
            "merge small strata in the way the draw allows, or leave out the stratum",
        )


def _wave_label(wave: float, panel: Panel) -> str:
    if not np.isfinite(wave):
        return "later or never"
    return panel.period_labels[int(wave) - 1]


def _table(study_file: StudyFile) -> tuple[str, ...]:
    return ("data", "people") if hasattr(study_file.data, "people") else ("data",)


def _examples(panel: Panel, mark: NDArray[np.bool_]) -> str:
    names = [str(u) for u in panel.units[mark][:SHOWN]]
    more = int(mark.sum()) - len(names)
    return f"{', '.join(names)}" + (f" and {more:,} more" if more > 0 else "")


def _some(texts: list[str]) -> str:
    more = len(texts) - SHOWN
    return ", ".join(map(str, texts[:SHOWN])) + (f" and {more} more" if more > 0 else "")
