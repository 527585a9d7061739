"""The page of an agency's numbers, and the same as a table to take away."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from stepdown.encounter.review.rubric import domains
from stepdown.web.accounts.confirming import confirmed
from stepdown.web.practice import numbers
from stepdown.web.practice.suppression import FEWEST_PEOPLE
from stepdown.web.request import Request


def page(request: Request) -> HttpResponse:
    """Show the numbers of the agencies of which this person may see them."""
    now = datetime.now(UTC)
    found = []
    for agency in numbers.agencies_of(request.actor):
        rows = numbers.numbers_of(request.actor, agency.id, now)
        shown = [month for month in _by_month(rows) if any(not row.empty for row in month)]
        scored = [m for m in shown if any(row.hand or row.machine for row in m)]
        found.append((agency, shown, scored, len({row.month for row in rows}) - len(shown)))
    words = {"agencies": found, "domains": list(domains().items()), "fewest": FEWEST_PEOPLE}
    return render(request, "teach/numbers.html", words)


@confirmed
def download(request: Request, pk: UUID) -> HttpResponse:
    """Hand the numbers of an agency out as a table."""
    now = datetime.now(UTC)
    table = numbers.as_csv(numbers.numbers_of(request.actor, pk, now))
    response = HttpResponse(table, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="numbers-{now:%Y-%m-%d}.csv"'
    return response


def _by_month(rows: list[numbers.Row]) -> list[list[numbers.Row]]:
    months: dict[object, list[numbers.Row]] = {}
    for row in rows:
        months.setdefault(row.month, []).append(row)
    return list(months.values())
