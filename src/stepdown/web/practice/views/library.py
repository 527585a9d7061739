"""The library of scenarios, and the page before an encounter begins."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from stepdown.web.practice import play
from stepdown.web.practice.scenarios import listed, scenario_of
from stepdown.web.request import Request


def library_page(request: Request) -> HttpResponse:
    """Show the scenarios, those of one sector if one is chosen."""
    known = listed(request.actor)
    sectors = sorted({item.scenario.sector for item in known})
    sector = request.GET.get("sector", "")
    shown = [item for item in known if not sector or item.scenario.sector == sector]
    return render(
        request, "practice/library.html", {"shown": shown, "sectors": sectors, "sector": sector}
    )


def scenario_page(request: Request, key: str) -> HttpResponse:
    """Say what an encounter is about, who will see it, and how it may be stopped."""
    scenario = scenario_of(request.actor, key)
    return render(request, "practice/scenario.html", {"key": key, "scenario": scenario})


@require_POST
def start(request: Request, key: str) -> HttpResponse:
    """Begin."""
    actor = request.actor
    scenario = scenario_of(actor, key)
    pace = request.POST.get("pace", "turn")
    row = play.start(actor, scenario, key, pace, datetime.now(UTC))
    return redirect("encounter", pk=row.id)
