"""Calendar feeds (iCalendar, RFC 5545): training sessions and refreshers that are due.

An entry keeps its UID for ever; its SEQUENCE rises whenever something about it changed, and what
was withdrawn stays in the feed as cancelled, so that it leaves the calendars of subscribers; where
it was to be and why are not told any more.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vText

from stepdown import __version__
from stepdown.problems import InputProblems, Problem

MOST_ENTRIES = 10_000
LONGEST = 1_000
REFRESH = dt.timedelta(hours=6)
"""How often programs are asked to look again (assumed: training is moved by days, not minutes)."""

Kind = Literal["session", "refresher", "hours"]
_SITE = re.compile(r"[A-Za-z0-9.-]{1,200}")
_URL = re.compile(r"https?://[!-~]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed, as much of it as the subscriber may see.

    `start` is a moment with a time zone, with `minutes`; or the first of so many whole `days`.
    `record` is the id of what it stands for, which never changes. `changed_at` is when it last
    changed.
    """

    kind: Kind
    record: str
    title: str
    start: dt.datetime | dt.date
    changed_at: dt.datetime
    minutes: int = 0
    place: str = ""
    details: str = ""
    url: str = ""
    cancelled: bool = False
    sequence: int = 0
    days: int = 1


def revised(before: Entry | None, now: Entry) -> Entry:
    """Return an entry with its SEQUENCE: one more than before if anything about it changed.

    If nothing did, the entry of before is returned, with its time.
    """
    if before is None:
        return replace(now, sequence=0)
    if (before.kind, before.record) != (now.kind, now.record):
        raise ValueError("two entries that stand for different things")
    same = replace(now, sequence=before.sequence, changed_at=before.changed_at)
    return before if same == before else replace(now, sequence=before.sequence + 1)


def withdrawn(entry: Entry, at: dt.datetime) -> Entry:
    """Return an entry as cancelled."""
    return revised(entry, replace(entry, cancelled=True, changed_at=at))


def refresher(
    record: str, day: dt.date, changed_at: dt.datetime, what: str, why: str = "", url: str = ""
) -> Entry:
    """Make the entry of a person's own refresher, and in a sentence why.

    It is due on some day of a month, from `day` on: no day of it is set.
    """
    title = f"Refresher, some day this month: {what}"
    return Entry(
        "refresher", record, title, day, changed_at, details=why, url=url, days=_left_of_month(day)
    )


def unit_refresher(
    record: str, day: dt.date, changed_at: dt.datetime, unit: str, people: int, url: str = ""
) -> Entry:
    """Make the entry of a unit's refreshers of a month: how many people, and never who."""
    count = "1 person" if people == 1 else f"{people} people"
    title = f"Refreshers in {unit}, some day this month: {count}"
    return Entry("refresher", record, title, day, changed_at, url=url, days=_left_of_month(day))


def _left_of_month(day: dt.date) -> int:
    return monthrange(day.year, day.month)[1] - day.day + 1


def uid(kind: Kind, record: str, site: str) -> str:
    """Return the UID of what an entry stands for; it tells nobody the record's own id."""
    digest = hashlib.sha256(f"{kind}\0{record}".encode()).hexdigest()[:32]
    return f"{kind}-{digest}@{site}"


