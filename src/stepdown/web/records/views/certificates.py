"""The pages of certificates: who is due one, issuing and withdrawing, the paper, looking up."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stepdown.briefing.certificate import certificate_digest, certificate_pdf
from stepdown.problems import InputProblems, Problem
from stepdown.web.permission import permit
from stepdown.web.policy import Action, Thing
from stepdown.web.records import certifying
from stepdown.web.records.papers import paper_of
from stepdown.web.records.serving import units_of
from stepdown.web.records.views.hours_forms import Withdraw
from stepdown.web.request import Request

A_PAGE = 50


def page(request: Request, agency: UUID) -> HttpResponse:
    """Show an agency's programmes, and what the record holds for a number off paper."""
    place = certifying.agency_of(request.actor, agency)
    number = request.GET.get("number", "").strip()[:100]
    words = {
        "agency": place, "programmes": certifying.programmes_of(place), "number": number,
        "looked": certifying.look_up(request.actor, agency, number) if number else None,
    }  # fmt: skip
    return render(request, "records/certificates.html", words)


def programme(request: Request, agency: UUID, pk: UUID) -> HttpResponse:
    """Show who completed a version of a programme and is due a certificate, and who has one."""
    return _programme(request, certifying.find(request.actor, agency, pk, datetime.now(UTC)))


def _programme(
    request: Request, found: certifying.Programme, wrong: tuple[Problem, ...] = ()
) -> HttpResponse:
    everywhere = Thing(agency=found.agency.id, units=units_of(found.agency))
    permit(request.actor, Action.SEE_TRAINING, everywhere, "programme", found.row.id)
    units = {d.person.unit: d.person.unit_name for d in found.due if d.person.unit}
    words = {
        "found": found, "units": sorted(units.items(), key=lambda pair: pair[1].casefold()),
        "due": Paginator(found.due, A_PAGE).get_page(request.GET.get("page")),
        "issued": Paginator(found.issued, A_PAGE).get_page(request.GET.get("issued")),
        "most": certifying.MOST_AT_ONCE, "problems": wrong,
    }  # fmt: skip
    status = 400 if wrong else 200
    return render(request, "records/certificates_programme.html", words, status=status)


def issue(request: Request, agency: UUID, pk: UUID) -> HttpResponse:
    """Issue certificates to those chosen, or to everybody of a unit who is due one."""
    now = datetime.now(UTC)
    if request.method != "POST":
        return redirect("certificates_programme", agency=agency, pk=pk)
    try:
        rows = certifying.issue(request.actor, agency, pk, _chosen(request, agency, pk, now), now)
    except InputProblems as error:
        found = certifying.find(request.actor, agency, pk, now)
        return _programme(request, found, error.problems)
    said = ngettext("%(n)d certificate was issued.", "%(n)d certificates were issued.", len(rows))
    messages.success(request, said % {"n": len(rows)})
    return redirect("certificates_programme", agency=agency, pk=pk)


def withdraw(request: Request, pk: UUID) -> HttpResponse:
    """Ask why a certificate is withdrawn, and withdraw it."""
    row = certifying.find_issued(request.actor, pk)
    form = Withdraw(request.POST if request.method == "POST" else None)
    if form.is_valid():
        certifying.withdraw(request.actor, pk, form.cleaned_data["why"], datetime.now(UTC))
        messages.success(request, _("The certificate is withdrawn, and stays to be seen."))
        return redirect("certificates_programme", agency=row.agency_id, pk=row.programme_id)
    certifying.find_issued(request.actor, pk, Action.SEE_TRAINING)
    words = {"row": row, "form": form}
    status = 400 if form.errors else 200
    return render(request, "records/certificate_withdraw.html", words, status=status)


def paper(request: Request, pk: UUID) -> HttpResponse:
    """Hand a certificate out as a PDF."""
    agency, said = certifying.paper(request.actor, pk)
    check_at = request.build_absolute_uri(reverse("certificates", kwargs={"agency": agency.pk}))
    pdf = certificate_pdf(said, check_at, paper_of(agency.zone))
    response = HttpResponse(pdf, content_type="application/pdf")
    name = f"certificate-{certificate_digest(said)}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _chosen(request: Request, agency: UUID, pk: UUID, now: datetime) -> list[UUID]:
    if unit := request.POST.get("unit"):
        found = certifying.find(request.actor, agency, pk, now)
        due = [d.person.id for d in found.due if str(d.person.unit) == unit]
        return due[: certifying.MOST_AT_ONCE]
    return _ids(request.POST.getlist("person"))


def _ids(given: list[str]) -> list[UUID]:
    try:
        return [UUID(text) for text in given]
    except ValueError:
        problem = Problem(_("people"), _("no people"), _("people of the list"), _("choose again"))
        raise InputProblems(_("the certificates"), [problem]) from None
