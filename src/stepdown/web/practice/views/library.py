"""The library of scenarios, and the page before an encounter begins."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from stepdown.encounter.review.rubric import domains
from stepdown.web.limits import counted
from stepdown.web.permission import Missing
from stepdown.web.policy import Actor
from stepdown.web.practice import assigned, mine, play
from stepdown.web.practice.models import PACES
from stepdown.web.practice.scenarios import LENGTHS, Wanted, listed, scenario_of
from stepdown.web.request import Request


def library_page(request: Request) -> HttpResponse:
    """Show the scenarios, those that fit what is looked for."""
    known = listed(request.actor)
    wanted = Wanted.read(request.GET)
    names = domains()
    before = mine.done_before(request.actor.person)
    due = {task.assignment.scenario: task for task in reversed(_to_do(request.actor))}
    cards = [
        {
            "item": item,
            "trains": [names[d] for d in item.trains],
            "before": before.get(item.key),
            "task": due.get(item.key),
        }
        for item in sorted(known, key=lambda i: (not i.own, i.scenario.sector, i.scenario.title))
        if wanted.fits(item)
    ]
    words = {
        "cards": cards, "count": len(cards), "all": len(known), "wanted": wanted,
        "sectors": sorted({item.scenario.sector for item in known}),
        "languages": sorted({item.scenario.language for item in known}),
        "lengths": LENGTHS, "domains": names,
    }  # fmt: skip
    return render(request, "practice/library.html", words)


def scenario_page(request: Request, key: str) -> HttpResponse:
    """Say what an encounter is about, who will see it, and how it may be stopped."""
    return _before(request, key, _task(request.actor, key, request.GET.get("assignment", "")))


@require_POST
@counted("begin")
def start(request: Request, key: str) -> HttpResponse:
    """Begin; an assessment only once its reader is agreed to."""
    actor, now = request.actor, datetime.now(UTC)
    task = _task(actor, key, request.POST.get("assignment", ""))
    pace = request.POST.get("pace", "turn")
    if task is None:
        row = play.start(actor, scenario_of(actor, key), key, pace, now)
        return redirect("encounter", pk=row.id)
    announced = request.POST.get("know") == "yes"
    if task.assignment.assessed and not announced and task.standing is None:
        return _before(request, key, task, unconfirmed=True)
    row = assigned.begin(actor, task.assignment.id, pace, announced=announced, now=now)
    return redirect("encounter", pk=row.id)


def _before(
    request: Request, key: str, task: assigned.Task | None, *, unconfirmed: bool = False
) -> HttpResponse:
    actor = request.actor
    pace = request.POST.get("pace", "turn")
    given = [] if task else [t for t in _to_do(actor) if t.assignment.scenario == key]
    words = {
        "key": key, "scenario": scenario_of(actor, key), "task": task,
        "given": given, "assessed": task is not None and task.assignment.assessed,
        "before": mine.done_before(actor.person).get(key), "days": mine.kept_days(actor),
        "home": actor.home, "pace": pace if pace in PACES else "turn", "unconfirmed": unconfirmed,
    }  # fmt: skip
    return render(request, "practice/scenario.html", words, status=400 if unconfirmed else 200)


def _to_do(actor: Actor) -> list[assigned.Task]:
    """Return what was assigned to this person and can be begun or gone on with now."""
    waiting = assigned.waiting(actor, datetime.now(UTC))
    return [task for task in waiting if task.standing or not task.spent]


def _task(actor: Actor, key: str, given: str) -> assigned.Task | None:
    """Return the assignment that an address names, if it stands. Raises Missing or Refused."""
    if not given:
        return None
    try:
        name = UUID(given)
    except ValueError:
        raise Missing(f"no assignment {given[:40]}") from None
    now = datetime.now(UTC)
    if assigned.open_assignment(actor, name, now).scenario != key:
        raise Missing(f"assignment {name} is of another scenario")
    return assigned.task(actor, name, now)
