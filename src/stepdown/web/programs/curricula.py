"""What an agency teaches: its programmes and modules with all their published versions.

`programmes`, `published` and `every` are for whoever has asked the policy already; `find` asks it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from stepdown.retention import publishing
from stepdown.retention.publishing import Published, assembled
from stepdown.web.accounts.models import Agency
from stepdown.web.permission import Missing, may, permit
from stepdown.web.policy import Action, Actor, Thing
from stepdown.web.programs.models import ModuleVersion, ProgrammeVersion


@dataclass(frozen=True, slots=True)
class Listed:
    """A programme in a list: its latest version, how many there are, and its hours in all."""

    row: ProgrammeVersion
    versions: int
    modules: int
    hours: float


def agencies_of(actor: Actor, action: Action = Action.SEE_CURRICULUM) -> list[Agency]:
    """Return the agencies whose curricula this person may see (or publish), by name."""
    known = {grant.agency for grant in actor.grants if grant.agency}
    agencies = Agency.objects.filter(pk__in=known).order_by("name")
    return [agency for agency in agencies if may(actor, action, Thing(agency=agency.id))]


def find_agency(actor: Actor, agency: UUID, action: Action) -> Agency:
    """Return an agency if the policy allows. Raises Missing or Refused."""
    found = Agency.objects.filter(pk=agency).first()
    if found is None:
        raise Missing(f"no agency {agency}")
    permit(actor, action, Thing(agency=found.id), "agency", found.id)
    return found


def latest(agencies: Iterable[UUID]) -> QuerySet[ProgrammeVersion]:
    """Return the latest version of each programme of these agencies, by agency and id."""
    same = ProgrammeVersion.objects.filter(agency=OuterRef("agency"), name=OuterRef("name"))
    last = same.order_by("-number").values("number")[:1]
    rows = ProgrammeVersion.objects.filter(agency__in=agencies, number=Subquery(last))
    return rows.select_related("agency", "by").order_by("agency__name", "agency", "name")


def listed(rows: Iterable[ProgrammeVersion]) -> list[Listed]:
    """Return programmes with what a list says of them, in the same order; one more query."""
    rows = list(rows)
    names = {pin["id"] for row in rows for pin in row.content["modules"]}
    agencies = {row.agency_id for row in rows}
    known = ModuleVersion.objects.filter(agency__in=agencies, name__in=names)
    hours = {
        (agency, name, number): float(hours)
        for agency, name, number, hours in known.values_list(
            "agency", "name", "number", "content__hours"
        ).order_by()
    }
    return [
        Listed(
            row, row.number, len(row.content["modules"]),
            round(sum(hours[row.agency_id, p["id"], p["version"]] for p in row.content["modules"]),
                  2),
        )
        for row in rows
    ]  # fmt: skip


def programmes(agency: UUID) -> list[Published]:
    """Return the latest version of each programme of an agency, by id; two queries."""
    return _assembled(agency, list(latest([agency])))


def every(agency: UUID, name: str | None = None) -> list[Published]:
    """Return all versions of all programmes of an agency, or of one programme; two queries."""
    rows = ProgrammeVersion.objects.filter(agency=agency).order_by("name", "number")
    return _assembled(agency, list(rows if name is None else rows.filter(name=name)))


def published(agency: UUID, name: str, number: int | None = None) -> Published:
    """Return a version of a programme, the latest unless a number is given; two queries.

    Raises Missing.
    """
    return opened(version_row(agency, name, number))


def opened(row: ProgrammeVersion) -> Published:
    """Return the programme of a row with the modules that it pins; one query."""
    return _assembled(row.agency_id, [row])[0]


def version_row(agency: UUID, name: str, number: int | None = None) -> ProgrammeVersion:
    """Return the row of a version, the latest unless a number is given. Raises Missing."""
    rows = ProgrammeVersion.objects.filter(agency=agency, name=name).select_related("agency", "by")
    if number is not None:
        rows = rows.filter(number=number)
    row = rows.order_by("-number").first()
    if row is None:
        raise Missing(f"no programme {name[:80]}, version {number}")
    return row


def find(actor: Actor, agency: UUID, name: str, number: int | None = None) -> ProgrammeVersion:
    """Return a version for whoever may see what the agency teaches. Raises Missing or Refused."""
    row = version_row(agency, name, number)
    permit(actor, Action.SEE_CURRICULUM, row.thing(), "programme", row.id)
    return row


def history(agency: UUID, name: str) -> QuerySet[ProgrammeVersion]:
    """Return the versions of a programme, newest first, without what they say."""
    rows = ProgrammeVersion.objects.filter(agency=agency, name=name).order_by("-number")
    return rows.select_related("by").defer("content")


def module_versions(agency: UUID) -> list[publishing.ModuleVersion]:
    """Return every stored version of the modules of an agency; one query."""
    return [row.value() for row in ModuleVersion.objects.filter(agency=agency)]


def _assembled(agency: UUID, rows: list[ProgrammeVersion]) -> list[Published]:
    pins = [(pin["id"], pin["version"]) for row in rows for pin in row.content["modules"]]
    found = ModuleVersion.objects.filter(
        agency=agency, name__in={name for name, _n in pins}, number__in={n for _name, n in pins}
    )
    wanted = set(pins)
    modules = [row.value() for row in found if (row.name, row.number) in wanted]
    return [assembled(row.value(), modules) for row in rows]
