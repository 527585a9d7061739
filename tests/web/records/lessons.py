"""An agency that teaches: a programme of two modules, sessions, who was there, rules on hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from stepdown.retention.hours_rules import jurisdictions
from stepdown.retention.publishing import publish_curriculum
from stepdown.web.accounts.models import Agency, Person, RoleGrant, Unit
from stepdown.web.policy import Role
from stepdown.web.programs.models import (
    Attendance,
    Instructing,
    ModuleVersion,
    ProgrammeVersion,
    Session,
)
from stepdown.web.records.models import HoursSetting, Member
from stepdown.web.records.setting_hours import examples
from tests.retention.lessons import curriculum, module

NOW = datetime(2026, 11, 15, 18, 0, tzinfo=UTC)
HIRED = date(2020, 1, 1)
OURS = """\
id: ours
name: Our agency
rules:
  - effective_from: 2020-01-01
    cycle: {months: 12, anchor: calendar_year}
    hours: 8
    topics: [{id: talk, name: Talking, hours: 2}]
    source: Policy 4.2
    read_at: page 31
    read_on: 2026-01-15
"""


@dataclass(frozen=True, slots=True)
class Taught:
    """A published programme of an agency, with its modules by name."""

    programme: ProgrammeVersion
    modules: dict[str, ModuleVersion]


def taught(agency: Agency, mark: str = "") -> Taught:
    """Publish a programme of two modules of two hours and one; `mark` begins their ids."""
    both = (module(f"{mark}listen"), module(f"{mark}leave", title="Leaving", hours=1.0))
    draft = curriculum(*both, id=f"{mark}basics")
    made = publish_curriculum(None, draft, "The first one.", date(2026, 1, 1))
    kept = {}
    for each in made.modules:
        kept[each.content.id] = ModuleVersion.objects.create(
            agency=agency, name=each.content.id, number=each.number, day=each.day,
            reason=each.reason, digest=each.digest, content=each.content.as_dict(),
        )  # fmt: skip
    head = made.programme
    row = ProgrammeVersion.objects.create(
        agency=agency, name=head.content.id, number=head.number, day=head.day, reason=head.reason,
        digest=head.digest, content=head.content.as_dict(),
    )  # fmt: skip
    return Taught(row, kept)


def session(
    module_: ModuleVersion, unit: Unit | None, start: datetime, teacher: Person | None = None,
    minutes: int | None = None, make_up_of: Session | None = None,
) -> Session:  # fmt: skip
    """Hold a session of a module."""
    row = Session.objects.create(
        agency=module_.agency, unit=unit, module=module_, start=start, place="Hall",
        changed_at=start - timedelta(days=90),
        minutes=minutes or round(module_.content["hours"] * 60), make_up_of=make_up_of,
    )  # fmt: skip
    if teacher:
        Instructing.objects.create(session=row, person=teacher)
    return row


def there(row: Session, person: Person, minutes: int | None = None) -> Attendance:
    """Note that somebody was at a session."""
    return Attendance.objects.create(
        session=row, person=person, minutes=row.minutes if minutes is None else minutes, how="list",
        recorded=row.start + timedelta(minutes=row.minutes),
    )  # fmt: skip


def completing(found: Taught, unit: Unit, person: Person, teacher: Person | None) -> None:
    """Hold both sessions of the programme, with one person there."""
    for n, each in enumerate(found.modules.values()):
        row = session(each, unit, datetime(2026, 3, 2 + n, 15, 0, tzinfo=UTC), teacher)
        there(row, person)


def rules(agency: Agency, text: str = OURS, **more: object) -> HoursSetting:
    """Set the rules of an agency."""
    given = {"records_from": date(2026, 1, 1), "at": NOW - timedelta(days=1), **more}
    return HoursSetting.objects.create(agency=agency, text=text, **given)


def example(name: str) -> str:
    """Return the text of an example that ships."""
    assert jurisdictions()[name].example
    return examples()[name]


def trainee(
    agency: Agency, unit: Unit | None, name: str, hired: date | None = HIRED, **more: object
) -> Person:
    """Add a trainee with what the roster says of them."""
    person = Person.objects.create_user(f"{name.lower().replace(' ', '.')}@x.example", name)
    RoleGrant.objects.create(person=person, role=Role.TRAINEE, agency=agency, unit=unit)
    Member.objects.create(agency=agency, person=person, hired=hired, **more)
    return person


def many(agency: Agency, units: list[Unit], number: int, **more: object) -> list[Person]:
    """Add many trainees at once, unit by unit in turn."""
    people = [
        Person(name=f"Person {n:04}", email=f"p{n}-{agency.pk.hex[:6]}@x.example")
        for n in range(number)
    ]  # fmt: skip
    Person.objects.bulk_create(people)
    RoleGrant.objects.bulk_create(
        RoleGrant(person=p, role=Role.TRAINEE, agency=agency, unit=units[n % len(units)])
        for n, p in enumerate(people)
    )
    Member.objects.bulk_create(
        Member(agency=agency, person=p, number=f"{n:05}", hired=HIRED, **more)
        for n, p in enumerate(people)
    )
    return people
