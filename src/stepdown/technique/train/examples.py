"""Turn lines of the corpus into training examples, each epoch worded a little differently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stepdown.technique.codebook import CODES
from stepdown.technique.outputs import GROUPS, MAIN, main_of
from stepdown.technique.train.spoken import bare, cut_off, opened, risen, stammered
from stepdown.technique.written import Line

BARE_SHARE = 0.42
NO_APOSTROPHE_SHARE = 0.3
NO_PREVIOUS_SHARE = 0.12
OPENER_SHARE = 0.25
STAMMER_SHARE = 0.15
RISING_SHARE = 0.1
CUT_SHARE = 0.2
JOINED_SHARE = 0.12
LONGEST_JOINED = 90
_ALONE = "minimal_encourager"
_ASKS = frozenset({"open_question", "closed_question"})
_BACK = frozenset({"reflection", "emotion_label", "summary"})


@dataclass(frozen=True, slots=True)
class Example:
    """One text with its targets: codes and sums (0 or 1), effect (0 to 1), main group (index)."""

    text: str
    previous: str
    targets: NDArray[np.float32]
    main: int


def targets(labels: tuple[str, ...], effect: int) -> NDArray[np.float32]:
    """Return the target of every output but the main group."""
    codes = [float(code in labels) for code in CODES]
    sums = [float(any(code in labels for code in group)) for group in GROUPS.values()]
    return np.array([*codes, *sums, (effect + 2) / 4], dtype=np.float32)


def plainly(line: Line) -> Example:
    """Return a line as it stands."""
    main = MAIN.index(main_of(line.labels))
    return Example(line.text, line.previous or "", targets(line.labels, line.effect), main)


def joined(line: Line, other: Line) -> Line:
    """Say two lines in one breath; what holds of either holds of both.

    Two lines are joined only if they work the same way, and never two that ask (they would be
    stacked questions, which neither writer coded).
    """
    opposed = line.effect * other.effect < 0
    asks = bool(_ASKS & set(line.labels)) and bool(_ASKS & set(other.labels))
    text = f"{line.text} {other.text}"
    if opposed or asks or len(text.split()) > LONGEST_JOINED:
        return line
    labels = tuple(dict.fromkeys(c for c in (*line.labels, *other.labels) if c != _ALONE))
    effect = max(line.effect, other.effect, key=abs)
    return line.model_copy(update={"text": text, "labels": labels, "effect": effect})


def _said(line: Line, rng: np.random.Generator) -> str:
    """Return the words of a line, perhaps opened, stammered, risen or cut off."""
    text, chance = line.text, rng.random(4)
    gives_back = bool(_BACK & set(line.labels)) and not _ASKS & set(line.labels)
    if gives_back and chance[0] < RISING_SHARE:
        text = risen(text)
    if len(line.labels) == 1 and gives_back and chance[1] < CUT_SHARE:
        text = cut_off(text, rng)
    if chance[2] < STAMMER_SHARE:
        text = stammered(text, rng)
    if chance[3] < OPENER_SHARE and _ALONE not in line.labels:
        text = opened(text, rng)
    return text


def _worded(line: Line, rng: np.random.Generator) -> Example:
    """Return a line as it may be heard, perhaps bare, perhaps without what came before."""
    example, chance = replace(plainly(line), text=_said(line, rng)), rng.random(3)
    if chance[0] < BARE_SHARE:
        apostrophes = bool(chance[1] >= NO_APOSTROPHE_SHARE)
        example = replace(
            example,
            text=bare(example.text, apostrophes=apostrophes),
            previous=bare(example.previous, apostrophes=apostrophes),
        )
    return replace(example, previous="") if chance[2] < NO_PREVIOUS_SHARE else example


def epoch(lines: Sequence[Line], rng: np.random.Generator) -> list[Example]:
    """Return every line once, in a new order: some joined to a like one of the same scene."""
    scenes: dict[str, list[Line]] = {}
    for line in lines:
        scenes.setdefault(line.scene, []).append(line)
    examples = []
    for line in lines:
        said = line
        if rng.random() < JOINED_SHARE:
            for other in rng.choice(len(scenes[line.scene]), size=2):
                if scenes[line.scene][other].id != line.id:
                    said = joined(said, scenes[line.scene][other])
        examples.append(_worded(said, rng))
    return [examples[i] for i in rng.permutation(len(examples))]
