"""Seven domains of skill, each 0 to 4, with the turns that speak for and against."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

from stepdown.encounter.review.judges import JUDGES, Played
from stepdown.encounter.review.worth import acts

SILENT = "Said nothing, so there is nothing to go by."
TOO_LITTLE = "Too little to say: fewer than three things were said or done."
NOTHING = "Nothing to go by."
SPOKEN = ("listening", "respect", "clarity")
TOO_FEW_ACTS = 3
"""Fewer acts say nothing about technique: no domain has a score."""


@dataclass(frozen=True, slots=True)
class Domain:
    """One domain: its score, what that is in words, and the events that speak for and against.

    score: None where there is nothing to go by. seen: the sentences of `anchor`, one by one.
    """

    id: str
    name: str
    score: int | None
    anchor: str
    seen: tuple[str, ...]
    source: str
    helped: tuple[int, ...]
    hurt: tuple[int, ...]


@cache
def _domains() -> tuple[dict[str, Any], ...]:
    text = files("stepdown.encounter.review").joinpath("rubric.yaml").read_text(encoding="utf-8")
    return tuple(YAML(typ="safe", pure=True).load(text)["domains"])


def domains() -> dict[str, str]:
    """Return the name of each domain, by id, in the order in which they are shown."""
    return {known["id"]: known["name"] for known in _domains()}


def anchors() -> dict[str, tuple[str, ...]]:
    """Return what each score of a domain looks like, from 0 to 4, by the domain's id."""
    return {known["id"]: tuple(known["anchors"]) for known in _domains()}


def sentences() -> frozenset[str]:
    """Return everything that a domain may say of an encounter, for a translation."""
    said = {TOO_LITTLE, SILENT, NOTHING}
    return frozenset(
        said.union(*({*d["anchors"], *d.get("seen", {}).values()} for d in _domains()))
    )


def rubric(played: Played) -> tuple[Domain, ...]:
    """Return the seven domains for an encounter. Outcome plays no part in six of them."""
    enough = len(acts(played.events)) >= TOO_FEW_ACTS
    return tuple(_domain(known, played, enough=enough) for known in _domains())


def _domain(known: dict[str, Any], played: Played, *, enough: bool) -> Domain:
    found = JUDGES[known["id"]](played)
    level = None
    if found.score is not None and enough:
        level = int(min(max(round(found.score), 0), 4))
    if level is not None:
        seen = tuple(known["seen"][name] for name in found.seen) or (known["anchors"][level],)
    elif enough:
        seen = (SILENT if known["id"] in SPOKEN else NOTHING,)
    else:
        seen = (TOO_LITTLE,)
    return Domain(
        known["id"], known["name"], level, " ".join(seen), seen, known["from"],
        tuple(sorted(set(found.helped))), tuple(sorted(set(found.hurt))),
    )  # fmt: skip
