"""What is taught: modules, and programmes of modules, as people write them."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
)

from stepdown.wrong_values import Place
from stepdown.yaml_text import Wrong

Delivery = Literal["classroom", "scenario", "practical", "online", "roll_call"]
DELIVERIES: tuple[str, ...] = get_args(Delivery)
MOST_PARTS = 200
"""Parts in one list, modules in one programme; a bound against files that never end."""
_NO_TEXT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def _text(value: str) -> str:
    if found := _NO_TEXT.search(value):
        raise ValueError(f"text without the character U+{ord(found[0]):04X}")
    return value


def _line(value: str) -> str:
    if "\n" in _text(value):
        raise ValueError("text on one line")
    return value


def _hours(value: float) -> float:
    if round(value, 2) != value:
        raise ValueError("hours with at most two decimals, such as 1.75")
    return value


def _some(value: tuple[Any, ...]) -> tuple[Any, ...]:
    if not value:
        raise ValueError("at least one")
    return value


Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,60}$")]
Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2000),
    AfterValidator(_text),
]
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_line),
]
Hours = Annotated[float, Field(strict=True, gt=0, le=400), AfterValidator(_hours)]


def identity(part: Any) -> str:
    """Return what a part of a list is known by: its id, or a word itself."""
    return part if isinstance(part, str) else str(part.id)


class Part(BaseModel):
    """A part of a curriculum: it never changes, and unknown fields are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @field_validator("*")
    @classmethod
    def _once(cls, value: Any) -> Any:
        if isinstance(value, tuple):
            names = Counter(identity(part) for part in value)
            if twice := sorted(name for name, times in names.items() if times > 1):
                raise ValueError(f"each once; there twice: {', '.join(twice)}")
        return value

    def as_dict(self) -> dict[str, Any]:
        """Return the content for JSON or YAML; what is left empty is left out."""
        return self.model_dump(mode="json", exclude_defaults=True)


class Item(Part):
    """One thing said: an objective, a step, a line of a checklist, an assumption."""

    id: Id
    text: Text


class Technique(Part):
    """A technique that a curriculum declares itself, beside those of the rubric."""

    id: Id
    name: Line


class Reference(Part):
    """A source, and what it shows for what is taught here (or does not show)."""

    id: Id
    source: Text
    doi: Annotated[str, Field(pattern=r"^(10\.\d{4,9}/\S{1,200})?$")] = ""
    url: Annotated[str, Field(pattern=r"^(https?://\S{1,500})?$")] = ""
    shows: Text | None = None


Items = Annotated[tuple[Item, ...], Field(max_length=MOST_PARTS)]
Ids = Annotated[tuple[Id, ...], Field(max_length=MOST_PARTS)]


class Module(Part):
    """One module. `fidelity` is what an observer looks for; `assumed` what no source supports."""

    id: Id
    title: Line
    hours: Hours
    delivery: Annotated[tuple[Delivery, ...], Field(max_length=MOST_PARTS), AfterValidator(_some)]
    objectives: Annotated[Items, AfterValidator(_some)]
    techniques: Ids = ()
    scenarios: Ids = ()
    when_talk_fails: Items = ()
    fidelity: Items = ()
    references: Annotated[tuple[Reference, ...], Field(max_length=MOST_PARTS)] = ()
    assumed: Items = ()

    @property
    def minutes(self) -> int:
        """The hours in whole minutes."""
        return round(self.hours * 60)


class Pinned(Part):
    """One version of a module, by its number."""

    id: Id
    version: Annotated[int, Field(strict=True, ge=1, le=1_000_000)]


class _Head(Part):
    """What a programme says of itself, whether its modules are written out or pinned."""

    id: Id
    title: Line
    for_whom: Text
    about: Text | None = None
    techniques: Annotated[tuple[Technique, ...], Field(max_length=MOST_PARTS)] = ()
    assumed: Items = ()


class Programme(_Head):
    """A programme as it is published: its modules in order, each pinned to a version."""

    modules: Annotated[tuple[Pinned, ...], Field(max_length=MOST_PARTS), AfterValidator(_some)]


class Curriculum(_Head):
    """A programme with its modules written out, as a file holds it."""

    modules: Annotated[tuple[Module, ...], Field(max_length=MOST_PARTS), AfterValidator(_some)]

    @property
    def hours(self) -> float:
        """The hours of all modules together."""
        return round(sum(module.hours for module in self.modules), 2)

    def programme(self, pins: tuple[Pinned, ...]) -> Programme:
        """Return the programme of these modules at the versions given, in the same order."""
        head = {name: getattr(self, name) for name in _Head.model_fields}
        return Programme(**head, modules=pins)


def digest(content: Part) -> str:
    """Return the SHA-256 of the content as canonical JSON: sorted keys, no spaces, UTF-8.

    Fields left empty are left out, so that a field added later changes no earlier digest.
    """
    text = json.dumps(
        content.as_dict(), sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )  # fmt: skip
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Known:
    """Ids that may be named; None where anything may."""

    techniques: Collection[str] | None = None
    scenarios: Collection[str] | None = None
    modules: Collection[Pinned] | None = None


ANYTHING = Known()


def unknown(document: Mapping[Any, Any], known: Known) -> Iterator[Wrong]:
    """Find what a module, programme or curriculum names and nobody knows, with its place.

    And what it declares although it is known: a technique of the rubric keeps its name. Takes the
    content as a document (`as_dict()`, or as loaded from a file, however broken).
    """
    modules = document.get("modules")
    if not isinstance(modules, list):
        yield from _unknown_in_module(document, known, ())
        return
    own: set[str] = set()
    for n, declared in enumerate(_listed(document, "techniques")):
        name = declared.get("id") if isinstance(declared, dict) else None
        if isinstance(name, str):
            own.add(name)
            if name in (known.techniques or ()):
                yield ("techniques", n, "id"), name, "the id of none that the rubric has already"
    techniques = None if known.techniques is None else {*known.techniques, *own}
    inner = Known(techniques, known.scenarios)
    for n, module in enumerate(modules):
        if not isinstance(module, dict):
            continue
        if "version" in module:
            yield from _unknown_pin(module, known.modules, ("modules", n))
        else:
            yield from _unknown_in_module(module, inner, ("modules", n))


def _unknown_in_module(module: Mapping[Any, Any], known: Known, place: Place) -> Iterator[Wrong]:
    for field, ids in (("techniques", known.techniques), ("scenarios", known.scenarios)):
        if ids is None:
            continue
        expected = f"one of {', '.join(sorted(ids))}" if ids else f"no {field}: none is known"
        for n, name in enumerate(_listed(module, field)):
            if isinstance(name, str) and name not in ids:
                yield (*place, field, n), name, expected


def _unknown_pin(
    module: Mapping[Any, Any], known: Collection[Pinned] | None, place: Place
) -> Iterator[Wrong]:
    pin = (module.get("id"), module.get("version"))
    if known is not None and pin not in [(p.id, p.version) for p in known]:
        there = ", ".join(str(p.version) for p in known if p.id == pin[0]) or "none"
        yield place, f"{pin[0]}, version {pin[1]}", f"a published version of it; there is: {there}"


def _listed(document: Mapping[Any, Any], field: str) -> list[Any]:
    found = document.get(field)
    return found if isinstance(found, list) else []
