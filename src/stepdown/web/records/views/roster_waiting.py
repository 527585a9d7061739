"""A roster that was uploaded: what is wrong with it, or what it would do; then it is applied."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from stepdown.interop.delimited import write_delimited
from stepdown.interop.roster_dates import PARTS, Order
from stepdown.problems import InputProblems, Problem
from stepdown.web.accounts.confirming import confirmed
from stepdown.web.limits import counted
from stepdown.web.permission import permit
from stepdown.web.policy import Action
from stepdown.web.records import applying, rosters
from stepdown.web.records.models import StagedRoster
from stepdown.web.records.views.roster import shown
from stepdown.web.records.views.roster_forms import Columns, Upload, Written
from stepdown.web.records.views.roster_lists import lists
from stepdown.web.request import Request


@counted("bring")
def upload(request: Request, agency: UUID) -> HttpResponse:
    """Put a file aside and show what it would do, or say everything that is wrong with it."""
    if request.method != "POST":
        return redirect("roster_of", agency=agency)
    place = rosters.find_place(request.actor, agency)
    form, written = Upload(request.POST, request.FILES), Written(request.POST)
    try:
        if not request.FILES and _too_large(request):
            raise rosters.too_large(_("the file"))
        if not (form.is_valid() and written.is_valid()):
            return shown(request, place, 400, upload=form, written=written)
        sent = form.cleaned_data["file"]
        raw = sent.read(rosters.MOST_BYTES + 1)
        row = rosters.stage(
            request.actor, agency, sent.name or "", raw, written.how(), datetime.now(UTC)
        )
    except InputProblems as error:
        return shown(
            request, place, 400, written=written, problems=error.problems, subject=error.subject
        )
    return _read(request, row)


def page(request: Request, agency: UUID, pk: UUID) -> HttpResponse:
    """Show a roster that waits."""
    try:
        row = rosters.find_waiting(request.actor, agency, pk, datetime.now(UTC))
    except rosters.NotWaiting:
        return _gone(request, agency)
    return _page(request, row)


def columns(request: Request, agency: UUID, pk: UUID) -> HttpResponse:
    """Say which column is which."""
    if request.method != "POST":
        return redirect("roster_waiting", agency=agency, pk=pk)
    try:
        row = rosters.find_waiting(request.actor, agency, pk, datetime.now(UTC))
        form = _columns(row, request.POST)
        if not form.is_valid():
            return _page(request, row, form, status=400)
        row = rosters.choose(request.actor, agency, pk, form.chosen(), datetime.now(UTC))
    except rosters.NotWaiting:
        return _gone(request, agency)
    return _read(request, row)


def problems(request: Request, agency: UUID, pk: UUID) -> HttpResponse:
    """Hand out what is wrong with a roster as a table."""
    try:
        row = rosters.find_waiting(request.actor, agency, pk, datetime.now(UTC))
        permit(request.actor, Action.SEE_PEOPLE, row.thing(), "roster", row.pk)
        found: tuple[Problem, ...] = ()
        rosters.looked_at(row, datetime.now(UTC))
    except rosters.NotWaiting:
        return _gone(request, agency)
    except InputProblems as error:
        found = error.problems
    header = (_("where"), _("given"), _("expected"), _("what to do"))
    raw = write_delimited(header, [tuple(p.as_dict().values()) for p in found])
    response = HttpResponse(raw, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="roster-problems.csv"'
    return response


@confirmed
def apply(request: Request, agency: UUID, pk: UUID) -> HttpResponse:
    """Do what was shown; if it would be something else now, show that instead."""
    now = datetime.now(UTC)
    try:
        row = rosters.find_waiting(request.actor, agency, pk, now)
        if request.method != "POST":
            return redirect("roster_waiting", agency=agency, pk=pk)
        done = applying.apply(
            request.actor, agency, pk, request.POST.get("shown", ""),
            request.POST.get("many") == "on", now,
        )  # fmt: skip
    except rosters.NotWaiting:
        return _gone(request, agency)
    except applying.Differs:
        return _page(request, row, differs=True, status=409)
    except InputProblems as error:
        return _page(request, row, refused=error.problems, status=400)
    c = done.counts
    touched = c["joined"] + c["moved"] + c["left"] + c["returned"]
    said = ngettext(
        "The roster is applied. %(n)d person joined, moved, left or came back.",
        "The roster is applied. %(n)d people joined, moved, left or came back.", touched,
    )  # fmt: skip
    messages.success(request, said % {"n": touched})
    return redirect("roster_of", agency=agency)


@require_POST
def discard(request: Request, agency: UUID, pk: UUID) -> HttpResponse:
    """Throw a roster away."""
    try:
        rosters.discard(request.actor, agency, pk, datetime.now(UTC))
    except rosters.NotWaiting:
        return _gone(request, agency)
    messages.success(request, _("The file is deleted. Nothing was changed."))
    return redirect("roster_of", agency=agency)


def _read(request: Request, row: StagedRoster) -> HttpResponse:
    """Send on to the page of a roster that can be read; else say what is wrong with it."""
    try:
        rosters.looked_at(row, datetime.now(UTC))
    except InputProblems as error:
        return _page(request, row, wrong=error, status=400)
    return redirect("roster_waiting", agency=row.agency_id, pk=row.pk)


def _page(
    request: Request, row: StagedRoster, form: Columns | None = None, *,
    wrong: InputProblems | None = None, status: int = 200, **more: Any,
) -> HttpResponse:  # fmt: skip
    permit(request.actor, Action.SEE_PEOPLE, row.thing(), "roster", row.pk)
    orders = rosters.likely_orders(row)
    words: dict[str, Any] = {
        "agency": row.agency, "row": row, "form": form or _columns(row, orders=orders),
        "orders": orders, "lacking": rosters.lacking(rosters.mapping_of(row)), **more,
    }  # fmt: skip
    try:
        if wrong is not None:
            raise wrong
        roster, run = rosters.looked_at(row, datetime.now(UTC))
        words |= {"roster": roster, "run": run, "changes": run.changes,
                  "lists": lists(run, request), "counts": applying.counts(run)}  # fmt: skip
    except InputProblems as error:
        others = [p for p in error.problems if not orders or _of_something_else(p)]
        words |= {"problems": error.problems, "notes": error.notes, "others": others}
    return render(request, "records/roster_waiting.html", words, status=status)


def _columns(row: StagedRoster, data: Any = None, orders: Sequence[Order] = ()) -> Columns:
    order = orders[0] if len(orders) == 1 else None
    table, mapping = rosters.table_of(row), rosters.mapping_of(row)
    return Columns(data, table=table, mapping=mapping, order=order)


def _of_something_else(problem: Problem) -> bool:
    """Say whether a row has something wrong with it besides the order of a date."""
    return problem.where.startswith("row ") and not PARTS.fullmatch(problem.given.strip("'"))


def _gone(request: Request, agency: UUID) -> HttpResponse:
    messages.info(request, _("That roster waits no more: it was applied, deleted, or a day is"
                             " over."))  # fmt: skip
    return redirect("roster_of", agency=agency)


def _too_large(request: Request) -> bool:
    """Say whether what was sent is so large that no file in it was read."""
    return int(request.META.get("CONTENT_LENGTH") or 0) > rosters.MOST_BYTES
