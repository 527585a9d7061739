"""Whom a programme is for: everybody trained in an agency, some units, or who chooses it.

What was said stays, and the latest holds for all versions of the programme. Where nobody said
anything it is for everybody. The functions that read are for whoever has asked the policy.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from stepdown.problems import Problem
from stepdown.web.accounts.models import Agency, Unit
from stepdown.web.audit.log import note
from stepdown.web.policy import Action, Actor
from stepdown.web.programs import curricula
from stepdown.web.programs.models import Audience, ProgrammeVersion
from stepdown.web.programs.models.audiences import KINDS
from stepdown.web.programs.text import line, refuse

EVERYBODY, UNITS, CHOSEN = KINDS
LONGEST_WHY_FOR = 300
SAY = "say whom a programme is for"


@dataclass(frozen=True, slots=True)
class ForWhom:
    """Of whom a programme is asked: everybody, the trainees of some units, or nobody."""

    kind: str = EVERYBODY
    units: frozenset[UUID] = frozenset()

    def asks(self, places: Collection[UUID | None]) -> bool:
        """Say whether it is asked of somebody who is trained in these units.

        None among them: they are trained in the whole agency, and so in each of its units.
        """
        if self.kind == UNITS:
            return None in places or not self.units.isdisjoint(places)
        return self.kind == EVERYBODY


@dataclass(frozen=True, slots=True)
class Said:
    """Whom a programme is for, with the names of its units; `row` is what somebody said of it."""

    kind: str
    units: tuple[str, ...] = ()
    row: Audience | None = None


def of_agency(agency: UUID) -> dict[str, ForWhom]:
    """Return whom the programmes of an agency are for, by their ids; one query.

    One of which nobody said anything is not among them: it is for everybody.
    """
    rows = Audience.objects.filter(agency=agency).order_by("id")
    return {
        name: ForWhom(kind, frozenset(map(UUID, units)))
        for name, kind, units in rows.values_list("programme", "kind", "units")
    }


def of_programme(agency: UUID, name: str) -> ForWhom:
    """Return whom a programme is for; one query."""
    row = _latest(agency, name)
    return ForWhom(row.kind, frozenset(map(UUID, row.units))) if row else ForWhom()


def said_of(versions: Iterable[ProgrammeVersion]) -> dict[UUID, Said]:
    """Return whom programmes are for, as a page says it, by the ids of these rows; two queries."""
    versions = list(versions)
    agencies = {version.agency_id for version in versions}
    names = {version.name for version in versions}
    rows = Audience.objects.filter(agency__in=agencies, programme__in=names).select_related("by")
    units = _unit_names(agencies)
    last = {(row.agency_id, row.programme): _said(row, units) for row in rows.order_by("id")}
    everybody = Said(EVERYBODY)
    return {each.id: last.get((each.agency_id, each.name), everybody) for each in versions}


def history(agency: UUID, name: str) -> list[Said]:
    """Return all that was said of whom a programme is for, the latest first; two queries."""
    rows = Audience.objects.filter(agency=agency, programme=name).select_related("by")
    units = _unit_names([agency])
    return [_said(row, units) for row in rows.order_by("-id")]


def units_of(agency: UUID) -> QuerySet[Unit]:
    """Return the units that a programme can be for, by name."""
    return Unit.objects.filter(agency=agency).order_by("name")


def say(
    actor: Actor, agency: UUID, programme: str, kind: str, units: Collection[str], why: str,
    now: datetime,
) -> Audience:  # fmt: skip
    """Say whom all versions of a programme are for from now on, and why.

    `units`: ids, for the kind `units` alone. What was said before stays. Sent twice, it is written
    once. Raises Missing, Refused, or InputProblems that name everything wrong.
    """
    place = curricula.find_agency(actor, agency, Action.PUBLISH)
    version = curricula.version_row(place.id, programme)
    wrong: list[Problem] = []
    chosen = _checked(place, kind, units, wrong)
    reason = line("why", why, LONGEST_WHY_FOR, wrong)
    refuse(_("whom it is for"), wrong)
    with transaction.atomic():
        Agency.objects.select_for_update(no_key=True).get(pk=place.pk)
        last = _latest(place.id, programme)
        if last and (last.kind, last.units, last.why) == (kind, chosen, reason):
            return last
        made = Audience.objects.create(
            agency=place, programme=programme, kind=kind, units=chosen, why=reason,
            by_id=actor.person, at=now,
        )  # fmt: skip
        detail = {"audience": made.id, "kind": kind, "units": chosen}
        note(actor, SAY, "programme", version.id, version.thing(), detail=detail, now=now)
    return made


def _latest(agency: UUID, name: str) -> Audience | None:
    return Audience.objects.filter(agency=agency, programme=name).order_by("-id").first()


def _unit_names(agencies: Collection[UUID]) -> dict[str, str]:
    """Return the names of the units of agencies by id, in their order."""
    rows = Unit.objects.filter(agency__in=agencies).order_by("name")
    return {str(pk): name for pk, name in rows.values_list("pk", "name")}


def _said(row: Audience, units: dict[str, str]) -> Said:
    chosen = set(row.units)
    return Said(row.kind, tuple(name for unit, name in units.items() if unit in chosen), row)


def _checked(agency: Agency, kind: str, units: Collection[str], wrong: list[Problem]) -> list[str]:
    """Return the ids of the units that were chosen, sorted, and add what is wrong to `wrong`."""
    if kind not in KINDS:
        fix = _("choose one")
        wrong.append(Problem("kind", repr(kind)[:40], _("one of the list"), fix))
    if kind != UNITS:
        return []
    chosen = sorted(set(units))
    known = {str(pk) for pk in units_of(agency.id).values_list("pk", flat=True)}
    if not chosen:
        expected, fix = _("one unit or more"), _("choose those whom it is for")
        wrong.append(Problem("units", _("no unit"), expected, fix))
    if strangers := [unit for unit in chosen if unit not in known]:
        given = _("%(count)d that are no units here") % {"count": len(strangers)}
        expected, fix = _("units of the agency"), _("choose others")
        wrong.append(Problem("units", given, expected, fix))
    return chosen
