"""The pages on which an agency sets the rules that its hours are counted by."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stepdown.problems import InputProblems, Problem
from stepdown.web.limits import counted
from stepdown.web.records import setting_hours
from stepdown.web.records.views.hours_forms import FILE, PRESENT, Choose, Topics
from stepdown.web.request import Request


def page(request: Request, agency: UUID) -> HttpResponse:
    """Show the rules in force, the forms to change them, and every earlier setting."""
    return _page(request, agency)


@require_POST
@counted("bring")
def choose(request: Request, agency: UUID) -> HttpResponse:
    """Set the rules, or say everything that is wrong with the file."""
    found = setting_hours.find(request.actor, agency)
    form = Choose(request.POST, request.FILES, present=found.rules)
    if not form.is_valid():
        return _page(request, agency, choose=form)
    chosen, sent = form.cleaned_data["rules"], form.cleaned_data["file"]
    file = (sent.name or "", sent.read(setting_hours.MOST_BYTES + 1)) if chosen == FILE else None
    try:
        changed = setting_hours.choose(
            request.actor, agency, datetime.now(UTC), file=file,
            records_from=form.cleaned_data["records_from"],
            example="" if chosen in (FILE, PRESENT) else chosen,
        )  # fmt: skip
    except InputProblems as error:
        return _page(request, agency, choose=form, problems=error.problems)
    return _done(request, agency, changed)


@require_POST
def topics(request: Request, agency: UUID) -> HttpResponse:
    """Set which topic each module counts for."""
    found = setting_hours.find(request.actor, agency)
    if found.rules is None:
        return redirect("hours_rules", agency=agency)
    form = Topics(request.POST, rules=found.rules, modules=found.modules)
    if not form.is_valid():
        return _page(request, agency, topics=form)
    changed = setting_hours.assign_topics(
        request.actor, agency, form.chosen, datetime.now(UTC)
    )  # fmt: skip
    return _done(request, agency, changed)


def download(request: Request, agency: UUID, row: int) -> HttpResponse:
    """Hand the rules of a setting out as the file that they were."""
    found = setting_hours.find_row(request.actor, agency, row)
    response = HttpResponse(found.text.encode(), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="rules-{found.id}.yaml"'
    return response


def _page(
    request: Request, agency: UUID, choose: Choose | None = None, topics: Topics | None = None,
    problems: tuple[Problem, ...] = (),
) -> HttpResponse:  # fmt: skip
    found = setting_hours.find(request.actor, agency)
    if topics is None and found.rules is not None:
        topics = Topics(rules=found.rules, modules=found.modules)
    words = {
        "found": found, "choose": choose or Choose(present=found.rules), "topics": topics,
        "problems": problems,
    }  # fmt: skip
    wrong = problems or (choose and choose.errors) or (topics and topics.errors)
    return render(request, "records/hours_rules.html", words, status=400 if wrong else 200)


def _done(request: Request, agency: UUID, changed: bool) -> HttpResponse:
    said = _("It is set. Hours are counted by it from now on.")
    messages.success(request, said if changed else _("Nothing was changed."))
    return redirect("hours_rules", agency=agency)
