"""The pages of sessions: the list of an agency, one of them, the form, changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stepdown.problems import InputProblems
from stepdown.web.accounts.models import Agency, Unit
from stepdown.web.limits import counted
from stepdown.web.permission import may, permit
from stepdown.web.policy import Action, Role, Thing
from stepdown.web.programs import (
    attending,
    expecting,
    fidelity,
    listing,
    rescheduling,
    scheduling,
    wall,
    warning,
)
from stepdown.web.programs.curricula import agencies_of, find_agency
from stepdown.web.programs.forms import Scheduled, WhenAndWhere, choices, tell
from stepdown.web.programs.models import ModuleVersion, ProgrammeVersion, Session
from stepdown.web.programs.text import an_id
from stepdown.web.programs.zones import NoSuchTime, moments, zone_of
from stepdown.web.records.reminding import remind
from stepdown.web.request import Request

A_PAGE = 50


def home(request: Request) -> HttpResponse:
    """Go to the sessions of one's agency; whoever belongs to several chooses one first."""
    own = agencies_of(request.actor, Action.SEE_SESSION)
    if len(own) == 1:
        return redirect("sessions_of", pk=own[0].id)
    return render(request, "programs/session_agencies.html", {"agencies": own})


def of_agency(request: Request, pk: UUID) -> HttpResponse:
    """List the sessions of an agency."""
    actor = request.actor
    agency = find_agency(actor, pk, Action.SEE_SESSION)
    names = ("past", "unit", "programme", "month")
    asked = listing.asked(*(request.GET.get(name, "") for name in names))
    rows = listing.sessions_of(agency, asked, datetime.now(UTC))
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    units = list(Unit.objects.filter(agency=agency).order_by("name"))
    words = {
        "agency": agency, "rows": page, "asked": asked, "query": listing.kept(request.GET),
        "units": units, "programmes": listing.programmes_of(agency),
        "everybody": listing.EVERYBODY, "several": len(agencies_of(actor)) > 1,
        "schedules": _somewhere(request, agency, units, Action.SCHEDULE),
        "sees": _somewhere(request, agency, units, Action.SEE_TRAINING),
        "trains": any(g.role == Role.TRAINEE and g.agency == agency.id for g in actor.grants),
    }  # fmt: skip
    return render(request, "programs/sessions.html", words)


def session(request: Request, pk: UUID) -> HttpResponse:
    """Show a session."""
    return _page(request, scheduling.find(request.actor, pk, Action.SEE_SESSION))


@counted("begin")
def schedule(request: Request, pk: UUID) -> HttpResponse:
    """Show the form of a new session, and take it."""
    actor = request.actor
    agency = find_agency(actor, pk, Action.SEE_SESSION)
    units, everybody = scheduling.units_for(actor, agency)
    if not units:
        permit(actor, Action.SCHEDULE, Thing(agency=agency.id), "agency", agency.id)
    form = Scheduled(request.POST or None, initial=_first(request, agency, units, everybody))
    _fill(form, agency, units, everybody)
    warnings: list[warning.Told] = []
    if request.method == "POST" and form.is_valid():
        now, key = datetime.now(UTC), form.cleaned_data["key"]
        if not Session.objects.filter(pk=key).exists():
            warnings = warning.of_new(agency, form.subject, form.held, now)
        try:
            made = None if _unticked(request, warnings) else scheduling.schedule(
                actor, agency.id, form.subject, form.held, now, key=key,
                despite=warning.kinds(warnings),
            )  # fmt: skip
        except InputProblems as error:
            _told(form, error, agency)
        else:
            if made is not None:
                messages.success(request, _("The session is scheduled."))
                return redirect("session", pk=made.id)
    words = {
        "form": form, "agency": agency, "made_up": _made_up(form, agency), "warnings": warnings,
        "kinds": warning.kinds(warnings),
    }  # fmt: skip
    return render(
        request, "programs/session_form.html", words, status=400 if form.is_bound else 200
    )