def feed(
    entries: Iterable[Entry], name: str, site: str, zone: str, stamped_at: dt.datetime
) -> bytes:
    """Write entries as a calendar; the same arguments give the same bytes.

    `site` is the host in the UIDs, `zone` the agency's time zone such as `America/Chicago`,
    `stamped_at` the time of writing. Raises InputProblems.
    """
    given = sorted(entries, key=lambda e: (e.kind, e.record))
    if wrong := [*_bad_frame(site, zone, stamped_at), *_bad_entries(given)]:
        raise InputProblems("the calendar", wrong[:200])
    calendar = Calendar()
    calendar.add("prodid", f"-//Stepdown//Stepdown {__version__}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for key in ("name", "x-wr-calname"):
        calendar.add(key, vText(" ".join(_clean(name).split())))  # the library knows neither
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    events = [_event(entry, site, ZoneInfo(zone), stamped_at) for entry in given]
    years = [e.start.year for e in given if _timed(e)]
    if years and zone != "UTC":
        calendar.add_component(_timezone(zone, min(years) - 1, max(years) + 2))
    for event in events:
        calendar.add_component(event)
    return bytes(calendar.to_ical())


@lru_cache(maxsize=64)
def _timezone(zone: str, first: int, after: int) -> Timezone:
    made = Timezone.from_tzid(zone, first_date=dt.date(first, 1, 1), last_date=dt.date(after, 1, 1))
    parts: list[Any] = list(made.subcomponents)
    for part in parts:
        part["dtstart"].dt = _onset(part, part["dtstart"].dt, ZoneInfo(zone))
        for value in _listed(part.get("rdate")):
            for each in value.dts:
                each.dt = _onset(part, each.dt, ZoneInfo(zone))
    return made


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value is not None else []


def _onset(part: Any, local: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Return an onset by the clock before it, as RFC 5545 (3.6.5) wants.

    icalendar 7.3 writes the clock after it where clocks go forward.
    """
    was, becomes = part["tzoffsetfrom"].td, part["tzoffsetto"].td
    for onset in (local, local - (becomes - was)):
        moment = (onset - was).replace(tzinfo=dt.UTC)
        before = (moment - dt.timedelta(seconds=1)).astimezone(zone).utcoffset()
        if (before, moment.astimezone(zone).utcoffset()) == (was, becomes):
            return onset
    return local


def _timed(entry: Entry) -> bool:
    return isinstance(entry.start, dt.datetime)


def _event(entry: Entry, site: str, zone: ZoneInfo, stamped_at: dt.datetime) -> Event:
    event = Event()
    event.add("uid", uid(entry.kind, entry.record, site))
    event.add("dtstamp", stamped_at.astimezone(dt.UTC).replace(microsecond=0))
    event.add("last-modified", entry.changed_at.astimezone(dt.UTC).replace(microsecond=0))
    event.add("sequence", entry.sequence)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("summary", _clean(entry.title))
    if isinstance(entry.start, dt.datetime):
        start = entry.start.astimezone(dt.UTC)
        ends = (start, start + dt.timedelta(minutes=entry.minutes))
        local = [end.astimezone(zone) for end in ends]
        # The hour that a clock shows twice cannot be told with a TZID (RFC 5545, 3.3.5).
        written = ends if any(t.fold for t in local) or zone.key == "UTC" else local
        event.add("dtstart", written[0])
        event.add("dtend", written[1])
    else:
        event.add("dtstart", entry.start)
        event.add("dtend", entry.start + dt.timedelta(days=entry.days))
        event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    for key, text in (("location", entry.place), ("description", entry.details)):
        if text and not entry.cancelled:
            event.add(key, _clean(text))
    if entry.url:
        event.add("url", entry.url)
    return event


def _clean(text: str) -> str:
    """Leave out what is no text, and cut what is longer than any calendar shows."""
    kept = "".join(
        c for c in text.replace("\r\n", "\n").replace("\r", "\n")
        if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs", "Cf") or c in "\u200c\u200d"
    )  # fmt: skip
    return kept if len(kept) <= LONGEST else kept[: LONGEST - 1] + "…"


def _bad_frame(site: str, zone: str, stamped_at: dt.datetime) -> list[Problem]:
    found = []
    if not _SITE.fullmatch(site):
        found.append(Problem("site", site[:60], "a host name", "give the host of the site"))
    try:
        ZoneInfo(zone)
    except (OSError, ValueError, KeyError):
        fix = "name the agency's zone"
        found.append(Problem("zone", zone[:60], "a time zone such as America/Chicago", fix))
    if stamped_at.tzinfo is None:
        found.append(_no_zone("stamped_at", stamped_at))
    return found


def _bad_entries(entries: list[Entry]) -> list[Problem]:
    if len(entries) > MOST_ENTRIES:
        return [Problem("entries", f"{len(entries):,}", f"at most {MOST_ENTRIES:,}", "leave out")]
    found = []
    for before, entry in zip([None, *entries], entries, strict=False):
        where = f"{entry.kind} {entry.record[:60]}"
        if before and (before.kind, before.record) == (entry.kind, entry.record):
            found.append(Problem(where, "twice", "once", "give its latest state only"))
        for name, moment in (("start", entry.start), ("changed_at", entry.changed_at)):
            if isinstance(moment, dt.datetime) and moment.tzinfo is None:
                found.append(_no_zone(f"{where}, {name}", moment))
        if not 2 <= entry.start.year <= 9000:
            found.append(Problem(where, str(entry.start), "a year up to 9000", "correct it"))
        found += _bad_length(where, entry)
        if entry.url and not (_URL.fullmatch(entry.url) and len(entry.url) <= LONGEST):
            found.append(Problem(where, entry.url[:60], "an http address", "leave it out"))
        if entry.sequence < 0:
            found.append(Problem(where, str(entry.sequence), "0 or more", "use `revised`"))
    return found


def _bad_length(where: str, entry: Entry) -> list[Problem]:
    if _timed(entry) and not 0 < entry.minutes <= 24 * 60:
        given, expected = f"{entry.minutes} minutes", "1 to 1,440"
    elif not 0 < entry.days <= 366:
        given, expected = f"{entry.days} days", "1 to 366"
    else:
        return []
    return [Problem(where, given, expected, "give how long it takes")]


def _no_zone(where: str, moment: dt.datetime) -> Problem:
    return Problem(where, moment.isoformat(), "a time with its zone", "say which zone it is in")
