"""What is known on each rung, in plain words with their rows."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from ruamel.yaml import YAML

from stepdown.evidence.claims import fill
from stepdown.evidence.table import Evidence


@dataclass(frozen=True, slots=True)
class Words:
    """A text and the rows its figures come from."""

    text: str
    rows: tuple[str, ...]


def rung_words(evidence: Evidence) -> dict[str, Words]:
    """Return the words for every rung by its name."""
    return _written("rungs.yaml", evidence)


def review_words(evidence: Evidence) -> dict[str, Words]:
    """Return what reviews of many studies say, by what they are about."""
    return _written("reviews.yaml", evidence)


def _written(name: str, evidence: Evidence) -> dict[str, Words]:
    text = files("stepdown.evidence").joinpath(name).read_text("utf-8")
    written: dict[str, str] = YAML(typ="safe", pure=True).load(text)
    return {about: Words(*fill(words, evidence)) for about, words in written.items()}
