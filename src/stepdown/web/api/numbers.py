"""An agency's numbers by the API, without names."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from stepdown.web.api import teaching_schemas as schemas
from stepdown.web.api.operations import Operations
from stepdown.web.practice.numbers import Row, agencies_of, numbers_of
from stepdown.web.request import Request

part = Operations("numbers")


@part.get("/agencies", "numbers", schemas.Agencies)
def list_agencies(request: Request) -> schemas.Agencies:
    """List the agencies whose numbers one may read."""
    found = agencies_of(request.actor)
    return schemas.Agencies(items=[schemas.AgencyOut(id=a.id, name=a.name) for a in found])


@part.get("/agencies/{pk}/numbers", "numbers", schemas.Numbers)
def get_numbers(request: Request, pk: UUID) -> schemas.Numbers:
    """Show an agency's numbers by month and unit; what few people stand behind is hidden."""
    rows = numbers_of(request.actor, pk, datetime.now(UTC))
    return schemas.Numbers(items=[_row(row) for row in rows])


def _row(row: Row) -> schemas.NumbersItem:
    return schemas.NumbersItem(
        month=row.month, unit=row.unit, whole=row.whole, hand=row.hand, machine=row.machine,
        **row.counts,
    )  # fmt: skip
