"""A module of an agency: its versions, which programmes pin them, how often each was taught."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from stepdown.encounter.library import library
from stepdown.encounter.review.rubric import domains
from stepdown.web.permission import Missing, permit
from stepdown.web.policy import Action, Actor
from stepdown.web.practice.models import ScenarioFile
from stepdown.web.programs.models import ModuleVersion, ProgrammeVersion


@dataclass(frozen=True, slots=True)
class Pinning:
    """A programme that pins versions of a module: `numbers` of its own versions, by module's."""

    name: str
    title: str
    numbers: tuple[tuple[int, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario that a module names; `key` None where nobody can play it any more."""

    title: str
    key: str | None


def version_row(agency: UUID, name: str, number: int | None = None) -> ModuleVersion:
    """Return a version of a module, the latest unless a number is given. Raises Missing."""
    rows = versions(agency, name).select_related("agency", "by").defer(None)
    row = (rows if number is None else rows.filter(number=number)).first()
    if row is None:
        raise Missing(f"no module {name[:80]}, version {number}")
    return row


def find(actor: Actor, agency: UUID, name: str, number: int | None = None) -> ModuleVersion:
    """Return a version for whoever may see what the agency teaches. Raises Missing or Refused."""
    row = version_row(agency, name, number)
    permit(actor, Action.SEE_CURRICULUM, row.thing(), "module", row.id)
    return row


def versions(agency: UUID, name: str) -> QuerySet[ModuleVersion]:
    """Return the versions of a module, newest first, without what they say."""
    rows = ModuleVersion.objects.filter(agency=agency, name=name).order_by("-number")
    return rows.select_related("by").defer("content")


def history(agency: UUID, name: str, now: datetime) -> QuerySet[ModuleVersion]:
    """Return the versions of a module, each with `taught`: how many sessions of it were held.

    A session that was cancelled was not held.
    """
    held = Q(sessions__start__lte=now, sessions__cancelled_at=None)
    return versions(agency, name).annotate(taught=Count("sessions", filter=held))


def pinned_in(agency: UUID, name: str) -> tuple[list[Pinning], dict[str, str]]:
    """Return the programmes that pin a module, by id, and names of the techniques they declare."""
    found: dict[str, dict[int, list[int]]] = {}
    titles: dict[str, str] = {}
    names: dict[str, str] = {}
    rows = ProgrammeVersion.objects.filter(agency=agency).order_by("name", "number")
    for programme, number, content in rows.values_list("name", "number", "content"):
        for pin in content["modules"]:
            if pin["id"] == name:
                found.setdefault(programme, {}).setdefault(pin["version"], []).append(number)
                titles[programme] = content["title"]
                names |= {t["id"]: t["name"] for t in content.get("techniques", ())}
    pinning = [
        Pinning(programme, titles[programme],
                tuple((version, tuple(own)) for version, own in sorted(versions.items())))
        for programme, versions in found.items()
    ]  # fmt: skip
    return pinning, names


def technique_names(declared: dict[str, str]) -> dict[str, str]:
    """Return the names of the rubric's techniques and of declared ones, by id."""
    return {**domains(), **declared}


def scenarios_named(agency: UUID, names: set[str]) -> dict[str, Scenario]:
    """Return the scenarios of these ids: those that ship, and those of the agency's own.

    One query, and none where only scenarios that ship are named.
    """
    shipped = library()
    found = {n: Scenario(shipped[n].title, n) for n in names if n in shipped}
    if own := names - set(found):
        rows = ScenarioFile.objects.filter(agency=agency, name__in=own).order_by("at")
        for name, key, withdrawn in rows.values_list("name", "id", "withdrawn_at"):
            found[name] = Scenario(name.replace("_", " "), None if withdrawn else str(key))
    return {name: found.get(name, Scenario(name.replace("_", " "), None)) for name in names}
