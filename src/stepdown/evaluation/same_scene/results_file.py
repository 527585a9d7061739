"""`same_scene.json`: written whole or not at all."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from stepdown.evaluation.same_scene.results import SameSceneResults
from stepdown.problems import InputProblems, Problem
from stepdown.whole_file import write_whole

NAME = "same_scene.json"


def write_same_scene(results: SameSceneResults, folder: Path) -> Path:
    """Write same_scene.json into `folder`, made if needed, and return its path."""
    return write_whole(folder / NAME, (results.model_dump_json(indent=2) + "\n").encode())


def read_same_scene(path: Path) -> SameSceneResults:
    """Read same_scene.json back. Raises InputProblems when it is not one."""
    try:
        return SameSceneResults.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        detail = str(error).splitlines()[0]
        problem = Problem(
            str(path), detail, "a same_scene.json written by Stepdown", "run same-scene again"
        )
        raise InputProblems(path.name, [problem]) from None
