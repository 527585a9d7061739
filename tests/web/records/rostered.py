"""Rosters for tests: written as text, looked at and applied by somebody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from stepdown.interop.roster_mapping import RosterMapping
from stepdown.web.accounts.models import Agency, Person, RoleGrant, Unit
from stepdown.web.policy import Actor, Role
from stepdown.web.records import applying, rosters
from stepdown.web.records.dry_run import DryRun
from stepdown.web.records.models import Member, RosterImport, StagedRoster
from tests.web.conftest import NOW

PLAIN = "id,name,unit,email,title,start,end,status\n"


def look(actor: Actor, agency: Agency, text: str | bytes, now: datetime = NOW) -> StagedRoster:
    """Put a roster aside."""
    raw = text if isinstance(text, bytes) else text.encode()
    return rosters.stage(actor, agency.pk, "people.csv", raw, RosterMapping(), now)


def run_of(staged: StagedRoster, now: datetime = NOW) -> DryRun:
    """Return what a roster that waits would do."""
    return rosters.looked_at(staged, now)[1]


def put(
    actor: Actor, agency: Agency, text: str | bytes, now: datetime = NOW, many: bool = True
) -> RosterImport:
    """Look at a roster and apply it."""
    staged = look(actor, agency, text, now)
    return applying.apply(actor, agency.pk, staged.pk, run_of(staged, now).digest, many, now)


def member(agency: Agency, number: str) -> Member:
    """Return the row of a number."""
    return Member.objects.select_related("person").get(agency=agency, number=number)


def units(person: Person, agency: Agency) -> list[str]:
    """Return the names of the units in which somebody is a trainee, suspended or not."""
    rows = RoleGrant.objects.filter(person=person, agency=agency, role=Role.TRAINEE)
    return sorted(rows.values_list("unit__name", flat=True))


def record() -> dict[str, Any]:
    """Return everything that a roster may touch, to be compared."""
    models = (Person, RoleGrant, Member, Unit, RosterImport)
    return {m.__name__: list(m.objects.order_by("pk").values()) for m in models}
