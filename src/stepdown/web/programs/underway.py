"""Whom a programme counts: those of whom it is asked, and those who take part all the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from stepdown.retention.delivered import completed, towards
from stepdown.retention.publishing import Published
from stepdown.web.programs import audience, taught
from stepdown.web.programs.earlier import Course

Places = Mapping[UUID, Collection[UUID | None]]
"""The units in which each person is trained."""


def counted(course: Course, for_whom: audience.ForWhom, places: Places) -> set[UUID]:
    """Return who of these people counts for a version of a programme.

    `for_whom`: that of the programme.
    """
    asked = {person for person, where in places.items() if for_whom.asks(where)}
    if for_whom.kind == audience.EVERYBODY:
        return asked
    found = underway(course.versions, course.record)
    return asked | {person for person in places if str(person) in found}


def underway(versions: Sequence[Published], record: taught.Record) -> set[str]:
    """Return who takes part in the last of these versions of a programme, or has.

    They were at a session of it, or completed it; or were at one of an earlier version and have
    completed none. Whoever completed an earlier one takes part again with a session that began
    after the day of that. A session that was held for another programme is none of this one.
    """
    *earlier, last = versions
    sessions, attendance = record.sessions, record.attendance
    done: dict[str, date] = {}
    for each in completed(earlier, sessions, attendance):
        done[each.person] = max(each.on, done.get(each.person, each.on))
    begun = {person for each in earlier for person in _at(each, record)} - done.keys()
    all_of_it = {each.person for each in completed([last], sessions, attendance)}
    lately = {
        person for person, began in _at(last, record).items()
        if person not in done or began > done[person]
    }  # fmt: skip
    return lately | all_of_it | begun


def _at(version: Published, record: taught.Record) -> dict[str, date]:
    """Return who was at a session of a version of a programme, with the day of their last one."""
    name = version.programme.content.id
    found = towards(version, record.sessions, record.attendance)
    return {
        person: each.start.date() for person, sessions in found.items()
        for each in sessions if each.programme is None or each.programme.id == name
    }  # fmt: skip
