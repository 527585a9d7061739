"""What is wrong with the values of a file, in the words of whoever wrote it, not of a program."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ValidationError

from stepdown.problems import Phrase

LONGEST = 80
Place = tuple[int | str, ...]
"""Where a value stands: names of fields, and places in lists, from 0."""
Fault = tuple[Place, str, str, str | None]
"""Where it stands, what was given, what is expected, and what to do where that is known."""


def _(text: str) -> str:
    """Mark a text that is shown in the reader's language."""
    return text


WHOLE, NUMBER = _("a whole number"), _("a number")
LISTED, BELOW = _("a list"), _("fields of its own below it")
DAY, TIME = _("a day such as 2026-03-01"), _("a day and time such as 2026-03-01T09:00")
KINDS: Mapping[str, str] = MappingProxyType({
    "string_type": _("text"), "bool_type": _("true or false"), "bool_parsing": _("true or false"),
    "int_type": WHOLE, "int_parsing": WHOLE, "int_from_float": WHOLE, "int_parsing_size": WHOLE,
    "float_type": NUMBER, "float_parsing": NUMBER, "finite_number": _("a finite number"),
    "list_type": LISTED, "tuple_type": LISTED, "set_type": LISTED, "iterable_type": LISTED,
    "dict_type": BELOW, "mapping_type": BELOW, "model_type": BELOW,
    "model_attributes_type": BELOW, "date_type": DAY, "date_parsing": DAY,
    "date_from_datetime_parsing": DAY, "date_from_datetime_inexact": DAY,
    "datetime_type": TIME, "datetime_parsing": TIME, "datetime_from_date_parsing": TIME,
    "string_too_short": _("at least %(min_length)s characters"),
    "string_too_long": _("at most %(max_length)s characters"),
    "too_short": _("at least %(min_length)s of them"),
    "too_long": _("at most %(max_length)s items"),
    "greater_than": _("more than %(gt)s"), "greater_than_equal": _("at least %(ge)s"),
    "less_than": _("less than %(lt)s"), "less_than_equal": _("at most %(le)s"),
    "multiple_of": _("a multiple of %(multiple_of)s"),
    "literal_error": _("one of: %(expected)s"), "enum": _("one of: %(expected)s"),
})  # fmt: skip
"""What is expected, by the kind of error that pydantic finds."""
_CHOICE = re.compile(r"'([^']*)'")


def faults(error: ValidationError, model: type[BaseModel] | None = None) -> list[Fault]:
    """Return everything that pydantic found wrong. `model`: of the whole, to name its fields."""
    return [_fault(dict(each), model) for each in error.errors(include_url=False)]


def expected_of(error: Mapping[str, Any]) -> str:
    """Return what is expected where pydantic found an error in a value."""
    kind, told = error["type"], dict(error.get("ctx", {}))
    if kind == "string_pattern_mismatch":
        return _pattern(str(told["pattern"]))
    if kind == "string_too_short" and told["min_length"] == 1:
        return Phrase(_("some text"))
    if kind not in KINDS:
        said = str(error["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
        return Phrase(said)
    if "expected" in told:
        told["expected"] = ", ".join(_CHOICE.findall(str(told["expected"]))) or told["expected"]
    return Phrase.of(KINDS[kind], **{k: _number(v) for k, v in told.items()})


def shown(given: object) -> str:
    """Return a value of a file as a message shows it."""
    if given is None or given == "":
        return Phrase(_("nothing"))
    if isinstance(given, Mapping):
        return Phrase.of(_("the fields %(names)s"), names=_short(", ".join(map(str, given))))
    if isinstance(given, Sequence) and not isinstance(given, str | bytes):
        return Phrase.of(_("a list of %(number)d"), number=len(given))
    if isinstance(given, bool):
        return str(given).lower()
    return _short(repr(given) if isinstance(given, str | int | float) else str(given))


def placed(place: Place) -> str:
    """Return a place as people count: `modules 4, title`."""
    said = ""
    for step in place:
        said += f" {step + 1}" if isinstance(step, int) else f", {step}"
    return said.removeprefix(", ").strip()


def _fault(error: Mapping[str, Any], model: type[BaseModel] | None) -> Fault:
    place: Place = error["loc"]
    if error["type"] == "missing":
        named = Phrase.of(_("the field `%(name)s`"), name=place[-1])
        return place, Phrase(_("nothing")), named, Phrase.of(_("add `%(name)s: …`"), name=place[-1])
    if error["type"] == "extra_forbidden":
        return _unknown(place, model)
    return place, shown(error["input"]), expected_of(error), None


def _unknown(place: Place, model: type[BaseModel] | None) -> Fault:
    name = _short(str(place[-1]))
    names = _fields_beside(place, model) if model else []
    close = difflib.get_close_matches(str(place[-1]), names, n=1)
    fix = Phrase(_("leave it out, or correct its name"))
    if close:
        fix = Phrase.of(_("did you mean `%(name)s`?"), name=close[0])
    listed = ", ".join(names)
    return (
        place, Phrase.of(_("a field `%(name)s`, which there is not"), name=name),
        Phrase.of(_("one of: %(expected)s"), expected=listed) if listed
        else Phrase(_("a field that there is")), fix,
    )  # fmt: skip


def _fields_beside(place: Place, model: type[BaseModel]) -> list[str]:
    """Return the fields that may stand where one stands, read off the schema of the whole."""
    schema = model.model_json_schema()
    nodes = _resolved(schema, schema)
    for step in place[:-1]:
        inner = [
            node.get("items") if isinstance(step, int)
            else node.get("properties", {}).get(step) or node.get("additionalProperties")
            for node in nodes
        ]  # fmt: skip
        nodes = [
            each for node in inner if isinstance(node, dict) for each in _resolved(node, schema)
        ]
    return list(dict.fromkeys(name for node in nodes for name in node.get("properties", {})))


def _resolved(node: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    options = node.get("anyOf") or node.get("oneOf") or [node]
    return [schema["$defs"][o["$ref"].split("/")[-1]] if "$ref" in o else o for o in options]


def _pattern(pattern: str) -> str:
    if "a-z" in pattern and "A-Z" not in pattern:
        return Phrase(_("small letters, digits, - and _, without spaces or accents"))
    return Phrase.of(_("text that fits %(pattern)s"), pattern=pattern)


def _number(value: object) -> object:
    return f"{value:g}" if isinstance(value, float) else value


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
