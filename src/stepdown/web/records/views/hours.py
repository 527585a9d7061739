"""The pages of hours: one's own, a person's, a unit's; hours from elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from stepdown.problems import InputProblems
from stepdown.web.limits import counted
from stepdown.web.permission import may, permit
from stepdown.web.policy import Action
from stepdown.web.records import certifying, crediting, hours, hours_table
from stepdown.web.records.counting import rules_of
from stepdown.web.records.serving import agency_for, find
from stepdown.web.records.views.hours_forms import Enter, TakeBack
from stepdown.web.request import Request


def mine(request: Request) -> HttpResponse:
    """Show one's own hours and certificates."""
    person = request.actor.person
    places = hours.all_of_mine(person, datetime.now(UTC))
    shown = {place.agency.id for place in places}
    others = [c for c in certifying.certificates_of(person) if c.agency_id not in shown]
    words = {"places": places, "others": others, "own": True}
    return render(request, "records/hours_mine.html", words)


def person(request: Request, agency: UUID, pk: UUID) -> HttpResponse:
    """Show the hours of a person."""
    return _person(request, agency, pk)


def _person(
    request: Request, agency: UUID, pk: UUID, form: Enter | None = None
) -> HttpResponse:  # fmt: skip
    """Show the page; `form`: hours as they were entered, with something to correct."""
    found, place = hours.of_person(request.actor, agency, pk, datetime.now(UTC))
    credits_ = may(request.actor, Action.CREDIT, found.thing)
    words = {
        "found": found, "place": place, "credits": credits_,
        "certify": may(request.actor, Action.CERTIFY, found.thing),
        "form": (form or Enter(rules=place.rules)) if credits_ else None,
    }  # fmt: skip
    return render(request, "records/hours_person.html", words, status=400 if form else 200)


@require_POST
def enter(request: Request, agency: UUID, pk: UUID) -> HttpResponse:
    """Enter hours for a person."""
    form = Enter(request.POST, rules=rules_of(agency))
    if not form.is_valid():
        find(request.actor, agency, pk, Action.CREDIT)
        return _person(request, agency, pk, form)
    crediting.enter(
        request.actor, agency, pk, form.given, datetime.now(UTC), key=form.sent_key
    )  # fmt: skip
    messages.success(request, _("The hours are entered."))
    return redirect("hours_person", agency=agency, pk=pk)


def take_back(request: Request, pk: UUID) -> HttpResponse:
    """Ask why hours are taken back, and take them back."""
    row, found = crediting.find_credit(request.actor, pk)
    form = TakeBack(request.POST if request.method == "POST" else None)
    if form.is_valid():
        crediting.take_back(request.actor, pk, form.cleaned_data["why"], datetime.now(UTC))
        messages.success(request, _("They are taken back, and stay to be seen."))
        return redirect("hours_person", agency=row.agency_id, pk=row.person_id)
    permit(request.actor, Action.SEE_TRAINING, found.thing, "person", row.person_id)
    words = {"row": row, "found": found, "form": form}
    return render(request, "records/hours_back.html", words, status=400 if form.errors else 200)


def unit(request: Request, pk: UUID) -> HttpResponse:
    """Show where the people of a unit stand, by name."""
    found = hours.of_unit(request.actor, pk, datetime.now(UTC), request.GET.get("page"))
    return render(request, "records/hours_unit.html", {"found": found, "rows": found.page})


def unit_table(request: Request, pk: UUID) -> HttpResponse:
    """Hand out where the people of a unit stand, as a table."""
    return _table(hours_table.of_unit(request.actor, pk, datetime.now(UTC)))


def table(request: Request, agency: UUID) -> HttpResponse:
    """Hand out where everybody in an agency stands, as a table."""
    return _table(hours_table.of_agency(request.actor, agency, datetime.now(UTC)))


def _table(made: hours_table.Table) -> HttpResponse:
    response = HttpResponse(made.content, content_type="text/csv; charset=utf-8")
    name = f"hours-{made.day.isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@counted("bring")
def file(request: Request, agency: UUID) -> HttpResponse:
    """Show the form for a file of hours, and take one in: all of it, or nothing."""
    place = agency_for(request.actor, agency, Action.CREDIT, any_unit=True)
    topics = crediting.topics(rules_of(agency))
    words = {"agency": place, "topics": topics, "most": crediting.MOST_BYTES // 1024}
    if request.method != "POST":
        return render(request, "records/hours_file.html", words)
    sent = request.FILES.get("file")
    content = sent.read(crediting.MOST_BYTES + 1) if sent else b""
    try:
        taken = crediting.take_file(request.actor, agency, content, datetime.now(UTC))
    except InputProblems as error:
        words |= {"problems": error.problems}
        return render(request, "records/hours_file.html", words, status=400)
    said = ngettext("%(n)d row was entered.", "%(n)d rows were entered.", taken.added)
    messages.success(request, said % {"n": taken.added})
    if taken.known:
        known = ngettext(
            "%(n)d row was on record already.", "%(n)d rows were on record already.", taken.known
        )
        messages.info(request, known % {"n": taken.known})
    return redirect("hours_file", agency=agency)
