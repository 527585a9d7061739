"""Days and times of an agency, as its clocks show them; what is stored is UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from stepdown.web.accounts.models import Agency


class NoSuchTime(ValueError):
    """Clocks were set forward over this time: it does not exist on that day."""


def zone_of(agency: Agency) -> ZoneInfo:
    """Return the time zone of an agency."""
    return ZoneInfo(agency.zone)


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """Return the day that a moment lies on there."""
    return moment.astimezone(zone).date()


def begins(day: date, zone: ZoneInfo) -> datetime:
    """Return the moment at which a day begins there."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def moments(day: date, clock: time, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Return the moments at which clocks there show a time: two where they are set back over it.

    Raises NoSuchTime where clocks are set forward over it.
    """
    naive = datetime.combine(day, clock.replace(tzinfo=None))
    both = [naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    held = tuple(m for m in both if m.astimezone(zone).replace(tzinfo=None, fold=0) == naive)
    if not held:
        raise NoSuchTime(naive.isoformat())
    return held if held[0] != held[-1] else held[:1]


def month_of(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return when the month of a day begins there, and when the next one does."""
    first = day.replace(day=1)
    return begins(first, zone), begins((first + timedelta(days=32)).replace(day=1), zone)