@counted("begin")
def change(request: Request, pk: UUID) -> HttpResponse:
    """Show the form by which a session is changed, and take it."""
    found = scheduling.find(request.actor, pk, Action.SCHEDULE)
    form = WhenAndWhere(request.POST or None, initial=_as_it_is(found))
    _teachers(form, found.agency, found)
    warnings: list[warning.Told] = []
    if request.method == "POST" and form.is_valid():
        now = datetime.now(UTC)
        warnings = warning.of_change(found, form.held, now)
        try:
            changed = None if _unticked(request, warnings) else rescheduling.change(
                request.actor, pk, form.held, now, despite=warning.kinds(warnings)
            )  # fmt: skip
        except InputProblems as error:
            _told(form, error, found.agency)
        else:
            if changed is not None:
                remind.enqueue(str(changed.agency_id))  # whoever was reminded is told at once
                messages.success(
                    request, _("The session is changed. Calendars show it as it is now.")
                )
                return redirect("session", pk=pk)
    words = {
        "form": form, "agency": found.agency, "session": found, "warnings": warnings,
        "kinds": warning.kinds(warnings),
    }  # fmt: skip
    return render(
        request, "programs/session_form.html", words, status=400 if form.is_bound else 200
    )


def _unticked(request: Request, warnings: list[warning.Told]) -> bool:
    """Say whether there is something to know that nobody ticked who saw it."""
    seen = request.POST.get("nevertheless", "").split()
    return not set(warning.kinds(warnings)) <= set(seen)


@require_POST
def cancel(request: Request, pk: UUID) -> HttpResponse:
    """Cancel a session."""
    found = rescheduling.cancel(request.actor, pk, request.POST.get("why", ""), datetime.now(UTC))
    remind.enqueue(str(found.agency_id))  # whoever was reminded of it is told at once
    messages.success(request, _("The session is cancelled. It stays here to be seen."))
    return redirect("session", pk=pk)


@require_POST
def checklist(request: Request, pk: UUID) -> HttpResponse:
    """Mark the checklist of a session."""
    marks = {
        name.removeprefix("line-"): value for name, value in request.POST.items()
        if name.startswith("line-") and isinstance(value, str) and value
    }  # fmt: skip
    new = fidelity.mark(request.actor, pk, marks, datetime.now(UTC))
    if new:
        messages.success(request, _("It is marked. Earlier marks stay to be seen."))
    return redirect("session", pk=pk)


def _page(request: Request, found: Session) -> HttpResponse:
    actor, now = request.actor, datetime.now(UTC)
    thing = found.thing()
    notes = may(actor, Action.NOTE_ATTENDANCE, thing)
    attends = may(actor, Action.ATTEND, thing)
    own = wall.own_entry(actor, found) if attends else None
    words: dict[str, Any] = {
        "session": found, "agency": found.agency, "begun": now >= found.start,
        "ended": now >= found.end, "teachers": found.instructors.order_by("name", "id"),
        "schedules": may(actor, Action.SCHEDULE, thing), "notes": notes, "attends": attends,
        "own": own, "usable": wall.usable(found, now),
        "corrected": found.teacher_corrections.exists(),
        "made_up_by": found.made_up_by.order_by("start"),
    }  # fmt: skip
    if notes:
        words |= {
            "there": attending.there(found), "expected": expecting.expected(found).count(),
            "checklist": fidelity.checklist(found, actor.person),
        }  # fmt: skip
    return render(request, "programs/session.html", words)


def _somewhere(request: Request, agency: Agency, units: list[Unit], action: Action) -> bool:
    """Say whether somebody may do something in a unit of an agency, or in all of it."""
    places = [frozenset([unit.id]) for unit in units] + [frozenset()]
    return any(may(request.actor, action, Thing(agency=agency.id, units=p)) for p in places)


def _first(request: Request, agency: Agency, units: list[Unit], everybody: bool) -> dict[str, Any]:
    """Return what the form begins with: another session again, one to be made up, or nothing."""
    first: dict[str, Any] = {
        "key": uuid4(), "place": "", "unit": "" if everybody or len(units) != 1 else units[0].id,
    }  # fmt: skip
    given = request.GET.get("again") or request.GET.get("make_up_of")
    if given:
        like = scheduling.find(request.actor, an_id("session", given), Action.SEE_SESSION)
        if like.agency_id == agency.id:
            first |= _as_it_is(like) | {
                "day": None, "module": like.module_id, "programme": like.programme_id,
                "unit": like.unit_id or "all",
            }  # fmt: skip
            if request.GET.get("make_up_of"):
                first["make_up_of"] = like.id
    return first


