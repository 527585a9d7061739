"""What differs between two curricula, as lines for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stepdown.retention.difference import Change, Difference, Step
from stepdown.retention.word_difference import LONGEST, Piece, pieces

_NAMES = {
    "objectives": "objective", "techniques": "technique", "scenarios": "scenario",
    "when_talk_fails": "when talk fails", "fidelity": "fidelity item", "references": "reference",
    "assumed": "assumption", "modules": "module", "delivery": "delivery", "for_whom": "for whom",
}  # fmt: skip
Names = Mapping[str, Mapping[str, str]]
"""Names of techniques and titles of scenarios, by id, each under its field."""
_MARKS = {"removed": ("[-", "-]"), "added": ("{+", "+}")}


def lines(found: Difference, names: Names) -> tuple[str, ...]:
    """Return a plain line for each change, and one for the hours in all if they differ.

    Within a text, `[-removed-]` and `{+added+}`.
    """
    said = tuple(_line(change, names) for change in found.changes)
    if found.hours is None or found.hours[0] == found.hours[1]:
        return said
    return (*said, f"Hours in all: {_number(*found.hours)}")


def _line(change: Change, names: Names) -> str:
    named = ", ".join(_named(step, names) for step in change.steps)
    subject = named[0].upper() + named[1:]
    if change.kind == "moved":
        return f"{subject} moved from place {change.before} to {change.after}"
    if change.kind == "changed":
        return f"{subject}: {_change(change.before, change.after)}"
    said = _words(change.after if change.kind == "added" else change.before)
    return f"{subject} {change.kind}" + (f": {said}" if said else "")


def _named(step: Step, names: Names) -> str:
    """Return a step as words: `module “Listening”`, `objective 2`, `hours`."""
    field = _NAMES.get(step.field, step.field.replace("_", " "))
    if not step.name:
        return field
    if title := step.title or names.get(step.field, {}).get(step.name):
        return f"{field} “{title}”"
    by_id = step.field in ("techniques", "scenarios", "delivery", "modules")
    return f"{field} {step.name.replace('_', ' ') if by_id else step.place}"


def _change(before: Any, after: Any) -> str:
    if isinstance(before, int | float) and isinstance(after, int | float):
        return _number(before, after)
    found = pieces(before or "", after or "")
    return "".join(map(_marked, found)).strip() or "spaces or line breaks alone"


def _marked(piece: Piece) -> str:
    if piece.kind == "left_out":
        return "… "
    if piece.kind == "same":
        return piece.text
    first, last = _MARKS[piece.kind]
    return f"{first}{piece.text.rstrip()}{last} "


def _number(before: float, after: float) -> str:
    return f"{before:g} → {after:g} ({round(after - before, 2):+g})"


def _words(value: Any) -> str:
    """Return what something added or removed says: its text or source, its hours, its version."""
    if not isinstance(value, dict):
        return ""
    if "hours" in value:
        return f"{value['hours']:g} {'hour' if value['hours'] == 1 else 'hours'}"
    if "version" in value:
        return f"version {value['version']}"
    text = " ".join(str(value.get("text") or value.get("source") or "").split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"
