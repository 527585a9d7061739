"""The pages by which a version of a curriculum is published: looked at, then confirmed."""

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
from stepdown.web.policy import Action
from stepdown.web.programs import publishing
from stepdown.web.programs.changes import between
from stepdown.web.programs.curricula import find_agency
from stepdown.web.programs.earlier import reach_of
from stepdown.web.programs.models import ProgrammeVersion
from stepdown.web.programs.views import curricula
from stepdown.web.request import Request


@require_POST
@counted("bring")
def look(request: Request, agency: UUID, part: str | None = None) -> HttpResponse:
    """Say what publishing a file would do, or everything that is wrong with it.

    `part`: the programme whose next version it is to be; else the id in the file decides.
    """
    find_agency(request.actor, agency, Action.PUBLISH)
    try:
        file, content = _file(request)
        reason = request.POST.get("reason", "")
        found = publishing.look(
            request.actor, agency, file, content, reason, datetime.now(UTC), of=part
        )
    except InputProblems as error:
        if part is None:
            return curricula.programmes_with(request, error, agency)
        return curricula.programme_with(request, agency, part, error=error)
    words = {
        "reach": found.previous
        and reach_of(found.agency, found.previous, found.published, datetime.now(UTC)),
        "found": found, "of": part, "reason": found.published.programme.reason,
        "lines": found.previous
        and between(agency, found.previous.curriculum, found.published.curriculum),
        "changed": {module.pin for module in found.changed},
    }  # fmt: skip
    return render(request, "programs/look.html", words)


@require_POST
@counted("bring")
def publish(request: Request, agency: UUID) -> HttpResponse:
    """Publish what was looked at."""
    given = request.POST
    text = given.get("text", "").replace("\r\n", "\n").encode()
    row = publishing.publish(
        request.actor,
        agency,
        given.get("name", ""),
        text,
        given.get("reason", ""),
        given.get("mark", ""),
        datetime.now(UTC),
        of=given.get("of") or None,
    )
    messages.success(request, _("Version %(number)d is published.") % {"number": row.number})
    return _to(row)


@require_POST
def starter(request: Request, agency: UUID) -> HttpResponse:
    """Publish the curriculum that ships."""
    row = publishing.add_starter(request.actor, agency, datetime.now(UTC))
    messages.success(request, _("The starter curriculum is there. Make it yours."))
    return _to(row)


def _to(row: ProgrammeVersion) -> HttpResponse:
    return redirect("curriculum_programme", agency=row.agency_id, part=row.name)


def _file(request: Request) -> tuple[str, bytes]:
    """Return name and content of the file that was sent. Raises InputProblems if none was."""
    sent = request.FILES.get("file")
    if sent is not None:
        return sent.name or "", sent.read(publishing.MOST_BYTES + 1)
    if int(request.META.get("CONTENT_LENGTH") or 0) > publishing.MOST_BYTES:
        raise RequestDataTooBig
    expected, fix = _("a curriculum, as NAME.yaml"), _("choose one")
    raise InputProblems("file", [Problem("file", _("nothing"), expected, fix)])
