"""How templates say hours and shares."""

from __future__ import annotations

from django import template

from stepdown.briefing.certificate import in_groups
from stepdown.retention.readiness import Counts
from stepdown.web.records import hours

register = template.Library()


@register.filter
def as_hours(minutes: int) -> str:
    """Return minutes as hours."""
    return hours.as_hours(minutes)


@register.filter
def as_serial(plain: str) -> str:
    """Return a stored serial number as it stands on paper."""
    return in_groups(plain)


@register.filter
def percent(counts: Counts) -> str:
    """Return the share done, rounded down so that only everybody is 100; too few: empty."""
    return "" if counts.share is None else str(100 * counts.done // counts.asked)
