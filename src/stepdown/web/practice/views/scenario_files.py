"""The pages of an agency's own scenarios."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stepdown.problems import InputProblems, Problem
from stepdown.web.limits import counted
from stepdown.web.permission import may
from stepdown.web.policy import Action
from stepdown.web.practice import uploading
from stepdown.web.request import Request


def files(request: Request) -> HttpResponse:
    """Show the scenarios of the agencies to which this person may add some, and the form."""
    return render(request, "teach/scenarios.html", _words(request))


@require_POST
@counted("bring")
def add(request: Request) -> HttpResponse:
    """Add a version of a scenario, or say everything that is wrong with the file."""
    sent = request.FILES.get("file")
    try:
        if sent is None:
            raise _nothing(request)
        name, content = sent.name or "", sent.read(uploading.MOST_BYTES + 1)
        row = uploading.add(
            request.actor, _agency(request), name, content, datetime.now(UTC)
        )  # fmt: skip
    except InputProblems as error:
        words = _words(request) | {"problems": error.problems, "subject": error.subject}
        return render(request, "teach/scenarios.html", words, status=400)
    messages.success(request, _("It is added, and can be practised and assigned."))
    return redirect("scenario_file", pk=row.id)


def file(request: Request, pk: UUID) -> HttpResponse:
    """Show a version: what it is, and what it still lacks."""
    row = uploading.find(request.actor, pk)
    scenario = uploading.scenario(row)
    words = {
        "row": row, "scenario": scenario, "warnings": uploading.warnings(scenario),
        "withdraws": not row.withdrawn_at
        and may(request.actor, Action.WITHDRAW_SCENARIO, uploading.kept(row)),
    }  # fmt: skip
    return render(request, "teach/scenario_file.html", words)


def download(request: Request, pk: UUID) -> HttpResponse:
    """Hand a version out as the file that it was."""
    row = uploading.find(request.actor, pk)
    response = HttpResponse(row.text.encode(), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{row.name}-{row.digest}.yaml"'
    return response


@require_POST
def withdraw(request: Request, pk: UUID) -> HttpResponse:
    """Withdraw a scenario."""
    uploading.withdraw(request.actor, pk, datetime.now(UTC))
    messages.success(request, _("It is withdrawn. Nobody begins it any more."))
    return redirect("scenario_file", pk=pk)


def _words(request: Request) -> dict[str, object]:
    agencies = uploading.agencies_of(request.actor)
    kept = [(agency, uploading.files_of(agency)) for agency in agencies]
    return {"kept": kept, "most": uploading.MOST_BYTES // 1024}


def _agency(request: Request) -> UUID:
    given = request.POST.get("agency", "")
    try:
        return UUID(given)
    except ValueError:
        problem = Problem("agency", given[:80], _("an agency of the list"), _("choose one"))
        raise InputProblems("agency", [problem]) from None


def _nothing(request: Request) -> Exception:
    """Return why no file has come: none was chosen, or it was so large that it was not read."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > uploading.MOST_BYTES:
        return RequestDataTooBig()
    problem = Problem("file", _("nothing"), _("a scenario file, as NAME.yaml"), _("choose one"))
    return InputProblems("file", [problem])
