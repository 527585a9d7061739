"""The pages of the audit log."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from stepdown.problems import InputProblems, Problem
from stepdown.web.accounts.confirming import confirmed
from stepdown.web.accounts.models import Agency
from stepdown.web.asked import asked
from stepdown.web.audit import reading
from stepdown.web.audit.log import note
from stepdown.web.audit.models import Entry
from stepdown.web.audit.reading import Line, Wanted
from stepdown.web.permission import permit
from stepdown.web.policy import Action, Thing
from stepdown.web.request import Request

COLUMNS = ("number", "at", "actor", "who", "action", "kind", "record", "about", "outcome",
           "address", "agency", "seal")  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def audit(request: Request) -> HttpResponse:
    """Show the log of an agency, or of the site, newest first."""
    wanted = _wanted(request)
    found = reading.entries(request.actor, wanted)
    rows, older = reading.a_page(found, _number(request.GET.get("before", "")))
    given = {k: v for k in ("agency", "person", "action", "day") if (v := asked(request, k))}
    words = {
        "lines": reading.named(rows, wanted.agency), "asked": given,
        "agency": Agency.objects.filter(pk=wanted.agency).first() if wanted.agency else None,
        "older": urlencode({**given, "before": older}) if older else "",
        "query": urlencode(given),
    }  # fmt: skip
    return render(request, "audit/audit.html", words)


@confirmed
def download(request: Request) -> HttpResponse | StreamingHttpResponse:
    """Return the log as a table for a spreadsheet."""
    wanted, now = _wanted(request), datetime.now(UTC)
    found = reading.entries(request.actor, wanted)
    note(request.actor, "audit log downloaded", "audit log", wanted.agency or "site",
         Thing(agency=wanted.agency), now=now)  # fmt: skip
    lines = reading.in_chunks(found, wanted.agency)
    response = StreamingHttpResponse(_table(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audit-{now:%Y-%m-%d}.csv"'
    return response


def readers(request: Request) -> HttpResponse:
    """Show who else did something with one's own record."""
    actor = request.actor
    permit(actor, Action.OWN_ACCOUNT, Thing(actor.id))
    rows, older = reading.a_page(
        reading.about_me(actor.person), _number(request.GET.get("before", ""))
    )
    lines = _known(rows, frozenset(g.agency for g in actor.grants if g.agency))
    return render(request, "audit/readers.html", {"lines": lines, "older": older})


def _known(rows: list[Entry], own: frozenset[UUID]) -> list[Line]:
    """Return entries with the names of those who acted for an agency of one's own."""
    named = [line for agency in own for line in reading.named(rows, agency) if line.who]
    who = {line.entry.number: line.who for line in named}
    return [Line(row, who.get(row.number, ""), "") for row in rows]


def _wanted(request: Request) -> Wanted:
    """Read what was asked for. Raises InputProblems."""
    wrong: list[Problem] = []
    agency = reading.agency_read(request.actor, _agency(asked(request, "agency"), wrong))
    permit(request.actor, Action.READ_AUDIT, Thing(agency=agency))
    person, text = None, asked(request, "person")
    if text:
        person = reading.whose(text, agency)
        if person is None:
            fix = _("write the whole address, or leave it empty")
            wrong.append(Problem(_("person"), text[:80], _("the address of somebody here"), fix))
    day = _day(asked(request, "day"), wrong)
    if wrong:
        raise InputProblems(_("what was asked for"), wrong)
    return Wanted(agency, person, asked(request, "action")[:60], day)


def _agency(text: str, wrong: list[Problem]) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        wrong.append(Problem(_("agency"), text[:80], _("an agency"), _("go back to its page")))
        return None


def _day(text: str, wrong: list[Problem]) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        wrong.append(Problem(_("day"), text[:40], _("a day, such as 2026-03-02"), _("correct it")))
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        """Return the text."""
        return text


def _table(lines: Iterator[Line]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    for line in lines:
        entry = line.entry
        cells = (
            entry.number, entry.at.astimezone(UTC).isoformat(), entry.actor or "", line.who,
            entry.action, entry.kind, entry.record, line.about, entry.outcome, entry.address,
            entry.agency or "", entry.seal,
        )  # fmt: skip
        yield writer.writerow([_plain(cell) for cell in cells])


def _plain(cell: object) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text
