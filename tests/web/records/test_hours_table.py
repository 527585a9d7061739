import csv
import io
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from stepdown.web.accounts.models import Person
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Refused
from stepdown.web.policy import Role
from stepdown.web.programs.models import Exemption
from stepdown.web.records import hours, hours_table
from stepdown.web.records.models import Credit, Member
from tests.web.records.lessons import (
    NOW,
    OURS,
    example,
    many,
    rules,
    session,
    taught,
    there,
    trainee,
)


@pytest.fixture
def chief(here):
    return here.people[Role.COORDINATOR]


@pytest.fixture
def owner(here):
    person = here.people[Role.TRAINEE]
    Member.objects.create(agency=here.agency, person=person, hired=date(2020, 1, 1), number="0017")
    return person


def credit(place, person, minutes, topic="", day=date(2026, 5, 4)):
    Credit.objects.create(
        agency=place.agency, person=person, day=day, topic=topic, minutes=minutes, source="x"
    )


def read(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def rows(place, actor, person=None, now=NOW):
    found = read(hours_table.of_agency(actor.actor(), place.agency.id, now).content)
    return [row for row in found if person is None or row["name"] == person.name]


def test_a_person_has_a_row_for_all_training_and_one_for_each_topic(here, chief, owner):
    setting = rules(here.agency)
    credit(here, owner, 390)
    credit(here, owner, 60, "talk")
    total, talk = rows(here, chief, owner)
    assert total == {
        "number": "0017", "name": owner.name, "unit": here.unit.name, "rules": "Our agency",
        "rules_version": str(setting.id), "cycle_start": "2026-01-01", "cycle_end": "2026-12-31",
        "topic": "All training", "hours_needed": "8", "hours_had": "7.5", "hours_lacking": "1",
        "standing": "open", "ready_until": "2026-12-31",
    }  # fmt: skip
    assert [talk[name] for name in ("topic", "hours_needed", "hours_had", "hours_lacking")] == [
        "Talking", "2", "1", "1"
    ]  # fmt: skip
    assert talk["standing"] == "open"


def test_it_says_what_the_page_of_the_person_says(here, chief, owner):
    rules(here.agency)
    credit(here, owner, 480, "talk")
    total, talk = rows(here, chief, owner)
    found = hours.mine(owner.id, here.agency, NOW).stands.found
    assert (total["standing"], talk["standing"]) == (found.state, found.state) == ("met", "met")
    assert total["ready_until"] == str(found.lapses - timedelta(days=1)) == "2027-12-31"


def test_a_cycle_that_lacks_hours_stands_before_the_one_that_runs(here, chief, owner):
    rules(here.agency, records_from=date(2025, 1, 1))
    credit(here, owner, 120, "talk", date(2025, 5, 4))
    found = rows(here, chief, owner)
    named = ("cycle_end", "topic", "hours_lacking", "standing", "ready_until")
    assert [tuple(row[name] for name in named) for row in found] == [
        ("2025-12-31", "All training", "6", "overdue", ""),
        ("2025-12-31", "Talking", "0", "met", ""),
        ("2026-12-31", "All training", "8", "open", ""),
        ("2026-12-31", "Talking", "2", "open", "2026-12-31"),
    ]


def test_whose_hours_cannot_be_counted_has_a_row_that_says_why(here, chief, owner):
    assert [row["standing"] for row in rows(here, chief, owner)] == ["no rules set"]
    rules(here.agency, example("example_certified"))
    (only,) = rows(here, chief, owner)
    assert only["standing"] == "day of certification missing"
    assert only["rules"].endswith("(example: nobody's law)")
    later = OURS.replace("2020-01-01", "2030-01-01")
    rules(here.agency, later, at=NOW)
    assert [row["standing"] for row in rows(here, chief, owner)] == ["no rule asks"]


def test_whoever_is_exempt_today_is_neither_ready_nor_overdue(here, chief, owner):
    rules(here.agency)
    Exemption.objects.create(
        agency=here.agency, person=owner, start=date(2026, 11, 1), until=None, reason="injury"
    )
    found = rows(here, chief, owner)
    assert {(row["standing"], row["ready_until"]) for row in found} == {("exempt", "")}


def test_a_spreadsheet_computes_nothing_in_it(here, chief, owner):
    Member.objects.filter(person=owner).update(number="=1+1")
    Person.objects.filter(pk=owner.pk).update(name='=HYPERLINK("http://x.example")')
    content = hours_table.of_agency(chief.actor(), here.agency.id, NOW).content.decode()
    assert "'=1+1,\"'=HYPERLINK(" in content


def test_a_unit_has_its_own_people_alone(here, elsewhere, owner, browser_of):
    rules(here.agency)
    other = here.agency.units.create(name="Another unit")
    trainee(here.agency, other, "Otto Other")
    teacher = browser_of(here.people[Role.INSTRUCTOR])
    to = reverse("hours_unit_table", kwargs={"pk": here.unit.id})
    answer = teacher.get(to)
    assert answer["Content-Type"].startswith("text/csv")
    assert answer["Content-Disposition"].startswith('attachment; filename="hours-')
    assert {row["name"] for row in read(answer.content)} == {owner.name}
    there_ = reverse("hours_unit_table", kwargs={"pk": elsewhere.unit.id})
    assert teacher.get(there_).status_code == 404


def test_who_teaches_one_unit_alone_gets_no_table_of_the_whole_agency(here):
    with pytest.raises(Refused):
        hours_table.of_agency(here.people[Role.INSTRUCTOR].actor(), here.agency.id, NOW)


def test_that_it_was_taken_is_noted_with_a_count_and_no_names(here, chief, owner):
    rules(here.agency)
    hours_table.of_agency(chief.actor(), here.agency.id, NOW)
    entry = Entry.objects.get(action="take hours away as a table")
    assert (entry.kind, entry.record, entry.actor) == ("agency", str(here.agency.id), chief.id)
    assert entry.detail == {"people": len({row["name"] for row in rows(here, chief)})}


def test_the_pages_of_hours_and_readiness_lead_to_it(here, chief, owner, browser_of):
    rules(here.agency)
    whole = reverse("hours_table", kwargs={"agency": here.agency.id})
    of_unit = reverse("hours_unit_table", kwargs={"pk": here.unit.id})
    browser = browser_of(chief)
    for name in ("readiness", "readiness_names"):
        assert whole in browser.get(reverse(name, kwargs={"agency": here.agency.id})).text
    assert of_unit in browser.get(reverse("hours_unit", kwargs={"pk": here.unit.id})).text
    counts = browser_of(here.people[Role.ANALYST])
    assert whole not in counts.get(reverse("readiness", kwargs={"agency": here.agency.id})).text


def test_more_people_ask_no_more_of_the_database(here, chief, owner):
    rules(here.agency)
    row = session(taught(here.agency).modules["listen"], here.unit, NOW - timedelta(days=3))
    there(row, owner)

    def asked():
        with CaptureQueriesContext(connection) as seen:
            hours_table.of_agency(chief.actor(), here.agency.id, NOW)
        return len(seen)

    few = asked()
    for person in many(here.agency, [here.unit], 40):
        there(row, person)
        credit(here, person, 60)
    assert asked() == few
