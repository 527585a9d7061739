"""Showing officers by name: only when asked, and never without a trace."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from stepdown.evaluation.same_scene.columns import OPTIONS
from stepdown.evaluation.same_scene.ids import read_ids
from stepdown.evaluation.same_scene.results import Names
from stepdown.incidents.cells import blank_cells
from stepdown.incidents.faults import faulty_rows, first_few
from stepdown.incidents.tables import read_table
from stepdown.problems import InputProblems, Problem

LOG = "names.log"
COLUMN = "name"


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked for names, when and why; `roster` has a column of officers and one of names."""

    roster: Path
    why: str
    by: str
    when: datetime


def read_names(asked: Asked, officer: str) -> tuple[dict[int, str], Names]:
    """Read names by officer, and what is recorded of it.

    Raises InputProblems for a roster that cannot be used, or when no reason is given.
    """
    problems = []
    if not asked.why.strip():
        problems.append(
            Problem("--why", "no reason", "why names are needed, in a sentence", "give --why TEXT")
        )
    table = read_table(asked.roster, [officer, COLUMN])
    problems += table.missing([officer, COLUMN], OPTIONS)
    if problems:
        raise InputProblems("names", problems)
    ids, problems = read_ids(table, officer, "officer")
    blank = blank_cells(table.columns[COLUMN])
    problems += faulty_rows(table, COLUMN, blank, "a name", "fill it in, or leave the row out")
    twice = np.unique(ids, return_counts=True)
    if (twice[1] > 1).any():
        again = first_few([str(i) for i in twice[0][twice[1] > 1].tolist()])
        where = f"{table.name}, column '{officer}'"
        problems.append(
            Problem(where, f"more than one row for {again}", "one row for each officer",
                    "keep the right one")
        )  # fmt: skip
    if problems:
        raise InputProblems("names", problems)
    names = dict(zip(ids.tolist(), map(str, table.columns[COLUMN].tolist()), strict=True))
    return names, Names(
        when=asked.when.isoformat(timespec="seconds"),
        by=asked.by,
        why=asked.why.strip(),
        roster_sha256=table.sha256,
    )


def log_names(names: Names, data_sha256: str, folder: Path) -> Path:
    """Add a line to names.log in `folder`, on disk before names are shown; return its path.

    `data_sha256` is of the file whose officers are named.
    """
    path = folder / LOG
    line = {**names.model_dump(), "data_sha256": data_sha256}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        problem = Problem(
            str(path), error.strerror or str(error), "a log that can be written",
            "without a log no names are shown: name another folder with --out",
        )  # fmt: skip
        raise InputProblems(LOG, [problem]) from None
    return path