def _as_it_is(found: Session) -> dict[str, Any]:
    local = found.start.astimezone(zone_of(found.agency))
    both = moments(local.date(), local.time(), zone_of(found.agency))
    return {
        "day": local.date(), "clock": local.time(), "minutes": found.minutes,
        "place": found.place, "instructors": list(found.instructors.values_list("pk", flat=True)),
        "second": "" if len(both) == 1 else "second" if both[1] == found.start else "first",
    }  # fmt: skip


def _fill(form: Scheduled, agency: Agency, units: list[Unit], everybody: bool) -> None:
    """Set what can be chosen in the form of a session."""
    known = ProgrammeVersion.objects.filter(agency=agency).order_by("name", "-number")
    programmes = list(known.values_list("id", "number", "content__title", "content__modules"))
    rows = ModuleVersion.objects.filter(agency=agency)
    fields = ("id", "name", "number", "content__title", "content__hours")
    latest, earlier = [], []
    place = _places(pins for _pk, _n, _title, pins in programmes)
    in_order = sorted(
        rows.values_list(*fields), key=lambda row: (place.get(row[1], len(place)), row[1], -row[2])
    )
    for _name, versions in groupby(in_order, key=lambda row: row[1]):
        newest, *rest = ((str(pk), _named(title, n, h)) for pk, _i, n, title, h in versions)
        latest.append(newest)
        earlier += rest
    groups = [(_("Latest versions"), latest), (_("Earlier versions"), earlier)]
    choices(form, "module", [("", _("Choose one")), *(g for g in groups if g[1])])
    choices(form, "programme", [("", _("None")), *(
        (str(pk), _named(title, number)) for pk, number, title, _pins in programmes
    )])  # fmt: skip
    whole = [("all", _("Everybody in the agency"))] if everybody else []
    choices(form, "unit", [("", _("Choose one")), *((str(u.id), u.name) for u in units), *whole])
    _teachers(form, agency)


def _places(programmes: Iterable[list[dict[str, Any]]]) -> dict[str, int]:
    """Return the place of each module where programmes first name it, one after another."""
    names = dict.fromkeys(pin["id"] for pins in programmes for pin in pins)
    return {name: n for n, name in enumerate(names)}


def _teachers(form: WhenAndWhere, agency: Agency, found: Session | None = None) -> None:
    people = {p.id: p.name for p in scheduling.instructors_of(agency)}
    if found is not None:
        people |= {p.id: p.name for p in found.instructors.all()}
    units = scheduling.units_of_instructors(agency)
    choices(form, "instructors", [
        (str(pk), ", ".join([name, *units.get(pk, ())])) for pk, name in people.items()
    ])  # fmt: skip


def _named(title: str, number: int, hours: float | None = None) -> str:
    if hours is None:
        return _("%(title)s, version %(number)d") % {"title": title, "number": number}
    given = {"title": title, "number": number, "hours": f"{hours:g}"}
    return _("%(title)s, version %(number)d (%(hours)s h)") % given


def _told(form: WhenAndWhere, error: InputProblems, agency: Agency) -> None:
    """Say what is wrong beside the fields; ask which of two times is meant where there are two."""
    when = form.held.when
    try:
        if len(moments(when.day, when.clock, zone_of(agency))) > 1:
            form.ask_which()
    except (NoSuchTime, OverflowError, ValueError):
        pass
    tell(form, error)


def _made_up(form: Scheduled, agency: Agency) -> Session | None:
    given = str(form["make_up_of"].value() or "")
    try:
        pk = UUID(given)
    except ValueError:
        return None
    rows = Session.objects.filter(agency=agency, pk=pk).select_related("module", "unit")
    return rows.first()
