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
    text = files("stepdown.evidence").joinpath("rungs.yaml").read_text("utf-8")
    written: dict[str, str] = YAML(typ="safe").load(text)
    return {rung: Words(*fill(words, evidence)) for rung, words in written.items()}
