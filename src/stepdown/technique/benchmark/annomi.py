"""AnnoMI: expert-coded motivational interviewing. For evaluation only: it has no licence.

Wu and others 2023, Future Internet 15(3), 110, doi 10.3390/fi15030110.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from stepdown.problems import InputProblems, Problem
from stepdown.technique.benchmark.measures import left_out_auc, macro_f1, unpunctuated
from stepdown.technique.outputs import GROUPS
from stepdown.technique.said_before import said_before

Probabilities = Mapping[str, float]
CodeMany = Callable[[Sequence[str], Sequence[str | None]], Sequence[Probabilities]]

COLUMNS = (
    "mi_quality", "transcript_id", "video_url", "utterance_id", "interlocutor", "utterance_text",
    "question_exists", "reflection_exists", "main_therapist_behaviour",
)  # fmt: skip
_MAIN = {"therapist_input": "input"}
# With the four behaviours weighed equally, the tuning scenes of our own corpus are served equally
# well by anything from 0.3 to 0.75 (balanced accuracy 0.776 to 0.781); 0.35 is among the best.
MAIN_FROM = 0.35


@dataclass(frozen=True, slots=True)
class Utterance:
    """One turn of a therapist with what most annotators said of it."""

    transcript: str
    video: str
    high: bool
    text: str
    previous: str | None
    question: bool
    reflection: bool
    main: str


@dataclass(frozen=True, slots=True)
class Talk:
    """One transcript: who said how many words, to see what length alone tells."""

    therapist_words: int
    client_words: int
    therapist_turns: int


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [c for c in COLUMNS if c not in (reader.fieldnames or ())]
            rows = [] if missing else list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        problem = Problem(str(path), str(error), "an AnnoMI-full CSV in UTF-8", "check the path")
        raise InputProblems(str(path), [problem]) from error
    if missing:
        problem = Problem(
            f"{path}: header", f"no column {', '.join(missing)}",
            "the columns of AnnoMI-full: " + ", ".join(COLUMNS), "give the file AnnoMI-full.csv",
        )  # fmt: skip
        raise InputProblems(str(path), [problem])
    return rows


def _majority(votes: list[str]) -> str:
    counts = Counter(vote for vote in votes if vote)
    return min(counts, key=lambda v: (-counts[v], v)) if counts else ""


def _yes(votes: list[str]) -> bool:
    return 2 * sum(vote.strip().lower() in {"true", "1"} for vote in votes) > len(votes)


def read_annomi(path: Path) -> tuple[list[Utterance], dict[str, Talk]]:
    """Read an AnnoMI-full CSV: therapist utterances by majority vote, and talk per transcript."""
    grouped: dict[tuple[str, int], list[dict[str, str]]] = defaultdict(list)
    problems = []
    for number, row in enumerate(_rows(path), start=2):
        if (row["utterance_id"] or "").strip().isdigit():
            grouped[row["transcript_id"], int(row["utterance_id"])].append(row)
        else:
            problems.append(
                Problem(f"{path}: row {number}, utterance_id", repr(row["utterance_id"]),
                        "a whole number", "restore the row from the published file")
            )  # fmt: skip
    if problems:
        raise InputProblems(str(path), problems)
    utterances: list[Utterance] = []
    words: dict[str, Counter[str]] = defaultdict(Counter)
    heard: dict[str, list[str]] = defaultdict(list)
    for (transcript, _), rows in sorted(grouped.items()):
        row = rows[0]
        words[transcript][row["interlocutor"]] += len(row["utterance_text"].split())
        words[transcript][row["interlocutor"] + " turns"] += 1
        if row["interlocutor"] != "therapist":
            heard[transcript].append(row["utterance_text"])
            continue
        main = _majority([r["main_therapist_behaviour"] for r in rows])
        utterances.append(
            Utterance(
                transcript, row["video_url"], row["mi_quality"] == "high", row["utterance_text"],
                said_before(heard[transcript]), _yes([r["question_exists"] for r in rows]),
                _yes([r["reflection_exists"] for r in rows]), _MAIN.get(main, main),
            )
        )  # fmt: skip
    talk = {
        name: Talk(count["therapist"], count["client"], count["therapist turns"])
        for name, count in words.items()
    }
    return utterances, talk


def either(given: Probabilities, group: str) -> float:
    """Probability that a code of the group holds: the coder's own, else codes as independent."""
    if f"any {group}" in given:
        return given[f"any {group}"]
    return 1.0 - float(np.prod([1.0 - given[code] for code in GROUPS[group]]))


