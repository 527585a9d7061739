"""`results.json`: written whole or not at all."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from stepdown.evaluation.results import Results
from stepdown.problems import InputProblems, Problem
from stepdown.whole_file import write_whole

NAME = "results.json"


def write_results(results: Results, folder: Path) -> Path:
    """Write results.json into `folder`, made if needed, and return its path."""
    return write_whole(folder / NAME, (results.model_dump_json(indent=2) + "\n").encode())


def read_results(path: Path) -> Results:
    """Read results.json back. Raises InputProblems when it is not one."""
    try:
        return Results.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        detail = str(error).splitlines()[0]
        problem = Problem(
            str(path), detail, "a results.json written by Stepdown", "evaluate the study again"
        )
        raise InputProblems(path.name, [problem]) from None
