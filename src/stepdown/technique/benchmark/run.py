"""Run one benchmark for the shipped coder and for the baselines beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from stepdown.problems import InputProblems, Problem
from stepdown.progress import Progress, silent
from stepdown.technique.benchmark import annomi, polcom
from stepdown.technique.benchmark.baselines import keyword_codes, keyword_score, vader_score
from stepdown.technique.coder import Coder
from stepdown.technique.outputs import OUTPUTS

CORPORA = ("annomi", "polcom")


def run(corpus: str, path: Path, report: Progress = silent) -> dict[str, Any]:
    """Measure the shipped coder and its baselines on AnnoMI or POL-COM, by name."""
    if corpus not in CORPORA:
        problem = Problem("--corpus", repr(corpus), " or ".join(CORPORA), "choose one of them")
        raise InputProblems("the corpus", [problem])
    return _annomi(path, report) if corpus == "annomi" else _polcom(path, report)


def as_given(coder: Coder) -> annomi.CodeMany:
    """Return the coder as a function from turns to everything it puts out, by name."""

    def code_many(
        texts: Sequence[str], previous: Sequence[str | None]
    ) -> Sequence[Mapping[str, float]]:
        found = coder.outputs(texts, previous)
        return [dict(zip(OUTPUTS, row.tolist(), strict=True)) for row in found]

    return code_many


def as_score(coder: Coder) -> polcom.ScoreMany:
    """Return the coder as a function from turns to scores."""
    return lambda texts, previous: [coding.score for coding in coder.code_many(texts, previous)]


def _annomi(path: Path, report: Progress) -> dict[str, Any]:
    utterances, talk = annomi.read_annomi(path)
    ours, cues = as_given(Coder.load()), as_given(Coder.cues_only())
    steps: list[Callable[[], Any]] = [
        lambda: annomi.measure(utterances, ours),
        lambda: annomi.measure(utterances, annomi.stripped(ours)),
        lambda: annomi.measure(utterances, cues),
        lambda: annomi.measure(utterances, keyword_codes),
    ]
    found = _steps(steps, report)
    return {
        **found[0],
        "n": len(utterances),
        "without_punctuation": found[1],
        "baselines": {
            "cues_only": found[2],
            "keyword_list": found[3],
            "vader": {
                "quality_auc": annomi.sentiment_alone(
                    utterances, [vader_score(u.text) for u in utterances]
                )
            },
            "length_alone": {"quality_auc": annomi.length_alone(utterances, talk)},
        },
    }


def _polcom(path: Path, report: Progress) -> dict[str, Any]:
    options = polcom.read_polcom(path)
    texts, previous = [o.speech for o in options], [o.previous for o in options]
    ours, cues = as_score(Coder.load()), as_score(Coder.cues_only())
    steps: list[Callable[[], Any]] = [
        lambda: polcom.measure_all(options, ours),
        lambda: polcom.measure(options, cues(texts, previous)),
        lambda: polcom.measure(options, [vader_score(t) for t in texts]),
        lambda: polcom.measure(options, [keyword_score(t) for t in texts]),
        lambda: polcom.measure(options, [float(len(t)) for t in texts]),
    ]
    found = _steps(steps, report)
    names = ("cues_only", "vader", "keyword_list", "length_alone")
    return {**found[0], "baselines": dict(zip(names, found[1:], strict=True))}


def _steps(steps: Sequence[Callable[[], Any]], report: Progress) -> list[Any]:
    found = []
    for number, step in enumerate(steps, start=1):
        found.append(step())
        report("measuring", number, len(steps))
    return found
