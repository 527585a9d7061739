"""What changed between two versions of a module or a programme, for a person to read."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from stepdown.retention.curriculum import Curriculum, Part, identity

Kind = Literal["added", "removed", "changed", "moved"]
LONGEST = 160
"""Characters of a text that a line shows; the value holds all of it."""
_NAMES = {
    "objectives": "objective", "techniques": "technique", "scenarios": "scenario",
    "when_talk_fails": "when talk fails", "fidelity": "fidelity item", "references": "reference",
    "assumed": "assumption", "modules": "module", "delivery": "delivery", "for_whom": "for whom",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs.

    `where` leads to it by fields and ids. `before` and `after` are values as JSON holds them; of
    something moved, places. Places count from 1: of something removed among those before, of
    something added among those after.
    """

    kind: Kind
    where: tuple[str, ...]
    before: Any = None
    after: Any = None
    place: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the fields by name, for `--json`."""
        return asdict(self)

    def __str__(self) -> str:
        return _line(self)


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs, in the order of the fields. False where nothing does.

    `hours` are those of all modules before and after, where modules are written out.
    """

    changes: tuple[Change, ...]
    hours: tuple[float, float] | None = None

    def __bool__(self) -> bool:
        return bool(self.changes)

    def lines(self) -> tuple[str, ...]:
        """Return one plain line for each change, and one for the hours in all if they differ."""
        lines = tuple(map(str, self.changes))
        if self.hours is None or self.hours[0] == self.hours[1]:
            return lines
        return (*lines, f"Hours in all: {_number(*self.hours)}")

    def as_dict(self) -> dict[str, Any]:
        """Return changes, lines and hours by name, for `--json`."""
        return {
            "changes": [change.as_dict() for change in self.changes],
            "lines": list(self.lines()),
            "hours": list(self.hours) if self.hours else None,
        }


def difference(before: Part, after: Part) -> Difference:
    """Return what differs between two modules, two programmes, or two curricula.

    Raises TypeError when asked to compare things of two kinds.
    """
    if type(before) is not type(after):
        raise TypeError(f"{type(before).__name__} with {type(after).__name__}")
    hours = None
    if isinstance(before, Curriculum) and isinstance(after, Curriculum):
        hours = (before.hours, after.hours)
    return Difference(tuple(_of_parts(before, after, ())), hours)


def _of_parts(before: Part, after: Part, where: tuple[str, ...]) -> Iterator[Change]:
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    for field in type(before).model_fields:
        here = (*where, field)
        if isinstance(getattr(before, field), tuple):
            yield from _of_lists(getattr(before, field), getattr(after, field), here)
        elif old[field] != new[field]:
            yield Change("changed", here, old[field], new[field])


def _of_lists(
    before: Sequence[Any], after: Sequence[Any], where: tuple[str, ...]
) -> Iterator[Change]:
    old = {identity(part): n for n, part in enumerate(before)}
    new = {identity(part): n for n, part in enumerate(after)}
    for name, n in old.items():
        if name not in new:
            yield Change("removed", (*where, name), _plain(before[n]), place=n + 1)
    still = _longest_in_order([old[name] for name in new if name in old])
    for name, n in new.items():
        here = (*where, name)
        if name not in old:
            yield Change("added", here, after=_plain(after[n]), place=n + 1)
            continue
        if old[name] not in still:
            yield Change("moved", here, old[name] + 1, n + 1)
        if isinstance(after[n], Part):
            yield from _of_parts(before[old[name]], after[n], here)


def _longest_in_order(places: list[int]) -> set[int]:
    """Return as many of the places as stand in rising order: all others were moved."""
    ends: list[int] = []
    at: list[int] = []
    for place in places:
        length = bisect_left(ends, place)
        ends[length : length + 1] = [place]
        at.append(length)
    kept: set[int] = set()
    wanted = len(ends) - 1
    for place, length in zip(reversed(places), reversed(at), strict=True):
        if length == wanted:
            kept.add(place)
            wanted -= 1
    return kept


def _plain(part: Any) -> Any:
    return part.as_dict() if isinstance(part, Part) else part


def _line(change: Change) -> str:
    named = ", ".join(_named(change.where))
    subject = named[0].upper() + named[1:]
    if change.kind == "moved":
        return f"{subject} moved from place {change.before} to {change.after}"
    if change.kind == "changed":
        return f"{subject}: {_change(change.before, change.after)}"
    value = change.after if change.kind == "added" else change.before
    said = _words(value)
    return f"{subject} {change.kind}" + (f": {said}" if said else "")


def _named(where: tuple[str, ...]) -> list[str]:
    """Return the steps that lead to something as words: `module listening`, `hours`."""
    named: list[str] = []
    steps = iter(where)
    for field in steps:
        name = _NAMES.get(field, field.replace("_", " "))
        part = next(steps, None)
        named.append(name if part is None else f"{name} {part}")
    return named


def _change(before: Any, after: Any) -> str:
    if isinstance(before, int | float) and isinstance(after, int | float):
        return _number(before, after)
    return f"{_quoted(before)} → {_quoted(after)}"


def _number(before: float, after: float) -> str:
    return f"{before:g} → {after:g} ({round(after - before, 2):+g})"


def _quoted(value: Any) -> str:
    return "nothing" if value in (None, "") else f"“{_short(str(value))}”"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"


def _words(value: Any) -> str:
    """Return what something added or removed says: its text, name, title or source."""
    if not isinstance(value, dict):
        return ""
    said = next((value[k] for k in ("text", "name", "title", "source") if k in value), "")
    if "hours" in value:
        unit = "hour" if value["hours"] == 1 else "hours"
        return f"“{_short(str(said))}”, {value['hours']:g} {unit}"
    if "version" in value:
        return f"version {value['version']}"
    return _short(str(said))
