"""The pages of attendance: the list, one person's entries, the code on the wall, typing it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from stepdown.problems import InputProblems, Problem
from stepdown.web.limits import counted
from stepdown.web.permission import Missing
from stepdown.web.policy import Action
from stepdown.web.practice.polling import opened
from stepdown.web.programs import attending, expecting, listing, scheduling, wall
from stepdown.web.programs.forms import Corrected, shortly_said, tell
from stepdown.web.programs.models import Session
from stepdown.web.request import Request

A_PAGE = 50


def who(request: Request, pk: UUID) -> HttpResponse:
    """Show who is expected at a session and who was there."""
    found = scheduling.find(request.actor, pk, Action.NOTE_ATTENDANCE)
    sought, other = _sought(request, "q"), _sought(request, "else")
    people = expecting.expected(found)
    if sought:
        people = people.filter(name__icontains=sought)
    page = Paginator(people, A_PAGE).get_page(request.GET.get("page"))
    rows = attending.with_entries(request.actor, found, page.object_list)
    notes = found.cancelled_at is None and datetime.now(UTC) >= found.start
    others = expecting.somebody_else(found, other) if notes else []
    words = {
        "session": found, "agency": found.agency, "page": page, "rows": rows, "q": sought,
        "query": listing.kept(request.GET), "notes": notes,
        "open": any(row.entry is None for row in rows),
        "other": other, "others": others[: expecting.MOST_FOUND],
        "more": len(others) > expecting.MOST_FOUND,
    }  # fmt: skip
    return render(request, "programs/session_list.html", words)


@require_POST
def note(request: Request, pk: UUID) -> HttpResponse:
    """Note who was there."""
    everybody = request.POST.get("whom") == "everybody"
    minutes = None if everybody else _minutes(request)
    new = attending.note_present(request.actor, pk, minutes, datetime.now(UTC))
    told = ngettext("%(count)d person is noted.", "%(count)d people are noted.", new)
    messages.success(request, told % {"count": new} if new else _("Nobody new was noted."))
    page = request.POST.get("page", "")
    answer = redirect("session_list", pk=pk)
    if page.isascii() and page.isdigit() and len(page) < 6:
        answer["Location"] += f"?page={page}"
    return answer


def entries(request: Request, pk: UUID, person: UUID) -> HttpResponse:
    """Show all entries of somebody at a session, and correct the one that counts."""
    found = scheduling.find(request.actor, pk, Action.NOTE_ATTENDANCE)
    rows = attending.entries_of(found, [person])
    if not rows:
        raise Missing(f"no entry of {person} at {pk}")
    counts = attending.counting(rows)[0]
    first = {"entry": counts.id, "minutes": counts.minutes}
    form = Corrected(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            attending.correct(
                request.actor, pk, given["entry"], given["minutes"], given["why"],
                datetime.now(UTC),
            )  # fmt: skip
        except InputProblems as error:
            tell(form, error)
        else:
            told = _("The entry of %(name)s is corrected. The earlier one stays to be seen.")
            messages.success(request, told % {"name": counts.person.name})
            return redirect("session_list", pk=pk)
    words = {
        "session": found, "agency": found.agency, "rows": rows, "counts": counts,
        "person": counts.person, "form": form, "own": counts.person_id == request.actor.id,
    }  # fmt: skip
    status = 400 if form.is_bound else 200
    return render(request, "programs/session_entries.html", words, status=status)


def on_the_wall(request: Request, pk: UUID) -> HttpResponse:
    """Show the code of a session in big letters."""
    found, shown = wall.shown(request.actor, pk, datetime.now(UTC))
    words = _wall(found, shown, opened(request.actor, found.id))
    return render(request, "programs/session_wall.html", words)


def code(request: Request, pk: UUID) -> HttpResponse:
    """Show the code as it stands now, for its page to stay up to date."""
    mark = request.GET.get("mark", "")
    found, shown = wall.shown(request.actor, pk, datetime.now(UTC), mark)
    return render(request, "programs/part/session_code.html", _wall(found, shown, mark))


@counted("code")
def here(request: Request, pk: UUID) -> HttpResponse:
    """Show where the code is typed, and take it."""
    now = datetime.now(UTC)
    problems: list[str] = []
    if request.method == "POST":
        try:
            wall.attend(request.actor, pk, request.POST.get("code", ""), now)
        except InputProblems as error:
            problems = [shortly_said(problem) for problem in error.problems]
        else:
            return redirect("session", pk=pk)
    found, own = wall.for_whoever_attends(request.actor, pk)
    words = {
        "session": found, "agency": found.agency, "own": own, "problems": problems,
        "usable": wall.usable(found, now), "minutes": wall.minutes_from(found, now),
        "opens": found.start - wall.EARLY, "begun": now >= found.start, "ended": now >= found.end,
        "stuck": wall.wrong_tries(request.actor, pk) >= wall.MOST_WRONG,
    }  # fmt: skip
    return render(request, "programs/session_here.html", words, status=400 if problems else 200)


def _sought(request: Request, name: str) -> str:
    return request.GET.get(name, "").replace("\0", "").strip()[:120]


def _minutes(request: Request) -> dict[UUID, int]:
    """Return the minutes of everybody who was ticked. Raises InputProblems."""
    found: dict[UUID, int] = {}
    wrong: list[Problem] = []
    for sent in request.POST.getlist("there"):
        text = request.POST.get(f"minutes-{sent}", "").strip()
        try:
            found[UUID(sent)] = int(text) if text.isascii() and len(text) < 6 else -1
        except ValueError:
            wrong.append(Problem("minutes", repr(text)[:40], _("a whole number"), _("correct it")))
    if not found and not wrong:
        wrong.append(Problem("people", _("nobody"), _("somebody of the list"),
                             _("tick who was there")))  # fmt: skip
    if wrong:
        raise InputProblems(_("who was there"), wrong)
    return found


def _wall(found: Session, shown: wall.Shown, mark: str) -> dict[str, Any]:
    return {"session": found, "agency": found.agency, "shown": shown, "mark": mark}
