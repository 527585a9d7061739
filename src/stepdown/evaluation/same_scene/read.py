"""One table, a row for each officer at each incident → scenes, or everything wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stepdown.evaluation.same_scene.columns import OPTIONS, Columns
from stepdown.evaluation.same_scene.levels import read_levels
from stepdown.evaluation.same_scene.likelihood import count_states
from stepdown.evaluation.same_scene.network import pieces
from stepdown.evaluation.same_scene.scenes import Scenes, informative, keep_rows, pack
from stepdown.evaluation.same_scene.training_data import TrainingData, read_training
from stepdown.incidents.cells import blank_cells
from stepdown.incidents.faults import as_numbers, faulty_rows, first_few
from stepdown.incidents.panel import SourceFile
from stepdown.incidents.tables import Table, read_table
from stepdown.problems import InputProblems, Problem

MOST_STATES = 200_000
"""A scene with more states than this would take all memory; 30 officers at 6 levels need 7,776."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step from the file to the analysed scenes, and why rows were left out there."""

    why: str
    rows: int
    scenes: int
    officers: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: all scenes, those that say something, and what was left out why.

    `labels` name the levels, lowest first. `whole` are all scenes before any are dropped.
    """

    whole: Scenes
    scenes: Scenes
    labels: tuple[str, ...]
    training: TrainingData | None
    account: tuple[Step, ...]
    warnings: tuple[str, ...]
    source: SourceFile


def read_scenes(
    path: Path,
    columns: Columns,
    levels: tuple[str, ...] | None = None,
    force_users_only: bool = False,
    sheet: str | None = None,
) -> Reading:
    """Read scenes from a CSV, Parquet, Excel or R data file.

    `levels` name the levels in ascending order; without it they are the whole numbers in the
    file. With `force_users_only`, officers at the lowest level are left out, and everything is
    conditional on having used force. Raises InputProblems with everything that is wrong.
    """
    table = read_table(path, columns.wanted(), sheet)
    problems = table.missing(columns.wanted(), OPTIONS)
    if problems:
        raise InputProblems(path.name, problems)
    level, labels, found = read_levels(table, columns.level, levels, force_users_only)
    problems += found
    problems += [
        *_ids(table, columns.incident, "incident"),
        *_ids(table, columns.officer, "officer"),
    ]
    training, found = read_training(table, columns)
    problems += found
    whole = _scenes(table, columns, level, len(labels))
    problems += _twice(table, columns, whole)
    notes = _notes(whole)
    scenes, account = _account(whole, force_users_only)
    if scenes.n_scenes == 0 and not problems:
        problems.append(_nothing_left(path.name))
    if scenes.n_scenes and count_states(scenes.start, scenes.level, len(labels)) > MOST_STATES:
        problems.append(_too_large(path.name, scenes))
    if problems:
        beside = [Problem(path.name, note, "nothing to correct",
                          "such scenes are left out, such pieces compared within themselves only")
                  for note in notes]  # fmt: skip
        raise InputProblems(path.name, [*problems, *beside])
    return Reading(whole, scenes, labels, training, account, tuple(notes), table.source_file)


def _ids(table: Table, column: str, what: str) -> list[Problem]:
    cells = table.columns[column]
    numbers = as_numbers(cells)
    blank = blank_cells(cells)
    part = ~blank & ~(np.isfinite(numbers) & (numbers == np.floor(numbers)))
    expected = f"a whole number that stands for the {what} (12 or 12.0)"
    return [
        *faulty_rows(table, column, blank, expected, f"fill in the {what}, or leave the row out"),
        *faulty_rows(
            table, column, part, expected,
            "give each a number of its own; keep the key with the names elsewhere",
        ),
    ]  # fmt: skip


def _whole_numbers(table: Table, column: str) -> NDArray[Any]:
    numbers = as_numbers(table.columns[column])
    fine = np.isfinite(numbers) & (numbers == np.floor(numbers))
    # Rows at fault are reported; here each gets an id of its own, so that it joins nothing.
    alone = -(2**62) - np.arange(numbers.size, dtype=np.int64)
    return np.where(fine, np.where(fine, numbers, 0).astype(np.int64), alone)


def _scenes(table: Table, columns: Columns, level: NDArray[np.int64], levels: int) -> Scenes:
    incident = _whole_numbers(table, columns.incident)
    officer = _whole_numbers(table, columns.officer)
    return pack(incident, officer, level, max(levels, 2))


def _twice(table: Table, columns: Columns, scenes: Scenes) -> list[Problem]:
    key = scenes.scene * scenes.officers.size + scenes.officer
    _, first, counts = np.unique(key, return_index=True, return_counts=True)
    again = first[counts > 1]
    if again.size == 0:
        return []
    named = [
        f"officer {scenes.officers[scenes.officer[r]]} at incident "
        f"{scenes.incidents[scenes.scene[r]]}"
        for r in again[:3].tolist()
    ]
    return [
        Problem(
            f"{table.name}, columns '{columns.incident}' and '{columns.officer}'",
            f"{again.size:,} rows repeat an officer at a scene: {first_few(named, again.size)}",
            "one row for each officer at each incident",
            "keep one row of each, with the highest level that the officer used",
        )
    ]


def _notes(whole: Scenes) -> list[str]:
    notes = []
    alone = int((whole.sizes == 1).sum())
    if alone:
        notes.append(f"scenes with a single officer, which compare nobody: {alone:,}")
    told = informative(whole)
    if told.n_scenes:
        count = int(pieces(told).max()) + 1
        if count > 1:
            notes.append(
                f"the officers fall into {count:,} pieces that share no scene: between pieces "
                "nobody can be compared"
            )
    return notes


def _account(whole: Scenes, force_users_only: bool) -> tuple[Scenes, tuple[Step, ...]]:
    steps = [_step("in the file", whole)]
    left = whole
    if force_users_only:
        left = keep_rows(left, left.level > 0)
        steps.append(_step("without officers who used no force, as asked", left))
    shared = keep_rows(left, (left.sizes > 1)[left.scene])
    if shared.n_scenes < left.n_scenes:
        steps.append(_step("without scenes with a single officer: nobody to compare with", shared))
    told = informative(shared)
    if told.n_scenes < shared.n_scenes:
        steps.append(_step("without scenes where all used the same level: they say nothing", told))
    return told, tuple(steps)


def _step(why: str, scenes: Scenes) -> Step:
    return Step(why, scenes.level.size, scenes.n_scenes, scenes.officers.size)


def _nothing_left(name: str) -> Problem:
    return Problem(
        name,
        "no scene at which two officers used different levels",
        "scenes with two or more officers, some of whom used more force than others",
        "give a row also to officers who were there and used less force or none",
    )


def _too_large(name: str, scenes: Scenes) -> Problem:
    largest = int(scenes.sizes.max())
    return Problem(
        name,
        f"a scene with up to {largest} officers at {scenes.levels} levels",
        "scenes of at most about 30 officers at 6 levels",
        "split events that are no single scene, such as demonstrations, or leave them out",
    )
