"""What a person can send while they play, read from a form or from JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from django.utils.translation import gettext

from stepdown.encounter.log import Event
from stepdown.encounter.play import Encounter
from stepdown.problems import InputProblems, Problem

Kind = Literal[
    "say", "move", "wait", "assess", "choose", "stop", "tick", "pause", "resume", "inject"
]
LONGEST_TEXT, LONGEST_WAIT_S = 4000, 120.0
QUIET = frozenset({"tick", "pause", "resume"})
"""What only moves the clock: it brings about nothing that could be doubled, and needs no key."""


class NoSuchMove(InputProblems):
    """A move that this scenario does not have."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing sent: its kind, with the text, name, seconds, number or reading that it needs."""

    kind: Kind
    text: str = ""
    seconds: float = 0.0
    number: int = 0
    reading: tuple[tuple[str, str | float], ...] = ()

    @property
    def digest(self) -> str:
        """The name of its content."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


def read_deed(kind: str, given: Mapping[str, Any]) -> Deed:
    """Return the deed that a form or a JSON object holds. Raises InputProblems."""
    wrong: list[Problem] = []
    deed = _READERS.get(kind, _unknown)(kind, given, wrong)
    if wrong:
        raise InputProblems(gettext("what you sent"), wrong)
    return deed


def require_known(encounter: Encounter, deed: Deed) -> None:
    """Raise NoSuchMove if a deed names a move that this scenario does not have."""
    moves = encounter.world.moves
    if deed.kind == "move" and deed.text not in moves:
        expected = gettext("one of %(names)s") % {"names": ", ".join(moves)}
        problem = Problem("text", repr(deed.text)[:80], expected, gettext("choose one of these"))
        raise NoSuchMove(gettext("what you sent"), [problem])


def perform(encounter: Encounter, deed: Deed, now: float | None) -> list[Event]:
    """Do a deed. `now`: the encounter's seconds in real pace; None turn by turn."""
    before: list[Event] = []
    if now is not None and deed.kind not in ("pause", "resume"):
        before = encounter.advance(now)
        if encounter.over:
            return before
    return [*before, *_done(encounter, deed, now)]


def _done(encounter: Encounter, deed: Deed, now: float | None) -> list[Event]:
    act = _ACTS.get(deed.kind)
    return act(encounter, deed, now) if act else []


_ACTS: dict[str, Callable[[Encounter, Deed, float | None], list[Event]]] = {
    "say": lambda e, d, now: e.say(d.text, now),
    "move": lambda e, d, now: e.move(d.text, now),
    "wait": lambda e, d, now: e.wait(d.seconds, now),
    "assess": lambda e, d, _: e.assess(dict(d.reading)),
    "choose": lambda e, d, _: e.choose(d.number),
    "inject": lambda e, d, _: [] if d.text in e.world.happened else e.inject(d.text),
    "stop": lambda e, *_: e.stop(),
}


def _text(kind: Any, given: Mapping[str, Any], wrong: list[Problem]) -> Deed:
    text = _plain(given.get("text"))
    if not text:
        fix = gettext("write what you say or do")
        wrong.append(Problem("text", repr(given.get("text"))[:80], gettext("a few words"), fix))
    elif len(text) > LONGEST_TEXT:
        given_is = gettext("%(count)d characters") % {"count": len(text)}
        expected = gettext("%(most)d characters at most") % {"most": LONGEST_TEXT}
        wrong.append(Problem("text", given_is, expected, gettext("say less at once")))
    return Deed(kind, text=text)


def _plain(value: object) -> str:
    """Return a text on one line, without what is no text."""
    text = " ".join(value.split()) if isinstance(value, str) else ""
    return "".join(c for c in text if c.isprintable())


def _wait(kind: Any, given: Mapping[str, Any], wrong: list[Problem]) -> Deed:
    seconds = _number("seconds", given, wrong, 0.5, LONGEST_WAIT_S, 5.0)
    return Deed(kind, seconds=seconds)


def _choose(kind: Any, given: Mapping[str, Any], wrong: list[Problem]) -> Deed:
    return Deed(kind, number=int(_number("number", given, wrong, 0, 99, 0)))


def _assess(kind: Any, given: Mapping[str, Any], wrong: list[Problem]) -> Deed:
    reading: dict[str, str | float] = {}
    if given.get("arousal") not in (None, ""):
        reading["arousal"] = _number("arousal", given, wrong, 0, 10, 0)
    for name in ("wants", "risk", "who", "next"):
        if value := _plain(given.get(name)):
            reading[name] = value[:200]
    if not reading and not wrong:
        fix = gettext("answer one of them, or go on without")
        expected = gettext("an answer to one question")
        wrong.append(Problem(gettext("the reading"), gettext("nothing"), expected, fix))
    return Deed(kind, reading=tuple(sorted(reading.items())))


def _bare(kind: Any, given: Mapping[str, Any], wrong: list[Problem]) -> Deed:
    return Deed(kind)


def _unknown(kind: Any, given: Mapping[str, Any], wrong: list[Problem]) -> Deed:
    expected = gettext("one of %(names)s") % {"names": ", ".join(_READERS)}
    wrong.append(Problem("kind", str(kind)[:40], expected, gettext("choose one of these")))
    return Deed("tick")


def _number(
    name: str, given: Mapping[str, Any], wrong: list[Problem], low: float, high: float, usual: float
) -> float:
    value = given.get(name, usual)
    try:
        number = float(value if value not in (None, "") else usual)
    except (TypeError, ValueError):
        number = float("nan")
    if not low <= number <= high:
        limits = {"low": f"{low:g}", "high": f"{high:g}"}
        expected = gettext("a number from %(low)s to %(high)s") % limits
        wrong.append(Problem(name, repr(value)[:40], expected, gettext("correct it")))
        return usual
    return number


_READERS = {
    "say": _text, "move": _text, "inject": _text, "wait": _wait, "choose": _choose,
    "assess": _assess, "stop": _bare, "tick": _bare, "pause": _bare, "resume": _bare,
}  # fmt: skip
