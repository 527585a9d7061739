"""Scenarios of an agency's own: added as a file, read at once, kept by version, withdrawn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from stepdown.encounter.library import parsed
from stepdown.encounter.lint import Fault, faults
from stepdown.encounter.scenario import Scenario
from stepdown.problems import InputProblems, Problem
from stepdown.web.accounts.models import Agency, Unit
from stepdown.web.audit.log import note
from stepdown.web.permission import Missing, may, permit
from stepdown.web.policy import Action, Actor, Thing
from stepdown.web.practice.models import ScenarioFile

MOST_BYTES = 128 * 1024
"""Twice the longest scenario that ships; a file is read while somebody waits."""

LONGEST_NAME = 100
SUFFIX = ".yaml"
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters and changes of direction: they hide what a text says."""


def agencies_of(actor: Actor) -> list[Agency]:
    """Return the agencies to which this person may add scenarios, by name."""
    known = {grant.agency for grant in actor.grants if grant.agency}
    agencies = Agency.objects.filter(pk__in=known).prefetch_related("units").order_by("name")
    return [a for a in agencies if may(actor, Action.ADD_SCENARIO, _thing(a))]


def files_of(agency: Agency) -> list[ScenarioFile]:
    """Return every version of an agency's scenarios, withdrawn ones too, newest first."""
    rows = ScenarioFile.objects.filter(agency=agency).select_related("by").defer("text")
    return list(rows.order_by("-at", "name"))


def add(actor: Actor, agency: UUID, name: str, content: bytes, now: datetime) -> ScenarioFile:
    """Add a version of a scenario. A version that was withdrawn comes back.

    Raises Missing, Refused, or InputProblems that name everything wrong with the file.
    """
    place = Agency.objects.prefetch_related("units").filter(pk=agency).first()
    if place is None:
        raise Missing(f"no agency {agency}")
    permit(actor, Action.ADD_SCENARIO, _thing(place), "agency", place.id)
    text, found = read(name, content)
    with transaction.atomic():
        row, made = ScenarioFile.objects.get_or_create(
            agency=place, name=found.id, digest=found.digest,
            defaults={"text": text, "by_id": actor.person, "at": now},
        )  # fmt: skip
        if not made:
            _bring_back(row, now)
        note(actor, Action.ADD_SCENARIO.value, "scenario", row.id, row.thing(),
             detail={"digest": row.digest}, now=now)  # fmt: skip
    return row


def read(name: str, content: bytes) -> tuple[str, Scenario]:
    """Return text and scenario of a file. Raises InputProblems that name everything wrong."""
    named = shown_name(name)
    wrong: list[Problem] = []
    if PurePath(named).suffix.lower() != SUFFIX:
        given = _("a name without .yaml at its end")
        expected = _("a scenario file, as NAME.yaml")
        wrong.append(Problem(named, given, expected, _("choose another file")))
    if len(content) > MOST_BYTES:
        given = _("%(size)d KB") % {"size": -(-len(content) // 1024)}
        expected = _("%(most)d KB at most") % {"most": MOST_BYTES // 1024}
        wrong.append(Problem(named, given, expected, _("one scenario to a file; shorten it")))
    if wrong:
        raise InputProblems(named, wrong)
    text = decoded(named, content)
    return text, _scenario(named, text)


def find(actor: Actor, file: UUID) -> ScenarioFile:
    """Return a version for whoever may add scenarios to its agency. Raises Missing or Refused."""
    row = ScenarioFile.objects.select_related("agency", "by").filter(pk=file).first()
    if row is None:
        raise Missing(f"no scenario {file}")
    permit(actor, Action.ADD_SCENARIO, kept(row), "scenario", row.id)
    return row


def withdraw(actor: Actor, file: UUID, now: datetime) -> ScenarioFile:
    """Withdraw a scenario with all its versions: nobody begins it any more; it stays to be seen."""
    row = find(actor, file)
    permit(actor, Action.WITHDRAW_SCENARIO, kept(row), "scenario", row.id)
    with transaction.atomic():
        standing = ScenarioFile.objects.filter(
            agency=row.agency_id, name=row.name, withdrawn_at=None
        )
        if standing.update(withdrawn_at=now):
            note(actor, Action.WITHDRAW_SCENARIO.value, "scenario", row.id, row.thing(), now=now)
    row.refresh_from_db()
    return row


def scenario(row: ScenarioFile) -> Scenario:
    """Return the scenario of a version."""
    return parsed(row.text, row.name)


def warnings(found: Scenario) -> tuple[Fault, ...]:
    """Return what a scenario still lacks; it can be practised all the same."""
    return faults(found)


def kept(row: ScenarioFile) -> Thing:
    """Return a version as the policy sees it: kept by whoever teaches in the agency."""
    units = Unit.objects.filter(agency=row.agency_id).values_list("pk", flat=True)
    return replace(row.thing(), units=frozenset(units))


def _bring_back(row: ScenarioFile, now: datetime) -> None:
    if row.withdrawn_at is None:
        problem = Problem(
            row.name, _("a version that is there"), _("a new version"),
            _("nothing needs to be done; change the file to make a new version"),
        )  # fmt: skip
        raise InputProblems(row.name, [problem])
    row.withdrawn_at, row.at = None, now
    row.save(update_fields=["withdrawn_at", "at"])


def _thing(agency: Agency) -> Thing:
    return Thing(agency=agency.id, units=frozenset(unit.id for unit in agency.units.all()))


def shown_name(name: str) -> str:
    """Return a file's name as it can be shown: no folders, no signs that cannot be seen."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable())[-LONGEST_NAME:] or "?"


def decoded(name: str, content: bytes) -> str:
    """Return the text of a file in UTF-8. Raises InputProblems that name the line."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        where = _("%(name)s: line %(line)d") % {"name": name, "line": line}
        given = _("a byte that is no UTF-8: %(byte)s") % {"byte": f"0x{content[error.start]:02x}"}
        problem = Problem(where, given, _("text in UTF-8"), _("save the file as UTF-8"))
        raise InputProblems(name, [problem]) from error


def _scenario(name: str, text: str) -> Scenario:
    scenario = parsed(text, name)
    all_seen(name, text, scenario.model_dump(mode="json", exclude_defaults=True))
    return scenario


def all_seen(name: str, text: str, document: Any) -> None:
    """Raise InputProblems for signs that cannot be seen, in a text and in what it holds."""
    lines = [n for n, line in enumerate(text.split("\n"), 1) if UNSEEN.search(line.rstrip("\r"))]
    places = [_("%(name)s: line %(line)d") % {"name": name, "line": n} for n in lines]
    places += [f"{name}: {place}" for place, value in _texts(document) if UNSEEN.search(value)]
    if places:
        given, expected = _("a sign that cannot be seen"), _("plain text")
        fix = _("take it out, also where it is written as an escape such as \\0")
        raise InputProblems(name, [Problem(place, given, expected, fix) for place in places])


def _texts(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Return every text of a document, names of fields among them, with its place."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield place or "the whole", str(key)
            yield from _texts(part, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list):
        for n, part in enumerate(value, 1):
            yield from _texts(part, f"{place}[{n}]")
