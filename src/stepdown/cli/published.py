"""What a study asks to be read beside: published evidence handed to the evaluation as values."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from stepdown.problems import InputProblems, Problem

if TYPE_CHECKING:
    from stepdown.evaluation.beside import Belief, Span
    from stepdown.evidence.priors import Published


def beliefs_for(study: Path) -> dict[str, tuple[Belief, ...]]:
    """Return the three beliefs for every outcome of the study file that names its kind."""
    from stepdown.evaluation.beside import Belief

    return {
        name: tuple(Belief(b.name, b.mean, b.sd, b.how, b.rows) for b in found.beliefs)
        for name, found in _found(study)
    }


def spans_for(study: Path) -> dict[str, Span]:
    """Return the span of published effects for every outcome that names its kind."""
    from stepdown.evaluation.beside import Span

    return {name: Span(f.low, f.high, len(f.sized), len(f.nulls)) for name, f in _found(study)}


def _found(study: Path) -> Iterator[tuple[str, Published]]:
    """Yield what was published by outcome; raises InputProblems for kinds nobody knows."""
    from stepdown.evaluation.study_file import read_study

    file = read_study(study)
    outcomes = file.study.outcomes if file.study else []
    asked = [(n, o.name, o.published) for n, o in enumerate(outcomes) if o.published]
    if not asked:
        return
    from stepdown.cli.evidence import load
    from stepdown.evidence.priors import published
    from stepdown.evidence.vocabulary import OUTCOMES, SECTOR_WORDS

    evidence = load()
    problems = []
    results = []
    for place, name, kind in asked:
        wrong = False
        for field, given, known in (
            ("sector", kind.sector, tuple(SECTOR_WORDS)),
            ("outcome", kind.outcome, tuple(o for o in OUTCOMES if o != "none")),
        ):
            if given not in known:
                wrong = True
                problems.append(
                    Problem(
                        file.where("outcomes", place, "published", field),
                        given,
                        f"one of {', '.join(known)}",
                        "name one of these; see them: stepdown evidence",
                    )
                )
        if not wrong and (found := published(evidence, kind.outcome, kind.sector)) is not None:
            results.append((name, found))
    if problems:
        raise InputProblems(study.name, problems)
    yield from results
