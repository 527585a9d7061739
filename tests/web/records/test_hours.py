from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from stepdown.web.accounts.models import RoleGrant
from stepdown.web.audit.models import Entry
from stepdown.web.policy import Role
from stepdown.web.programs.models import Exemption
from stepdown.web.records import hours
from stepdown.web.records.models import Credit, Member
from stepdown.web.records.serving import serving
from tests.web.records.lessons import (
    NOW,
    completing,
    example,
    many,
    rules,
    session,
    taught,
    there,
    trainee,
)

DAY = date(2026, 5, 4)


@pytest.fixture
def owner(here):
    person = here.people[Role.TRAINEE]
    Member.objects.create(agency=here.agency, person=person, hired=date(2020, 1, 1), number="0001")
    return person


def mine(person, place, now=NOW):
    return hours.mine(person.id, place.agency, now)


def credit(place, person, minutes=60, topic="", day=DAY, **more):
    return Credit.objects.create(
        agency=place.agency, person=person, day=day, topic=topic, minutes=minutes,
        source="Academy, first aid", **more,
    )  # fmt: skip


def test_without_rules_nothing_is_judged_and_what_is_on_record_is_listed(here, owner):
    credit(here, owner)
    found = mine(owner, here)
    assert found.rules is None
    assert found.stands is None
    assert [s.minutes for s in found.sources] == [60]


def test_sessions_count_for_the_topic_of_their_module_and_credits_for_theirs(here, owner):
    rules(here.agency, topics={"listen": "talk"})
    completing(taught(here.agency), here.unit, owner, None)
    credit(here, owner, 90, "talk")
    total = mine(owner, here).stands.found.current
    assert total.total.has == 120 + 60 + 90
    assert [(t.topic, t.has) for t in total.topics] == [("talk", 210)]


def test_a_module_without_a_topic_still_counts_toward_the_hours_in_all(here, owner):
    rules(here.agency)
    completing(taught(here.agency), here.unit, owner, None)
    found = mine(owner, here).stands.found
    assert (found.current.total.has, found.current.topics[0].has) == (180, 0)
    assert found.lacks == 300


def test_a_session_counts_once_it_has_ended(here, owner):
    rules(here.agency)
    runs = session(taught(here.agency).modules["listen"], here.unit, NOW - timedelta(minutes=119))
    there(runs, owner)
    for after, minutes in ((0, []), (1, [120])):
        found = mine(owner, here, NOW + timedelta(minutes=after))
        assert [source.minutes for source in found.sources] == minutes
        assert found.stands.found.current.total.has == sum(minutes)


def test_where_they_stand_is_said_in_words(here, owner):
    rules(here.agency)
    credit(here, owner, 390)
    assert mine(owner, here).sentence == (
        "6.5 of 8 hours. 2 hours lacking, due on 31 Dec 2026. "
        "0.5 hours are more than count in other topics: what is lacking must be in Talking."
    )
    later = NOW + timedelta(days=60)
    assert "10 hours lacking; they were due on 31 Dec 2026." in mine(owner, here, later).sentence


def test_that_what_is_there_and_what_lacks_is_more_than_asked_for_is_explained(here, owner):
    rules(here.agency)
    credit(here, owner, 360)
    assert mine(owner, here).sentence == "6 of 8 hours. 2 hours lacking, due on 31 Dec 2026."
    credit(here, owner, 60, day=DAY + timedelta(days=1))
    said = "1 hour is more than counts in other topics: what is lacking must be in Talking."
    assert said in mine(owner, here).sentence


def test_hours_taken_back_and_those_of_another_agency_do_not_count(here, elsewhere, owner):
    rules(here.agency)
    credit(here, owner, 100, withdrawn_at=NOW, withdrawn_why="twice")
    credit(elsewhere, owner, 200)
    found = mine(owner, here)
    assert found.stands.found.current.total.has == 0
    assert [s.row.withdrawn_why for s in found.sources] == ["twice"]


def test_an_exemption_takes_months_off_unless_it_was_taken_back(here, owner):
    rules(here.agency)
    spans = {"start": date(2026, 1, 1), "until": date(2026, 6, 30), "reason": "injury"}
    row = Exemption.objects.create(agency=here.agency, person=owner, **spans)
    assert mine(owner, here).stands.found.current.total.required == 240
    row.withdrawn_at = NOW
    row.save(update_fields=["withdrawn_at"])
    assert mine(owner, here).stands.found.current.total.required == 480


def test_without_a_roster_somebody_began_with_their_first_role_in_the_zone_of_the_agency(here):
    person = here.people[Role.TRAINEE]
    RoleGrant.objects.filter(person=person).update(since=datetime(2026, 3, 2, 3, 0, tzinfo=UTC))
    here.agency.zone = "America/Chicago"
    here.agency.save()
    found = next(p for p in serving(here.agency) if p.id == person.id)
    assert found.hired == date(2026, 3, 1)


