"""The pages of plans: how the year goes, what was learned, and who is to come."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from stepdown.web.accounts.models import Agency, Unit
from stepdown.web.asked import asked
from stepdown.web.permission import Missing, may, permit
from stepdown.web.policy import Action, Thing
from stepdown.web.practice.units import thing_of
from stepdown.web.programs.zones import day_of, zone_of
from stepdown.web.records import planning
from stepdown.web.records.learned import moved_of, plotted
from stepdown.web.records.models import Plan, Visit
from stepdown.web.records.planned import month_of, standing_plan, visits_in, visits_of_unit
from stepdown.web.records.saying import told_of
from stepdown.web.records.techniques import techniques
from stepdown.web.request import Request

A_PAGE = 50
COLUMNS = ("month", "visits", "people", "hours", "held", "held_without", "late", "hours_there")


def index(request: Request) -> HttpResponse:
    """Show the agencies and units whose refreshers this person may see."""
    actor = request.actor
    ids = {grant.agency for grant in actor.grants if grant.agency}
    found = []
    for agency in Agency.objects.filter(pk__in=ids).prefetch_related("units").order_by("name"):
        units = sorted(agency.units.all(), key=lambda unit: unit.name)
        seen = [unit for unit in units if may(actor, Action.SEE_PLAN, thing_of(unit))]
        plans = may(actor, Action.PLAN, Thing(agency=agency.id))
        if seen or plans:
            found.append((agency, plans, seen))
    return render(request, "records/refreshers_index.html", {"agencies": found})


def overview(request: Request, pk: UUID) -> HttpResponse:
    """Show the plan that stands, month by month, and how far the next one is."""
    agency = planning.find_agency(request.actor, pk)
    plan, latest, now = standing_plan(agency.id), planning.latest_plan(agency.id), _now()
    words = {
        "agency": agency, "plan": plan, "setting": planning.setting_of(agency.id),
        "latest": latest, "state": planning.state_of(latest, now) if latest else "",
        "months": _months(plan), "units": agency.units.order_by("name"),
        "late": any(month.get("late") for month in _months(plan)),
    }  # fmt: skip
    return render(request, "records/refreshers_overview.html", words)


@require_POST
def ask(request: Request, pk: UUID) -> HttpResponse:
    """Have a plan made."""
    planning.ask(request.actor, pk, _now())
    return redirect("refreshers_of", pk=pk)


def progress(request: Request, pk: UUID) -> HttpResponse:
    """Say how far the plan is that was asked for last; when it is over the page loads anew."""
    agency = planning.find_agency(request.actor, pk)
    latest = planning.latest_plan(agency.id)
    state = planning.state_of(latest, _now()) if latest else ""
    words = {"agency": agency, "latest": latest, "state": state}
    response = render(request, "records/part/refreshers_progress.html", words)
    if request.htmx and state not in ("waiting", "working"):
        response["HX-Refresh"] = "true"
    return response


def learned(request: Request, pk: UUID) -> HttpResponse:
    """Show how far the re-tests moved what was assumed, and how predictions did."""
    agency = planning.find_agency(request.actor, pk)
    plan = _standing(agency)
    words = {
        "agency": agency, "plan": plan, "moved": moved_of(plan.result, techniques(agency.id)),
        "checked": plan.result["calibration"], "svg": plotted(plan.result["calibration"]),
    }  # fmt: skip
    return render(request, "records/refreshers_learned.html", words)


def workload(request: Request, pk: UUID) -> HttpResponse:
    """Hand the months of the plan that stands out as a table."""
    agency = planning.find_agency(request.actor, pk)
    plan, out = _standing(agency), io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for month in plan.result["workload"]:
        table.writerow([
            month["day"][:7], month["visits"], month["people"], f"{month['hours']:.2f}",
            f"{month['held']:.4f}", f"{month['held_without']:.4f}", month.get("late", ""),
            f"{month['offered']:.2f}" if "offered" in month else "",
        ])  # fmt: skip
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="refreshers-{plan.today}.csv"'
    return response


def agency_visits(request: Request, pk: UUID) -> HttpResponse:
    """Show who is to come in an agency, of all its units."""
    found = Agency.objects.filter(pk=pk).first()
    if found is None:
        raise Missing(f"no agency {pk}")
    permit(request.actor, Action.SEE_PLAN, Thing(agency=found.id), "refreshers", found.id)
    plan = standing_plan(found.id)
    rows = visits_in(plan).select_related("unit") if plan else Visit.objects.none()
    return _visits(request, {"agency": found, "plan": plan, "whole": True}, rows)


def unit_visits(request: Request, pk: UUID) -> HttpResponse:
    """Show who of a unit is to come."""
    unit = Unit.objects.select_related("agency").filter(pk=pk).first()
    if unit is None:
        raise Missing(f"no unit {pk}")
    permit(request.actor, Action.SEE_PLAN, thing_of(unit), "refreshers", unit.id)
    plan = standing_plan(unit.agency_id)
    rows = visits_of_unit(unit, plan) if plan else Visit.objects.none()
    examines = may(request.actor, Action.SEE_TRAINING, thing_of(unit))
    return _visits(
        request, {"agency": unit.agency, "unit": unit, "plan": plan, "examines": examines}, rows
    )


def _visits(request: Request, words: dict[str, Any], rows: QuerySet[Visit]) -> HttpResponse:
    """Show the visits of one month, by name."""
    agency: Agency = words["agency"]
    months = [month_of(m["day"]) for m in _months(words["plan"])]
    month = _chosen(asked(request, "month"), months, day_of(_now(), zone_of(agency)))
    if month is not None:
        rows = rows.filter(day__year=month.year, day__month=month.month)
    people = rows.order_by("person__name", "person_id").values_list("person_id", flat=True)
    page = Paginator(people.distinct(), A_PAGE).get_page(request.GET.get("page"))
    words |= {
        "months": months, "month": month, "page": page,
        "rows": [
            (visits, why, sum(visit.hours for visit in visits))
            for visits, why in told_of(rows.filter(person__in=list(page)), techniques(agency.id))
        ],
        "plans": may(request.actor, Action.PLAN, Thing(agency=agency.id)),
    }  # fmt: skip
    return render(request, "records/refreshers_visits.html", words)


def _months(plan: Plan | None) -> list[dict[str, Any]]:
    """Return the months of a plan, their days as days."""
    listed = plan.result["workload"] if plan else []
    return [{**month, "day": date.fromisoformat(month["day"])} for month in listed]


def _chosen(text: str, months: list[date], today: date) -> date | None:
    """Return the month that was asked for; else this one, or the first that is still to come."""
    by_text = {f"{month:%Y-%m}": month for month in months}
    coming = [month for month in months if month >= month_of(today)] or months[-1:]
    return by_text.get(text, coming[0] if coming else None)


def _standing(agency: Agency) -> Plan:
    """Return the plan that stands. Raises Missing before there is one."""
    plan = standing_plan(agency.id)
    if plan is None:
        raise Missing(f"no plan of {agency.id}")
    return plan


def _now() -> datetime:
    return datetime.now(UTC)
