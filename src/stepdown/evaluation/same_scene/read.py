"""One table, a row for each officer at each incident → scenes, or everything wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from stepdown.evaluation.same_scene.columns import OPTIONS, Columns
from stepdown.evaluation.same_scene.ids import read_ids
from stepdown.evaluation.same_scene.levels import read_levels
from stepdown.evaluation.same_scene.likelihood import count_states
from stepdown.evaluation.same_scene.network import pieces
from stepdown.evaluation.same_scene.options import Options
from stepdown.evaluation.same_scene.scenes import Scenes, informative, keep_rows, pack
from stepdown.evaluation.same_scene.training_data import TrainingData, read_training, told_apart
from stepdown.incidents.faults import first_few
from stepdown.incidents.panel import SourceFile
from stepdown.incidents.tables import Table, read_table
from stepdown.problems import InputProblems, Problem

MOST_CELLS = 5_000_000
"""Officers times states of the largest scenes; 30 officers at 6 levels need 240,000."""


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

    `labels` name the levels, lowest first. `whole` are all scenes before any are dropped;
    `witnesses` says whether those who used no force are in them, as far as can be known.
    """

    whole: Scenes
    scenes: Scenes
    labels: tuple[str, ...]
    witnesses: bool
    training: TrainingData | None
    account: tuple[Step, ...]
    warnings: tuple[str, ...]
    source: SourceFile


def read_scenes(path: Path, options: Options) -> Reading:
    """Read scenes from a CSV, Parquet, Excel or R data file.

    `options.levels` name the levels in ascending order; without it they are the whole numbers in
    the file. With `force_users_only`, officers at the lowest level, which must be 0 or named, are
    left out, and everything is conditional on having used force. Raises InputProblems with
    everything that is wrong.
    """
    columns, levels, force_users_only = options.columns, options.levels, options.force_users_only
    table = read_table(path, columns.wanted(), options.sheet)
    problems = table.missing(columns.wanted(), OPTIONS)
    if problems:
        raise InputProblems(path.name, problems)
    problems += columns.repeated()
    level, labels, found = read_levels(table, columns.level, levels, force_users_only)
    problems += found
    incident, found = read_ids(table, columns.incident, "incident")
    problems += found
    officer, found = read_ids(table, columns.officer, "officer")
    problems += found
    training, found = read_training(table, columns, incident, officer)
    problems += found
    whole = pack(incident, officer, level, max(len(labels), 2))
    problems += _twice(table, columns, whole)
    scenes, account = _account(whole, force_users_only)
    notes = _notes(whole, scenes)
    if levels is None and labels and labels[0] != "0":
        notes.append(
            f"level {labels[0]} is taken for no force: if it is not, and only officers who used "
            f"force are in the file, say --force-users-only --levels none,{','.join(labels)}; if "
            f"it is, --levels {','.join(labels)}"
        )
    if training is not None and not problems:
        problems += told_apart(training, scenes, table.name)
    if scenes.n_scenes == 0 and not problems:
        problems.append(_nothing_left(path.name))
    if _cells(scenes) > MOST_CELLS:
        problems.append(_too_large(path.name, scenes))
    if problems:
        raise InputProblems(path.name, problems, tuple(notes))
    return Reading(
        whole=whole,
        scenes=scenes,
        labels=labels[1:] if force_users_only else labels,
        witnesses=_witnesses(whole, levels, labels),
        training=training,
        account=account,
        warnings=tuple(notes),
        source=table.source_file,
    )


def _witnesses(whole: Scenes, levels: tuple[str, ...] | None, labels: tuple[str, ...]) -> bool:
    """Say whether those who used no force are known to be in the file."""
    told = levels is not None or labels[0] == "0"
    return told and bool((whole.level == 0).any())


def _cells(scenes: Scenes) -> int:
    if scenes.n_scenes == 0:
        return 0
    states = count_states(scenes.start, scenes.level, scenes.levels)
    return int(states * (1 + scenes.sizes.max()))


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


def _notes(whole: Scenes, told: Scenes) -> list[str]:
    """Say what is noticed of all scenes, and of those that say something."""
    notes = []
    alone = int((whole.sizes == 1).sum())
    if alone:
        notes.append(f"scenes with a single officer, which compare nobody: {alone:,}")
    if told.n_scenes:
        count = int(pieces(told).max()) + 1
        if count > 1:
            notes.append(
                f"the officers fall into {count:,} pieces that share no scene: between pieces "
                "no scene supports a comparison"
            )
    return notes


def _account(whole: Scenes, force_users_only: bool) -> tuple[Scenes, tuple[Step, ...]]:
    steps = [_step("in the file", whole)]
    left = whole
    if force_users_only:
        used = keep_rows(left, left.level > 0)
        # Among those who used force the lowest level of force is the one to start from.
        left = replace(used, level=used.level - 1, levels=used.levels - 1)
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
