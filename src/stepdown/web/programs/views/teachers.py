"""The page on which who taught a session is put right."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from stepdown.problems import InputProblems
from stepdown.web.policy import Action
from stepdown.web.programs import scheduling
from stepdown.web.programs.correcting_teachers import (
    can_have_taught,
    correct_teachers,
    corrections_of,
)
from stepdown.web.programs.forms import Reinstructed, choices, tell
from stepdown.web.request import Request


def correct(request: Request, pk: UUID) -> HttpResponse:
    """Show who taught a session with all corrections, and take another."""
    found = scheduling.find(request.actor, pk, Action.SCHEDULE)
    now = datetime.now(UTC)
    first = {"instructors": list(found.instructors.values_list("pk", flat=True))}
    form = Reinstructed(request.POST or None, initial=first)
    units = scheduling.units_of_instructors(found.agency)
    choices(form, "instructors", [
        (str(person.pk), ", ".join([person.name, *units.get(person.pk, ())]))
        for person in can_have_taught(found)
    ])  # fmt: skip
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            correct_teachers(request.actor, pk, given["instructors"], given["why"], now)
        except InputProblems as error:
            tell(form, error)
        else:
            messages.success(request, _("Who taught it is corrected. What was noted before stays."))
            return redirect("session", pk=pk)
    words = {
        "session": found, "agency": found.agency, "form": form, "rows": corrections_of(found),
        "open": found.cancelled_at is None and now >= found.start,
    }  # fmt: skip
    status = 400 if form.is_bound else 200
    return render(request, "programs/session_teachers.html", words, status=status)
