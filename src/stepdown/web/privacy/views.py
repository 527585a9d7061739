"""One's own data: what is kept, a copy of all of it, and an end to it."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from stepdown.web.accounts.confirming import confirmed
from stepdown.web.accounts.models import RETENTION_DAYS, Agency, Person
from stepdown.web.permission import permit
from stepdown.web.policy import Action, Thing
from stepdown.web.privacy.erase import erase
from stepdown.web.privacy.export import export
from stepdown.web.privacy.hold import standing
from stepdown.web.request import Request


@confirmed
def export_page(request: Request) -> HttpResponse | StreamingHttpResponse:
    """Say what is kept about whoever asks; hand over all of it when asked to."""
    person = _me(request, Action.EXPORT)
    if request.method != "POST":
        agencies = Agency.objects.filter(grants__person=person).distinct().order_by("name")
        words = {"agencies": agencies, "holds": standing(person), "usual": RETENTION_DAYS}
        return render(request, "privacy/export.html", words)
    now = datetime.now(UTC)
    pieces = export(request.actor, person.pk, now)
    response = StreamingHttpResponse(pieces, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="my-data-{now:%Y-%m-%d}.zip"'
    response["Cache-Control"] = "no-store"
    return response


@confirmed
def erase_page(request: Request) -> HttpResponse:
    """Say what an erasure does; do it when one's own address is typed."""
    person = _me(request, Action.ERASE)
    wrong = False
    if request.method == "POST":
        wrong = request.POST.get("email", "").strip().lower() != person.email.lower()
        if not wrong:
            erase(request.actor, person.pk, datetime.now(UTC))
            logout(request)
            messages.success(request, _("Your data are erased, and you are signed out."))
            return redirect("home")
    words = {"person": person, "holds": standing(person), "wrong": wrong}
    return render(request, "privacy/erase.html", words)


def _me(request: Request, action: Action) -> Person:
    permit(request.actor, action, Thing(owner=request.actor.id))
    return Person.objects.get(pk=request.actor.person)
