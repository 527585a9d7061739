"""The pages on which people find the address of a calendar, and the calendars themselves."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stepdown.web.accounts.models import Person, Unit
from stepdown.web.audit.log import whence
from stepdown.web.limits import count
from stepdown.web.policy import Action
from stepdown.web.practice.units import find_unit, taught_by
from stepdown.web.records import feeds, reminding, subscribed
from stepdown.web.records.models import Feed
from stepdown.web.request import Request

CACHED = "private, no-cache"
"""One may keep it, and asks each time whether it holds still."""


def calendar(request: Request) -> HttpResponse:
    """Show a person the address of their calendar, and whether they are reminded."""
    feed = feeds.feed_of(request.actor)
    words = {
        "feed": feed, "address": _address(request, feed), "units": taught_by(request.actor),
        "person": Person.objects.get(pk=request.actor.person),
    }  # fmt: skip
    return render(request, "records/calendar.html", words)


def unit_calendar(request: Request, pk: UUID) -> HttpResponse:
    """Show the address of a unit's calendar to those who teach it."""
    unit = find_unit(request.actor, pk, Action.SEE_FEED)
    feed = feeds.feed_of(request.actor, unit)
    words = {"unit": unit, "feed": feed, "address": _address(request, feed)}
    return render(request, "records/unit_calendar.html", words)


@require_POST
def make(request: Request, pk: UUID | None = None) -> HttpResponse:
    """Make the calendar that somebody asks for."""
    unit = _unit(request, pk)
    feeds.make(request.actor, datetime.now(UTC), unit)
    return _back(unit)


@require_POST
def renew(request: Request, pk: UUID | None = None) -> HttpResponse:
    """Give a calendar another address."""
    unit = _unit(request, pk)
    feeds.renew(request.actor, datetime.now(UTC), unit)
    messages.success(request, _("This is the new address. The one before opens nothing any more."))
    return _back(unit)


@require_POST
def reminders(request: Request) -> HttpResponse:
    """Be reminded by e-mail, or no longer."""
    wanted = request.POST.get("wanted") == "on"
    reminding.choose(request.actor, datetime.now(UTC), wanted=wanted)
    told = _("You are reminded by e-mail.") if wanted else _("You are reminded no more.")
    messages.success(request, told)
    return redirect("calendar")


@require_safe
def feed(request: Request, token: str) -> HttpResponse:
    """Answer a program that reads a calendar; the address itself is the proof."""
    now = datetime.now(UTC)
    count(whence().address, "feed", now)
    found = subscribed.sent(feeds.opened(token), now)
    etag, changed = found.etag, int(found.changed_at.timestamp())
    answer = get_conditional_response(request, etag, changed)
    if answer is None:
        answer = HttpResponse(found.content(), content_type="text/calendar; charset=utf-8")
        answer["Content-Disposition"] = 'inline; filename="stepdown.ics"'
    answer["ETag"], answer["Last-Modified"] = etag, http_date(changed)
    answer["Cache-Control"] = CACHED
    return answer


def _address(request: Request, feed: Feed | None) -> str:
    if feed is None:
        return ""
    return request.build_absolute_uri(reverse("feed", args=[feeds.token_of(feed)]))


def _unit(request: Request, pk: UUID | None) -> Unit | None:
    return find_unit(request.actor, pk, Action.SEE_FEED) if pk else None


def _back(unit: Unit | None) -> HttpResponse:
    return redirect("unit_calendar", pk=unit.pk) if unit else redirect("calendar")
