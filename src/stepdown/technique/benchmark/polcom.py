"""POL-COM: police scenarios whose options were scored by their authors (CC BY 4.0).

Only the quoted speech of each option is heard, never its stage directions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from stepdown.problems import InputProblems, Problem
from stepdown.technique.benchmark.measures import auc, unpunctuated, without_length

ScoreMany = Callable[[Sequence[str], Sequence[str | None]], Sequence[float]]
_OPENS = re.compile(r"(?:^|(?<=[\s:(—–-]))['‘\"“](?=\S)")
_CLOSES = re.compile(r"(?<=[\w.,!?…—–-])['’\"”](?=$|[\s.,;:)—–-])")
FEWEST_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Option:
    """What one option lets the officer say, and what its authors thought of it."""

    stage: str
    speech: str
    previous: str | None
    kind: str
    points: float


def speech(text: str) -> str:
    """Return the words in quotation marks, joined; apostrophes inside words open nothing."""
    found, at = [], 0
    while opened := _OPENS.search(text, at):
        begin = opened.end()
        closed = _CLOSES.search(text, begin)
        if closed is None:
            break
        found.append(text[begin : closed.start()].strip())
        at = closed.end()
    return " ".join(part for part in found if len(part) >= FEWEST_LETTERS)


def _stages(path: Path) -> list[dict[str, object]]:
    document = json.loads(path.read_text(encoding="utf-8"))
    stages = document.get("stages") if isinstance(document, dict) else None
    if not isinstance(stages, list):
        raise ValueError("no list 'stages'")
    return [stage for stage in stages if isinstance(stage, dict)]


def _heard(stage: dict[str, object]) -> str | None:
    lines = stage.get("npcDialogue")
    texts = (
        [line.get("text") for line in lines if isinstance(line, dict)]
        if isinstance(lines, list)
        else []
    )
    return next((str(text) for text in reversed(texts) if text), None)


def read_polcom(folder: Path) -> list[Option]:
    """Read every scenario (*.json) of a folder; options without quoted speech are left out."""
    files = sorted(folder.glob("*.json")) if folder.is_dir() else []
    if not files:
        problem = Problem(
            str(folder),
            "no scenario file",
            "a folder of POL-COM scenarios (*.json)",
            "check the path",
        )
        raise InputProblems(str(folder), [problem])
    options, problems = [], []
    for file in files:
        try:
            for number, stage in enumerate(_stages(file), start=1):
                listed = stage.get("options") or []
                for option in listed if isinstance(listed, list) else []:
                    said = speech(str(option["text"]))
                    if said:
                        options.append(
                            Option(
                                f"{file.name}#{number}",
                                said,
                                _heard(stage),
                                str(option["type"]),
                                float(option["points"]),
                            )
                        )
        except (
            OSError,
            UnicodeDecodeError,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
        ) as error:
            problems.append(
                Problem(
                    str(file),
                    f"{type(error).__name__}: {error}",
                    "a POL-COM scenario: stages with options (text, type, points)",
                    "give the folder with the scenario files alone",
                )
            )
    if problems:
        raise InputProblems(str(folder), problems)
    return options


def measure(options: Sequence[Option], scores: Sequence[float]) -> dict[str, float | None]:
    """Hold scores against the authors' judgement: three measures."""
    clear = [i for i, option in enumerate(options) if option.kind in {"positive", "negative"}]
    stages: dict[str, list[int]] = {}
    for index, option in enumerate(options):
        stages.setdefault(option.stage, []).append(index)
    pairs = [
        (a, b) if options[a].points > options[b].points else (b, a)
        for rows in stages.values()
        for a, b in combinations(rows, 2)
        if options[a].points != options[b].points
    ]
    whole = [rows for rows in stages.values() if len(rows) == 4]
    best = [
        max(rows, key=lambda i: scores[i]) == max(rows, key=lambda i: options[i].points)
        for rows in whole
    ]
    ordered = [
        1.0 if scores[a] > scores[b] else 0.5 if scores[a] == scores[b] else 0.0 for a, b in pairs
    ]
    return {
        "pos_neg_auc": auc(
            [options[i].kind == "positive" for i in clear], [scores[i] for i in clear]
        ),
        "stage_pair_accuracy": sum(ordered) / len(ordered) if ordered else None,
        "best_of_four": sum(best) / len(best) if best else None,
    }


def measure_all(options: Sequence[Option], score_many: ScoreMany) -> dict[str, object]:
    """Score the options as they are, without punctuation, and with length partialled out."""
    texts, previous = [o.speech for o in options], [o.previous for o in options]
    scores = list(score_many(texts, previous))
    bare = list(
        score_many(
            [unpunctuated(t) for t in texts],
            [None if p is None else unpunctuated(p) for p in previous],
        )
    )
    words = [len(t.split()) for t in texts]
    return {
        **measure(options, scores),
        "n": len(options),
        "without_punctuation": measure(options, bare),
        "length_partialled": measure(options, without_length(scores, words)),
    }
