"""The page by which a rollout is handed to an evaluation."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from stepdown.problems import InputProblems
from stepdown.web.accounts.confirming import confirmed
from stepdown.web.programs import rollout_study, rollouts
from stepdown.web.programs.rollout_forms import OUTCOMES, StudyForm
from stepdown.web.request import Request


@confirmed
def study(request: Request, pk: UUID) -> HttpResponse:
    """Show the form of a study, and hand the study out as a ZIP."""
    row = rollouts.find(request.actor, pk)
    days = [w.start for w in rollouts.opened(row).draw.plan.waves if w.start is not None]
    first, last = rollout_study.months_around(min(days), max(days))
    form = StudyForm(
        request.POST or None,
        initial={
            "title": row.title, "first": first, "last": last, "frequency": "month",
            "name-1": "force", "unit-1": _("report of force"), "role-1": "primary",
            "size-1": "-10%", "role-2": "safety",
            **{f"role-{n}": "secondary" for n in range(3, OUTCOMES + 1)},
        },
    )  # fmt: skip
    wrong: tuple[Any, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            content = rollout_study.study(request.actor, pk, form.frame(), datetime.now(UTC))
        except InputProblems as error:
            wrong = error.problems
        else:
            response = HttpResponse(content, content_type="application/zip")
            response["Content-Disposition"] = f'attachment; filename="study-{row.at:%Y-%m-%d}.zip"'
            return response
    words = {
        "row": row, "form": form, "problems": wrong,
        "unknown": rollout_study.without_first_day(row),
    }  # fmt: skip
    return render(request, "programs/study.html", words, status=400 if form.is_bound else 200)
