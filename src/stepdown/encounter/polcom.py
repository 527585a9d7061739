"""POL-COM: police scenarios of stages and options, read into scenarios that can be played here.

The scenarios are CC BY 4.0 and keep their attribution. An option's quoted speech is what is said;
what it tells beside that becomes moves and narrated acts by the rules of `narrated.yaml`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from stepdown.encounter.moves import EVERYWHERE, catalogue
from stepdown.encounter.parameters import FELT, Felt
from stepdown.encounter.scenario import Scenario
from stepdown.problems import InputProblems, Problem
from stepdown.technique.benchmark.polcom import speech
from stepdown.yaml_text import MOST_BYTES, loaded

ATTRIBUTION = "POL-COM (polcom.eu), CC BY 4.0; read into Stepdown's format, feedback left out"


# Options are told to the officer ("you step back"); one that says "I" without quotes is speech.
_IN_PERSON = re.compile(r"\bI(?:'m|'ll|'ve|'d)?\b")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: where its pattern occurs in what is told, these moves and this change follow."""

    pattern: re.Pattern[str]
    moves: tuple[str, ...]
    felt: Felt


@cache
def rules() -> tuple[Rule, ...]:
    """Return the rules for narrated acts."""
    text = files("stepdown.encounter").joinpath("narrated.yaml").read_text(encoding="utf-8")
    return tuple(
        Rule(
            re.compile(r["pattern"], re.IGNORECASE), tuple(r.get("moves", ())),
            Felt.model_validate(r.get("felt", {})),
        )
        for r in loaded(text)["rules"]
    )  # fmt: skip


def told(text: str, said: str) -> str:
    """Return what an option tells beside what is said in it."""
    rest = text
    for part in filter(None, re.split(r"(?<=[.!?])\s+", said)):
        rest = rest.replace(part, " ")
    return rest


def narrated(text: str) -> tuple[tuple[str, ...], Felt]:
    """Return the moves and the change that follow from what an option tells."""
    found = [rule for rule in rules() if rule.pattern.search(text)]
    moves = tuple(dict.fromkeys(m for rule in found for m in rule.moves))
    felt = {name: round(sum(getattr(r.felt, name) for r in found), 3) for name in FELT}
    return moves, Felt(**felt)


def read_polcom_scenario(path: Path) -> Scenario:
    """Read one POL-COM file into a scenario. Raises InputProblems."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError("over 2 MiB")
        document = json.loads(path.read_text(encoding="utf-8-sig"))
        chapters = [_chapter(stage) for stage in document["stages"]]
        if not any(c["choices"] for c in chapters):
            raise ValueError("no stage has options")
        return Scenario.read(_scenario(document, chapters, path.stem))
    except (
        OSError, ValidationError, ValueError, KeyError, TypeError, AttributeError, RecursionError,
    ) as error:  # fmt: skip
        said = f"{type(error).__name__}: {error}"[:300]
        problem = Problem(
            str(path), said, "a POL-COM scenario: title, stages, options (text, type, points)",
            "give the JSON file as POL-COM publishes it",
        )  # fmt: skip
        raise InputProblems(path.name, [problem]) from error


def _chapter(stage: dict[str, Any]) -> dict[str, Any]:
    scene = stage.get("sceneUpdate") or {}
    heard = [str(x["text"]) for x in stage.get("npcDialogue") or [] if x.get("text")]
    return {
        "title": str(stage.get("title") or "Stage")[:2000],
        "scene": str(scene.get("desc") or ""),
        "heard": tuple(heard),
        "choices": tuple(_choice(o) for o in stage.get("options") or []),
    }


def _choice(option: dict[str, Any]) -> dict[str, Any]:
    text = str(option["text"])
    said = speech(text) or (text if _IN_PERSON.search(text) else "")
    moves, felt = narrated(told(text, said))
    known = tuple(m for m in moves if "police" in catalogue()[m].who)
    return {
        "text": text[:2000], "say": said, "moves": known, "felt": felt.model_dump(),
        "worth": float(option.get("points") or 0), "kind": str(option.get("type") or ""),
    }  # fmt: skip


def _scenario(
    document: dict[str, Any], chapters: list[dict[str, Any]], stem: str
) -> dict[str, Any]:
    people = document.get("characters")
    names = [str(p.get("name") or k) for k, p in people.items()] if isinstance(people, dict) else []
    identity = re.sub(r"[^a-z0-9_-]+", "-", f"polcom-{stem}".lower())[:60]
    text = files("stepdown.encounter").joinpath("imported.yaml").read_text(encoding="utf-8")
    moves = {m for c in chapters for o in c["choices"] for m in o["moves"]}
    return {
        **loaded(text),
        "id": identity, "title": str(document["title"]),
        "summary": str(document.get("description") or document["title"])[:2000],
        "opening": (chapters[0]["scene"] or str(document["title"]))[:2000],
        "attribution": ATTRIBUTION, "chapters": chapters,
        "others": [{"id": f"person-{n}", "who": name[:200]} for n, name in enumerate(names, 1)],
        "moves": {m: {} for m in sorted(moves) if catalogue()[m].group not in EVERYWHERE},
    }  # fmt: skip
