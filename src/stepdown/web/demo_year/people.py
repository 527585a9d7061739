"""More people and units than play in the stories, all plainly invented."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import numpy as np

from stepdown.web.accounts.models import Agency, Person, RoleGrant, Unit
from stepdown.web.policy import Role
from stepdown.web.records.models import Member

IN_A_UNIT = 25
TITLES = ("Officer", "Officer", "Officer", "Officer", "Sergeant")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def grow(
    agency: Agency, units: list[Unit], wanted: int, host: str,
    names: tuple[tuple[str, ...], tuple[str, ...]], now: datetime,
) -> tuple[list[Unit], list[Person]]:  # fmt: skip
    """Add people until so many are trained, in units of about 25; return what was added."""
    there = RoleGrant.objects.filter(agency=agency, role=Role.TRAINEE).count()
    missing = max(wanted - there, 0)
    more = max(-(-wanted // IN_A_UNIT) - len(units), 0)
    added = [Unit(agency=agency, name=f"District {n + 1}") for n in range(more)]
    Unit.objects.bulk_create(added)
    people = [_person(n, host, names, now) for n in range(missing)]
    teachers = [_person(missing + n, host, names, now) for n in range(more)]
    Person.objects.bulk_create([*people, *teachers])
    places = added or units
    grants = [
        RoleGrant(person=p, role=Role.TRAINEE, agency=agency, unit=places[n % len(places)],
                  since=now)
        for n, p in enumerate(people)
    ]  # fmt: skip
    grants += [
        RoleGrant(person=p, role=Role.INSTRUCTOR, agency=agency, unit=unit, since=now)
        for p, unit in zip(teachers, added, strict=True)
    ]
    RoleGrant.objects.bulk_create(grants)
    return added, people


def list_members(agency: Agency, now: datetime) -> None:
    """Give everybody who is trained a number, a title and a first day, as a roster would."""
    trained = RoleGrant.objects.filter(agency=agency, role=Role.TRAINEE)
    ids: list[UUID] = list(trained.order_by("person_id").values_list("person_id", flat=True))
    draw = np.random.default_rng(7)
    years = draw.uniform(1.2, 20, len(ids))
    Member.objects.bulk_create(
        Member(
            agency=agency, person_id=person, number=f"{1000 + n}",
            title=TITLES[n % len(TITLES)], hired=(now - timedelta(days=365 * years[n])).date(),
            certified=(now - timedelta(days=365 * (years[n] % 4))).date(),
        )
        for n, person in enumerate(ids)
    )  # fmt: skip


def _person(
    number: int, host: str, names: tuple[tuple[str, ...], tuple[str, ...]], now: datetime
) -> Person:
    given, family = names
    first = given[number % len(given)]
    letter = LETTERS[number // len(given) % len(LETTERS)]
    last = family[number // (len(given) * len(LETTERS)) % len(family)]
    person = Person(
        email=f"{first.lower()}.{letter.lower()}{number}@{host}", name=f"{first} {letter}. {last}",
        created_at=now,
    )  # fmt: skip
    person.set_unusable_password()
    return person