def main_behaviour(given: Probabilities) -> str:
    """The one thing a turn mostly does: the likeliest group, or other."""
    scores = {name: either(given, name) for name in GROUPS}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] >= MAIN_FROM else "other"


def _by_talk(utterances: Sequence[Utterance]) -> dict[str, list[int]]:
    by_talk: dict[str, list[int]] = defaultdict(list)
    for index, utterance in enumerate(utterances):
        by_talk[utterance.transcript].append(index)
    return by_talk


def sentiment_alone(utterances: Sequence[Utterance], score: Sequence[float]) -> float | None:
    """What the mean of one score per turn tells about the quality of a transcript."""
    by_talk = _by_talk(utterances)
    means = np.array([[np.mean([score[i] for i in rows])] for rows in by_talk.values()])
    first = [utterances[rows[0]] for rows in by_talk.values()]
    return left_out_auc(means, [u.high for u in first], [u.video for u in first])


def _quality(utterances: Sequence[Utterance], given: Sequence[Probabilities]) -> float | None:
    """AUC of transcript quality from four rates: questions, reflections, input, advice."""
    by_talk = _by_talk(utterances)
    rates = [
        [
            *(np.mean([either(given[i], name) for i in rows]) for name in GROUPS),
            np.mean([given[i]["unsolicited_advice"] for i in rows]),
        ]
        for rows in by_talk.values()
    ]
    first = [utterances[rows[0]] for rows in by_talk.values()]
    return left_out_auc(np.array(rates), [u.high for u in first], [u.video for u in first])


def length_alone(utterances: Sequence[Utterance], talk: Mapping[str, Talk]) -> float | None:
    """What talk share and turn length alone tell about the quality of a transcript."""
    first = {u.transcript: u for u in utterances}
    shape = [
        [
            t.therapist_words / max(1, t.therapist_words + t.client_words),
            np.log1p(t.therapist_words / t.therapist_turns),
            np.log1p(t.therapist_words + t.client_words),
        ]
        for t in (talk[name] for name in first)
    ]
    kept = list(first.values())
    return left_out_auc(np.array(shape), [u.high for u in kept], [u.video for u in kept])


def measure(utterances: Sequence[Utterance], code_many: CodeMany) -> dict[str, float | None]:
    """Run one coder over the utterances and return its four measures."""
    given = code_many([u.text for u in utterances], [u.previous for u in utterances])
    said = [(i, u) for i, u in enumerate(utterances) if u.main]
    return {
        "question_macro_f1": macro_f1(
            [u.question for u in utterances], [either(g, "question") >= 0.5 for g in given]
        ),
        "reflection_macro_f1": macro_f1(
            [u.reflection for u in utterances],
            [either(g, "reflection") >= 0.5 for g in given],
        ),
        "four_way_macro_f1": macro_f1(
            [u.main for _, u in said], [main_behaviour(given[i]) for i, _ in said]
        ),
        "quality_auc": _quality(utterances, given),
    }


def stripped(code_many: CodeMany) -> CodeMany:
    """Return the coder as it does on text without punctuation and case."""

    def run(texts: Sequence[str], previous: Sequence[str | None]) -> Sequence[Probabilities]:
        return code_many(
            [unpunctuated(t) for t in texts],
            [None if p is None else unpunctuated(p) for p in previous],
        )

    return run
