"""When people and units were first at a session of a programme, as attendance says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, Min, OuterRef

from stepdown.web.accounts.models import Agency
from stepdown.web.programs.models import Attendance
from stepdown.web.programs.zones import day_of, zone_of


@dataclass(frozen=True, slots=True)
class FirstTrained:
    """The first day of each person, and of each unit's own sessions, by id."""

    people: Mapping[UUID, date]
    units: Mapping[UUID, date]

    def of_unit(self, unit: UUID, people: Iterable[UUID]) -> date | None:
        """Return the first day on which a unit was trained: in its own session, or its people."""
        days = [self.units.get(unit), *(self.people.get(person) for person in people)]
        return min((day for day in days if day is not None), default=None)


def first_trained(agency: Agency, programme: str, since: datetime | None = None) -> FirstTrained:
    """Return who was first trained when; one query. `since`: sessions from then on.

    Entries that were corrected do not count, and a code does not where a list says otherwise.
    """
    rows = Attendance.objects.filter(
        session__agency=agency, session__programme__name=programme, session__cancelled_at=None,
        corrected=None, minutes__gt=0,
    )  # fmt: skip
    if since is not None:
        rows = rows.filter(session__start__gte=since)
    seen = Attendance.objects.filter(
        session=OuterRef("session"), person=OuterRef("person"), how="list", corrected=None
    )
    counted = rows.exclude(Exists(seen), how="code").order_by()
    zone = zone_of(agency)
    people: dict[UUID, date] = {}
    units: dict[UUID, date] = {}
    for person, unit, start in counted.values_list("person", "session__unit").annotate(
        first=Min("session__start")
    ):
        day = day_of(start, zone)
        people[person] = min(day, people.get(person, day))
        if unit is not None:
            units[unit] = min(day, units.get(unit, day))
    return FirstTrained(people, units)
