"""The written corpus that the coder learns from: one line of a responder per record."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from stepdown.problems import InputProblems, Problem
from stepdown.technique.codebook import CODES

Sector = Literal[
    "police",
    "emergency department",
    "psychiatric ward",
    "school",
    "shop",
    "transit",
    "home",
    "phone",
]
Split = Literal["train", "tune", "test"]
TUNE_SHARE, TEST_SHARE = 0.12, 0.12


class Line(BaseModel):
    """One turn of a responder, what was said before it, and how it was coded.

    `labels` hold every code, the main one first. `effect` is the writer's judgement of how the line
    would work on this person at this moment, from -2 (clearly worse) to 2 (clearly helps).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    scene: str
    sector: Sector
    person: str
    arousal: Literal["calm", "tense", "upset", "angry", "furious"]
    responder: Literal["skilled", "clumsy", "mixed", "hostile"]
    previous: str | None
    text: str = Field(min_length=1)
    labels: tuple[str, ...]
    effect: int = Field(ge=-2, le=2)

    @field_validator("labels")
    @classmethod
    def _known(cls, labels: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [label for label in labels if label not in CODES]
        if unknown or len(set(labels)) < len(labels):
            raise ValueError(f"labels unknown or given twice: {labels}")
        return labels

    @property
    def split(self) -> Split:
        """The part of the corpus that the whole scene belongs to."""
        return split_of(self.scene)


def split_of(scene: str) -> Split:
    """Assign a scene to a part by its name alone, so that no scene is ever in two."""
    place = int.from_bytes(hashlib.sha256(scene.encode()).digest()[:8], "big") / 2**64
    if place < TEST_SHARE:
        return "test"
    return "tune" if place < TEST_SHARE + TUNE_SHARE else "train"


def second_coding() -> dict[str, tuple[str, ...]]:
    """Return what the blind second coder gave, by id of the line; empty where there is none yet."""
    file = files("stepdown.technique").joinpath("corpus").joinpath("second_coding.json")
    if not file.is_file():
        return {}
    given: dict[str, list[str]] = json.loads(file.read_text(encoding="utf-8"))
    return {line: tuple(labels) for line, labels in given.items()}


def read_corpus() -> tuple[Line, ...]:
    """Read the corpus that ships with this version; every bad record is named at once."""
    lines, problems = [], []
    folder = files("stepdown.technique").joinpath("corpus")
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if not file.name.endswith(".jsonl"):
            continue
        for number, row in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            try:
                lines.append(Line.model_validate_json(row))
            except ValidationError as error:
                problems += [
                    Problem(f"{file.name}: line {number}, {'.'.join(map(str, e['loc']))}",
                            repr(e["input"])[:80], e["msg"], "correct the record")
                    for e in error.errors()
                ]  # fmt: skip
    if problems:
        raise InputProblems("the corpus", problems)
    return tuple(lines)
