"""The pages of assignments: the form, who has done it, and the page of whoever is to do it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from stepdown.problems import InputProblems, Problem
from stepdown.web.limits import counted
from stepdown.web.permission import may
from stepdown.web.policy import Action
from stepdown.web.practice import assigned, assigning
from stepdown.web.practice.scenarios import Listed
from stepdown.web.practice.units import find_unit, people_of
from stepdown.web.request import Request


class Form(forms.Form):
    """What is assigned, to whom, until when, and as what."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    scenario = forms.ChoiceField(label=gettext_lazy("Scenario"))
    whom = forms.ChoiceField(
        label=gettext_lazy("Who"),
        choices=[
            ("all", gettext_lazy("Everybody who is in the unit now")),
            ("some", gettext_lazy("Some of them")),
        ],
    )
    people = forms.TypedMultipleChoiceField(
        label=gettext_lazy("People"), coerce=UUID, required=False
    )
    due = forms.DateField(
        label=gettext_lazy("Due"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    assessed = forms.TypedChoiceField(
        label=gettext_lazy("As"), coerce=lambda value: value == "yes",
        choices=[
            ("no", gettext_lazy("Practice: its words and scores stay with whoever practises")),
            ("yes", gettext_lazy("Assessment: announced before, read by this unit's instructors")),
        ],
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("Note to them"), max_length=assigning.LONGEST_NOTE, required=False,
        widget=forms.Textarea({"rows": 2}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Refuse people who are chosen beside everybody."""
        given = self.cleaned_data
        if given.get("whom") == "all" and given.get("people"):
            self.add_error("whom", _("You chose people: choose “Some of them”, or untick them."))
        return given


def assign(request: Request, pk: UUID) -> HttpResponse:
    """Show the form of an assignment, and take it."""
    actor = request.actor
    unit = find_unit(actor, pk, Action.ASSIGN)
    people = list(people_of(unit))
    today = datetime.now(UTC).date()
    first = {"key": uuid4(), "whom": "all", "assessed": "no", "due": today + timedelta(days=14),
             "scenario": request.GET.get("scenario", "")}  # fmt: skip
    form = Form(request.POST or None, initial=first)
    grouped = _grouped(assigning.scenarios_for(actor, unit))
    _field(form, "scenario").choices = [("", _("Choose one")), *grouped]
    _field(form, "people").choices = [(str(p.id), p.name) for p in people]
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = assigning.assign(
                actor, pk, given["scenario"], None if given["whom"] == "all" else given["people"],
                given["due"], given["assessed"], given["note"], datetime.now(UTC),
                key=given["key"],
            )  # fmt: skip
        except InputProblems as error:
            for problem in error.problems:
                _tell(form, problem)
        else:
            messages.success(request, _("It is assigned."))
            return redirect("assignment", pk=made.id)
    status = 400 if form.is_bound else 200
    words = {"unit": unit, "form": form, "people": people, "today": today}
    return render(request, "teach/assign.html", words, status=status)


def assignment(request: Request, pk: UUID) -> HttpResponse:
    """Show an assignment and who has done it."""
    actor = request.actor
    found, progress = assigning.progress(actor, pk)
    words = {
        "assignment": found, "title": assigning.title_of(found), "progress": progress,
        "done": sum(p.done_at is not None for p in progress),
        "withdraws": not found.withdrawn_at and may(actor, Action.WITHDRAW, found.thing()),
        "assigns": may(actor, Action.ASSIGN, found.thing()),
        "opens": {
            e.id for p in progress for e in p.encounters
            if found.assessed and may(
                actor, Action.READ if e.ended_at else Action.WATCH, e.thing())
        },
    }  # fmt: skip
    return render(request, "teach/assignment.html", words)


@require_POST
def withdraw(request: Request, pk: UUID) -> HttpResponse:
    """Withdraw an assignment."""
    assigning.withdraw(request.actor, pk, datetime.now(UTC))
    messages.success(request, _("It is withdrawn. What was begun for it goes on."))
    return redirect("assignment", pk=pk)


@require_POST
def again(request: Request, pk: UUID) -> HttpResponse:
    """Let somebody begin an assessment once more."""
    person = _id("person", request.POST.get("person", ""))
    assigning.allow_again(request.actor, pk, person, datetime.now(UTC))
    messages.success(request, _("They can begin it once more."))
    return redirect("assignment", pk=pk)


def assigned_page(request: Request, pk: UUID) -> HttpResponse:
    """Say to whoever is to do it what was assigned, who will see it, and how it may be stopped."""
    task = assigned.task(request.actor, pk, datetime.now(UTC))
    scenario = assigned.scenario_for(request.actor, task)
    return render(request, "teach/assigned.html", {"task": task, "scenario": scenario})


@require_POST
@counted("begin")
def begin(request: Request, pk: UUID) -> HttpResponse:
    """Begin what was assigned."""
    announced = request.POST.get("announced") == "yes"
    pace = request.POST.get("pace", "turn")
    row = assigned.begin(
        request.actor, pk, pace, announced=announced, now=datetime.now(UTC)
    )  # fmt: skip
    return redirect("encounter", pk=row.id)


def _grouped(items: list[Listed]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return scenarios for a list, the agency's own first, then by sector."""

    def group(item: Listed) -> tuple[bool, str]:
        return (not item.own, "" if item.own else item.scenario.sector)

    return [
        (_("Your agency's own") if not shipped else _(sector.replace("_", " ")),
         [(item.key, item.scenario.title) for item in found])
        for (shipped, sector), found in groupby(sorted(items, key=group), key=group)
    ]  # fmt: skip


def _field(form: Form, name: str) -> Any:
    return form.fields[name]


def _tell(form: Form, problem: Problem) -> None:
    """Show a problem beside its field."""
    told = _("%(given)s; needed: %(expected)s") % {
        "given": problem.given, "expected": problem.expected,
    }  # fmt: skip
    form.add_error(problem.where if problem.where in form.fields else None, told)


def _id(where: str, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        problem = Problem(where, text[:80], _("somebody of the list"), _("choose one"))
        raise InputProblems(where, [problem]) from None
