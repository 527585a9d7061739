"""What differs between two versions, line by line, with the kind of each change."""

from __future__ import annotations

from dataclasses import dataclass

from stepdown.retention.difference import Difference, Kind


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a difference. `kind` says it in a word, so that no colour has to."""

    kind: Kind
    text: str


def lines(found: Difference) -> list[Line]:
    """Return the lines of a difference with their kinds, that of the hours in all last."""
    said = found.lines()
    kinds: list[Kind] = [change.kind for change in found.changes]
    kinds += ["changed"] * (len(said) - len(kinds))
    return [Line(kind, text) for kind, text in zip(kinds, said, strict=True)]