def test_a_missing_day_of_certification_is_said_and_nobody_is_ready_for_it(here, owner):
    rules(here.agency, example("example_certified"))
    found = mine(owner, here)
    assert found.stands.found is None
    assert found.sentence.startswith("The day of certification is missing")


def test_the_day_is_that_of_the_agency(here, owner):
    rules(here.agency)
    row = session(taught(here.agency).modules["listen"], here.unit,
                  datetime(2027, 1, 1, 2, 0, tzinfo=UTC))  # fmt: skip
    there(row, owner)
    here.agency.zone = "America/Chicago"
    here.agency.save()
    found = mine(owner, here, datetime(2027, 1, 1, 5, 0, tzinfo=UTC))
    assert found.day == date(2026, 12, 31)
    assert found.stands.found.current.total.has == 120


def test_a_person_sees_their_own_hours_and_where_they_come_from(here, owner, browser_of):
    rules(here.agency, example("example_yearly"))
    completing(taught(here.agency), here.unit, owner, None)
    credit(here, owner, by=here.people[Role.COORDINATOR])
    page = browser_of(owner).get(reverse("hours_mine")).content.decode()
    assert "Counted by rules that are nobody's law" in page
    assert "Listening" in page
    assert "Academy, first aid" in page
    assert "entered by Here coordinator" in page
    assert not Entry.objects.filter(action="see what a person was taught", actor=owner.id).exists()


def test_somebody_who_is_no_trainee_sees_a_page_that_says_so(here, browser_of):
    page = browser_of(here.people[Role.ANALYST]).get(reverse("hours_mine")).content.decode()
    assert "trainee of no agency" in page


def test_who_teaches_the_unit_sees_a_person_and_that_is_noted(here, owner, browser_of):
    rules(here.agency)
    to = reverse("hours_person", kwargs={"agency": here.agency.id, "pk": owner.id})
    answer = browser_of(here.people[Role.INSTRUCTOR]).get(to)
    assert answer.status_code == 200
    assert b"Enter hours from elsewhere" not in answer.content
    noted = Entry.objects.get(kind="person", record=str(owner.id), outcome="read")
    assert noted.actor == here.people[Role.INSTRUCTOR].id


def test_a_person_is_missing_in_an_agency_they_do_not_belong_to(here, elsewhere, owner, browser_of):
    stranger = elsewhere.people[Role.TRAINEE]
    coordinator = browser_of(here.people[Role.COORDINATOR])
    for agency, person in ((here, stranger), (elsewhere, stranger), (elsewhere, owner)):
        to = reverse("hours_person", kwargs={"agency": agency.agency.id, "pk": person.id})
        assert coordinator.get(to).status_code == 404


def test_whoever_is_trained_with_the_whole_agency_is_seen_in_each_unit(here, browser_of):
    rules(here.agency)
    person = trainee(here.agency, None, "Ubique Whole")
    to = reverse("hours_unit", kwargs={"pk": here.unit.id})
    assert b"Ubique Whole" in browser_of(here.people[Role.INSTRUCTOR]).get(to).content
    to = reverse("hours_person", kwargs={"agency": here.agency.id, "pk": person.id})
    assert browser_of(here.people[Role.INSTRUCTOR]).get(to).status_code == 200


def test_a_unit_lists_people_by_name_fifty_to_a_page(here, browser_of):
    rules(here.agency)
    many(here.agency, [here.unit], 60)
    client = browser_of(here.people[Role.COORDINATOR])
    to = reverse("hours_unit", kwargs={"pk": here.unit.id})
    first, second = client.get(to).content.decode(), client.get(to, {"page": "2"}).content.decode()
    assert "Person 0048" in first
    assert "Person 0049" not in first
    assert "Person 0049" in second
    assert "31 Dec 2026" in first or "overdue" in first


@pytest.mark.parametrize("number", ["0", "-3", "x", "99999999999999999999"])
def test_a_page_that_there_is_not_shows_another(here, browser_of, number):
    rules(here.agency)
    to = reverse("hours_unit", kwargs={"pk": here.unit.id})
    answer = browser_of(here.people[Role.COORDINATOR]).get(to, {"page": number})
    assert answer.status_code == 200


def queries(client, to):
    client.get(to)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(to).status_code == 200
    return len(seen)


def test_more_people_sessions_and_credits_ask_no_more_of_the_database(here, browser_of):
    rules(here.agency)
    client = browser_of(here.people[Role.COORDINATOR])
    listed = reverse("hours_unit", kwargs={"pk": here.unit.id})
    one = here.people[Role.TRAINEE]
    alone = reverse("hours_person", kwargs={"agency": here.agency.id, "pk": one.id})
    held = taught(here.agency)
    row = session(held.modules["listen"], here.unit, NOW - timedelta(days=3))
    there(row, one)
    credit(here, one)
    few = queries(client, listed), queries(client, alone)
    people = many(here.agency, [here.unit], 40)
    for n in range(5):
        row = session(held.modules["listen"], here.unit, NOW - timedelta(days=4 + n))
        for person in [*people[:10], one]:
            there(row, person)
            credit(here, person)
    assert (queries(client, listed), queries(client, alone)) == few
