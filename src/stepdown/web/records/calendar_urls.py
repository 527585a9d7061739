"""Addresses of calendars and reminders, and who may come to each."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from stepdown.web.access import Access
from stepdown.web.records.views import calendar

UNIT = "units/<uuid:pk>/calendar"

urlpatterns: list[URLPattern | URLResolver] = [
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/make/", calendar.make, name="make_feed"),
    path("calendar/anew/", calendar.renew, name="renew_feed"),
    path("calendar/reminders/", calendar.reminders, name="reminders"),
    path("calendar/<str:token>.ics", calendar.feed, name="feed"),
    path(f"{UNIT}/", calendar.unit_calendar, name="unit_calendar"),
    path(f"{UNIT}/make/", calendar.make, name="make_unit_feed"),
    path(f"{UNIT}/anew/", calendar.renew, name="renew_unit_feed"),
]
ROUTES: dict[str, Access] = {
    "feed": Access.ANYONE,
    **dict.fromkeys(
        ("calendar", "make_feed", "renew_feed", "reminders", "unit_calendar", "make_unit_feed",
         "renew_unit_feed"),
        Access.SIGNED_IN,
    ),
}  # fmt: skip
