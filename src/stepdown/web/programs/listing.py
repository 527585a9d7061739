"""The sessions of an agency as a list: those to come or those that were, narrowed as asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import F, QuerySet
from django.http import QueryDict

from stepdown.web.accounts.models import Agency
from stepdown.web.programs.models import ProgrammeVersion, Session
from stepdown.web.programs.taught import LONGEST
from stepdown.web.programs.zones import month_of, zone_of

EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is narrowed to; what cannot be read narrows nothing."""

    past: bool = False
    unit: str = ""
    """The id of a unit, or `EVERYBODY`: sessions for the whole agency."""
    programme: str = ""
    month: date | None = None


def asked(past: str, unit: str, programme: str, month: str) -> Asked:
    """Return what an address asks for."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        first = None
    if first is not None and not 2000 <= first.year <= 2200:
        first = None
    if unit != EVERYBODY:
        try:
            unit = str(UUID(unit))
        except ValueError:
            unit = ""
    return Asked(past == "yes", unit, programme.replace("\0", "")[:61], first)


def sessions_of(agency: Agency, narrowed: Asked, now: datetime) -> QuerySet[Session]:
    """Return the sessions of an agency, the next first, or of those that were the last first.

    A month shows all of it, whether over or not.
    """
    rows = Session.objects.filter(agency=agency).select_related("unit")
    rows = rows.annotate(title=F("module__content__title"), version=F("module__number"))
    if narrowed.unit == EVERYBODY:
        rows = rows.filter(unit=None)
    elif narrowed.unit:
        rows = rows.filter(unit=UUID(narrowed.unit))
    if narrowed.programme:
        rows = rows.filter(programme__name=narrowed.programme)
    if narrowed.month is not None:
        begins, ends = month_of(narrowed.month, zone_of(agency))
        rows = rows.filter(start__gte=begins, start__lt=ends)
    elif narrowed.past:
        return rows.filter(start__lt=now).order_by("-start", "id")
    else:
        lately = Session.objects.filter(agency=agency, start__gte=now - LONGEST, start__lt=now)
        over = [session.id for session in lately if session.end <= now]
        rows = rows.filter(start__gte=now - LONGEST).exclude(pk__in=over)
    return rows.order_by("start", "id")


def kept(given: QueryDict) -> str:
    """Return what an address narrows its list to, without the page, for the other pages of it."""
    rest = given.copy()
    rest.pop("page", None)
    return rest.urlencode()


def programmes_of(agency: Agency) -> list[tuple[str, str]]:
    """Return the programmes of an agency by id, each with its latest title."""
    rows = ProgrammeVersion.objects.filter(agency=agency).order_by("name", "number")
    titles = dict(rows.values_list("name", "content__title"))
    return sorted(titles.items(), key=lambda item: str(item[1]))
