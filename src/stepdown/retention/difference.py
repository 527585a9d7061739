"""What changed between two versions of a module or a programme, for a person to read."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from stepdown.retention.curriculum import Curriculum, Part, identity

Kind = Literal["added", "removed", "changed", "moved"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step to what differs: a field, and in a list the id of the part, its title and place.

    A part without a title (a text, a source, an id) is known to readers by its place: from 1,
    after the change unless it was removed.
    """

    field: str
    name: str = ""
    title: str = ""
    place: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs.

    `steps` lead to it. `before` and `after` are values as JSON holds them; of something moved,
    places. Places count from 1: of something removed among those before, of something added among
    those after.
    """

    kind: Kind
    steps: tuple[Step, ...]
    before: Any = None
    after: Any = None
    place: int | None = None

    @property
    def where(self) -> tuple[str, ...]:
        """What leads to it, by fields and ids."""
        return tuple(part for step in self.steps for part in (step.field, step.name) if part)

    def as_dict(self) -> dict[str, Any]:
        """Return kind, where, before, after and place by name, for `--json`."""
        return {
            "kind": self.kind, "where": self.where, "before": self.before, "after": self.after,
            "place": self.place,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs, in the order of the fields. False where nothing does.

    `hours` are those of all modules before and after, where modules are written out.
    """

    changes: tuple[Change, ...]
    hours: tuple[float, float] | None = None

    def __bool__(self) -> bool:
        return bool(self.changes)

    def as_dict(self) -> dict[str, Any]:
        """Return changes and hours by name, for `--json`."""
        return {
            "changes": [change.as_dict() for change in self.changes],
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


def _of_parts(before: Part, after: Part, steps: tuple[Step, ...]) -> Iterator[Change]:
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    for field in type(before).model_fields:
        if isinstance(getattr(before, field), tuple):
            yield from _of_lists(getattr(before, field), getattr(after, field), steps, field)
        elif old[field] != new[field]:
            yield Change("changed", (*steps, Step(field)), old[field], new[field])


def _of_lists(
    before: Sequence[Any], after: Sequence[Any], steps: tuple[Step, ...], field: str
) -> Iterator[Change]:
    old = {identity(part): n for n, part in enumerate(before)}
    new = {identity(part): n for n, part in enumerate(after)}
    for name, n in old.items():
        if name not in new:
            here = (*steps, _step(field, before[n], n))
            yield Change("removed", here, _plain(before[n]), place=n + 1)
    still = _longest_in_order([old[name] for name in new if name in old])
    for name, n in new.items():
        here = (*steps, _step(field, after[n], n))
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


def _step(field: str, part: Any, n: int) -> Step:
    title = "" if isinstance(part, str) else getattr(part, "title", getattr(part, "name", ""))
    return Step(field, identity(part), title, n + 1)


def _plain(part: Any) -> Any:
    return part.as_dict() if isinstance(part, Part) else part
