"""Do published results come out again? Rerun the evaluation and compare every value."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stepdown.evaluation.beside import Belief
from stepdown.evaluation.evaluate import evaluate_study
from stepdown.evaluation.results import Results
from stepdown.evaluation.results_file import read_results
from stepdown.problems import InputProblems, Problem
from stepdown.progress import Progress, silent

TOLERANCE = 1e-8
"""Relative difference up to which two numbers are the same: other processors round otherwise."""

_NOT_COMPARED = ("provenance.packages", "provenance.stepdown_version")


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that came out otherwise."""

    where: str
    published: str
    now: str


def verify(
    results: Path,
    study: Path | None = None,
    *,
    workers: int = 1,
    progress: Progress = silent,
) -> list[Difference]:
    """Rerun the evaluation behind a results.json and return what differs; nothing if it holds.

    `study` is looked for beside the results, above them and here if it is not given. Raises
    InputProblems when the results, the study file or its data cannot be read.
    """
    published = read_results(results)
    made = published.provenance
    places = (results.parent, results.parent / "data", results.parent.parent, Path())
    path = study or _found(made.study_file, places)
    beliefs = {
        o.name: tuple(Belief(b.name, b.mean, b.sd, b.how, tuple(b.rows)) for b in o.beliefs)
        for o in published.outcomes
    }
    again = evaluate_study(
        path,
        draws=made.draws,
        seed=made.seed,
        workers=workers,
        beliefs=beliefs,
        progress=progress,
    )
    return list(differences(published, again))


def differences(published: Results, now: Results) -> Iterator[Difference]:
    """Compare two results value by value; versions of programs may differ."""
    yield from _compare("", published.model_dump(mode="json"), now.model_dump(mode="json"))


def _compare(where: str, published: Any, now: Any) -> Iterator[Difference]:
    if where in _NOT_COMPARED:
        return
    if isinstance(published, dict) and isinstance(now, dict):
        for key in dict.fromkeys((*published, *now)):
            inside = f"{where}.{key}" if where else key
            yield from _compare(inside, published.get(key), now.get(key))
    elif isinstance(published, list) and isinstance(now, list) and len(published) == len(now):
        for place, pair in enumerate(zip(published, now, strict=True)):
            yield from _compare(f"{where}[{place}]", *pair)
    elif not _same(published, now):
        yield Difference(where, _shown(published), _shown(now))


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) or isinstance(other, float):
        numbers = isinstance(one, int | float) and isinstance(other, int | float)
        return numbers and math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=1e-12)
    return bool(one == other)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:117]}..."


def _found(name: str, places: Iterable[Path]) -> Path:
    tried = [place / name for place in places]
    for path in tried:
        if path.is_file():
            return path
    problem = Problem(
        name, "not beside the results", "the study file that they were made from",
        "name it: stepdown evaluate STUDY --verify RESULTS",
    )  # fmt: skip
    raise InputProblems(name, [problem])
