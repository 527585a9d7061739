"""How much of a programme each person attended, and when they had attended all parts of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from stepdown.retention.delivered import completed
from stepdown.web.accounts.models import Agency
from stepdown.web.programs import curricula, taught

Attended = tuple[tuple[date, int], ...]


@dataclass(frozen=True, slots=True)
class Doses:
    """Minutes attended of a programme by day, and the day of completion, by person."""

    attended: Mapping[UUID, Attended]
    completed: Mapping[UUID, date]

    def of(self, person: UUID) -> tuple[Attended, date | None]:
        """Return what somebody attended, and the day on which they had attended all parts."""
        return self.attended.get(person, ()), self.completed.get(person)


def doses_of(agency: Agency, programme: str) -> Doses:
    """Return what each person attended in the sessions that name a programme.

    They have completed it with the first version of which they had attended all parts. The number
    of queries does not depend on how many people and sessions there are.
    """
    record = taught.record(agency.id)
    held = [s for s in record.sessions if s.programme is not None and s.programme.id == programme]
    names = {session.id for session in held}
    attended: dict[UUID, list[tuple[date, int]]] = defaultdict(list)
    for entry, session in record.counted:
        if session.id in names and entry.minutes:
            minutes = min(entry.minutes, session.minutes)
            attended[UUID(entry.person)].append((session.start.date(), minutes))
    on: dict[UUID, date] = {}
    for each in completed(curricula.every(agency.id, programme), held, record.attendance):
        person = UUID(each.person)
        on[person] = min(each.on, on.get(person, each.on))
    return Doses({who: tuple(sorted(days)) for who, days in attended.items()}, on)
