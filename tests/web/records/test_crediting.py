import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from stepdown.problems import InputProblems
from stepdown.web.accounts.models import RoleGrant
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Missing, Refused
from stepdown.web.policy import Role
from stepdown.web.records import crediting
from stepdown.web.records.crediting import Given
from stepdown.web.records.models import Credit, Member
from tests.web.records.lessons import NOW, rules, trainee

GIVEN = Given(date(2026, 5, 4), "talk", 90, " Academy, talking ")
HEAD = b"id,day,topic,minutes,what\n"


@pytest.fixture
def owner(here):
    rules(here.agency)
    person = here.people[Role.TRAINEE]
    Member.objects.create(agency=here.agency, person=person, hired=date(2020, 1, 1), number="0001")
    return person


@pytest.fixture
def actor(here):
    return here.people[Role.COORDINATOR].actor()


def of_unit(place, role=Role.COORDINATOR):
    person = trainee(place.agency, place.other_unit, "Side Coordinator")
    person.grants.all().delete()
    RoleGrant.objects.create(person=person, role=role, agency=place.agency, unit=place.other_unit)
    return person


def test_hours_are_entered_once_however_often_they_are_sent(here, owner, actor):
    key = uuid.uuid4()
    for _n in range(2):
        row = crediting.enter(actor, here.agency.id, owner.id, GIVEN, NOW, key=key)
    assert Credit.objects.get() == row
    assert (row.source, row.minutes, row.by_id) == ("Academy, talking", 90, actor.id)
    noted = Entry.objects.get(action="enter hours from elsewhere, or take them back")
    assert (noted.kind, noted.record, noted.detail) == ("person", str(owner.id),
                                                        {"credit": str(row.id)})  # fmt: skip


def test_a_key_that_somebody_elses_hours_have_is_refused(here, owner, actor):
    other = trainee(here.agency, here.unit, "Other One")
    key = crediting.enter(actor, here.agency.id, owner.id, GIVEN, NOW).id
    with pytest.raises(InputProblems):
        crediting.enter(actor, here.agency.id, other.id, GIVEN, NOW, key=key)


def test_everything_wrong_is_said_at_once(here, owner, actor):
    bad = Given(date(2027, 1, 1), "law", 1441, "a\u202eb\x00")
    with pytest.raises(InputProblems) as error:
        crediting.enter(actor, here.agency.id, owner.id, bad, NOW)
    assert [p.where for p in error.value.problems] == ["day", "topic", "hours", "what and where"]
    assert not Credit.objects.exists()


def test_hours_that_are_on_record_are_refused_until_they_are_taken_back(here, owner, actor):
    raw = HEAD + b'0001,2026-05-04,talk,90,"Academy, talking"\n'
    crediting.take_file(actor, here.agency.id, raw, NOW)
    with pytest.raises(InputProblems) as error:
        crediting.enter(actor, here.agency.id, owner.id, GIVEN, NOW, key=uuid.uuid4())
    assert [(p.where, p.given) for p in error.value.problems] == [
        ("hours", "the same as on record")
    ]
    crediting.enter(actor, here.agency.id, owner.id, replace(GIVEN, topic=""), NOW)
    crediting.take_back(actor, Credit.objects.get(topic="talk").id, "wrong", NOW)
    crediting.enter(actor, here.agency.id, owner.id, GIVEN, NOW)
    assert Credit.objects.filter(withdrawn_at=None).count() == 2


def test_a_day_has_24_hours_by_the_form_and_by_a_file_together(here, owner, actor):
    other = trainee(here.agency, here.unit, "Other One", number="0002")
    raw = HEAD + b"0001,2026-05-04,,1000,A\n0001,2026-05-05,,1440,B\n"
    crediting.take_file(actor, here.agency.id, raw, NOW)
    crediting.enter(actor, here.agency.id, owner.id, replace(GIVEN, minutes=440), NOW)
    crediting.enter(actor, here.agency.id, other.id, replace(GIVEN, minutes=1440), NOW)
    with pytest.raises(InputProblems) as error:
        crediting.enter(actor, here.agency.id, owner.id, replace(GIVEN, minutes=1), NOW)
    (problem,) = error.value.problems
    assert (problem.where, problem.given) == ("hours", "1441 minutes on that day in all")
    raw += b"0002,2026-05-06,,1440,C\n0002,2026-05-06,talk,1,C\n0001,2026-05-05,talk,1,C\n"
    with pytest.raises(InputProblems) as error:
        crediting.take_file(actor, here.agency.id, raw, NOW)
    assert [p.where for p in error.value.problems] == ["row 5: hours", "row 6: hours"]
    assert Credit.objects.count() == 4


def test_hours_are_taken_back_with_a_reason_once_and_stay(here, owner, actor):
    row = crediting.enter(actor, here.agency.id, owner.id, GIVEN, NOW)
    with pytest.raises(InputProblems):
        crediting.take_back(actor, row.id, "  ", NOW)
    crediting.take_back(actor, row.id, "entered twice", NOW)
    again = crediting.take_back(actor, row.id, "another reason", NOW + timedelta(days=1))
    assert (again.withdrawn_at, again.withdrawn_why) == (NOW, "entered twice")
    assert Entry.objects.filter(action="take back hours").count() == 1


def test_to_open_the_form_that_takes_hours_back_is_noted(here, owner, actor, browser_of):
    row = crediting.enter(actor, here.agency.id, owner.id, GIVEN, NOW)
    browser = browser_of(here.people[Role.COORDINATOR])
    form = reverse("hours_back", kwargs={"pk": row.id})
    assert owner.name in browser.get(form).text
    browser.post(form, {"why": "entered twice"})
    noted = Entry.objects.get(outcome="read")
    assert (noted.kind, noted.record, noted.detail) == ("person", str(owner.id), {})


@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.ANALYST, Role.AGENCY_ADMIN, Role.TRAINEE])
def test_nobody_but_a_coordinator_may(here, owner, role):
    with pytest.raises(Refused):
        crediting.enter(here.people[role].actor(), here.agency.id, owner.id, GIVEN, NOW)


def test_nobody_enters_or_takes_back_hours_of_their_own(here, owner, actor):
    row = crediting.enter(actor, here.agency.id, owner.id, GIVEN, NOW)
    RoleGrant.objects.create(person=owner, role=Role.COORDINATOR, agency=here.agency)
    mine = owner.actor()
    with pytest.raises(Refused):
        crediting.enter(mine, here.agency.id, owner.id, GIVEN, NOW)
    with pytest.raises(Refused):
        crediting.take_back(mine, row.id, "mine", NOW)
    with pytest.raises(InputProblems):
        crediting.take_file(mine, here.agency.id, HEAD + b"0001,2026-02-01,talk,90,A\n", NOW)


def test_a_coordinator_of_another_unit_or_agency_may_not(here, elsewhere, owner, actor):
    row = crediting.enter(actor, here.agency.id, owner.id, GIVEN, NOW)
    side = of_unit(here).actor()
    foreign = elsewhere.people[Role.COORDINATOR].actor()
    for other in (side, foreign):
        with pytest.raises(Refused) as error:
            crediting.enter(other, here.agency.id, owner.id, GIVEN, NOW)
        assert error.value.hidden
        with pytest.raises(Refused):
            crediting.take_back(other, row.id, "no", NOW)
    with pytest.raises(Missing):
        crediting.enter(foreign, elsewhere.agency.id, owner.id, GIVEN, NOW)


def test_a_file_is_entered_whole_and_sent_again_changes_nothing(here, owner, actor):
    raw = HEAD + "0001,2026-02-01,talk,90,Día\n0001,2026-02-01,,60,Aid\n".encode()
    assert crediting.take_file(actor, here.agency.id, raw, NOW) == crediting.Taken(2, 0)
    assert crediting.take_file(actor, here.agency.id, raw, NOW) == crediting.Taken(0, 2)
    found = Credit.objects.order_by("topic").values_list("person", "topic", "minutes", "source")
    assert list(found) == [(owner.id, "", 60, "Aid"), (owner.id, "talk", 90, "Día")]


def test_what_was_taken_back_can_be_entered_again(here, owner, actor):
    raw = HEAD + b"0001,2026-02-01,talk,90,A\n"
    crediting.take_file(actor, here.agency.id, raw, NOW)
    crediting.take_back(actor, Credit.objects.get().id, "wrong", NOW)
    assert crediting.take_file(actor, here.agency.id, raw, NOW).added == 1
    assert Credit.objects.count() == 2


def test_every_bad_row_is_said_and_nothing_is_entered(here, owner, actor):
    raw = HEAD + (
        b"0001,2026-02-01,talk,90,A\n"
        b"0002,2026-02-01,talk,90,A\n"
        b"0001,2026-02-30,talk,1.5,A\n"
        b"0001,2027-02-01,law,90,\n"
        b"0001,2026-02-01,talk,90,A\n"
    )
    with pytest.raises(InputProblems) as error:
        crediting.take_file(actor, here.agency.id, raw, NOW)
    assert [p.where for p in error.value.problems] == [
        "credits, row 3, column 'id'",
        "credits, row 4, column 'day'", "credits, row 4, column 'minutes'",
        "row 5: day", "row 5: topic", "row 5: what and where",
        "row 6",
    ]  # fmt: skip
    assert not Credit.objects.exists()


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\x00\x00", b"PK\x03\x04x", b"id,day\n1,2", HEAD + b'"', b"x" * 1_100_000,
        HEAD + "0001,2026-02-01,talk,90,a\u202eb\n".encode(),
        HEAD + b"0001,2026-02-01,talk,90," + b"y" * 900 + b"\n",
    ],
)  # fmt: skip
def test_hostile_files_are_refused(here, owner, actor, raw):
    with pytest.raises(InputProblems):
        crediting.take_file(actor, here.agency.id, raw, NOW)
    assert not Credit.objects.exists()


def test_in_a_file_only_people_whom_one_coordinates_are_known(here, elsewhere, owner):
    mine = trainee(here.agency, here.other_unit, "Mine Too", number="0009")
    side = of_unit(here).actor()
    raw = HEAD + b"0009,2026-02-01,talk,90,A\n"
    assert crediting.take_file(side, here.agency.id, raw, NOW).added == 1
    assert Credit.objects.get().person_id == mine.id
    with pytest.raises(InputProblems, match="somebody of the people"):
        crediting.take_file(side, here.agency.id, HEAD + b"0001,2026-02-01,talk,90,A\n", NOW)
    foreign = elsewhere.people[Role.COORDINATOR].actor()
    with pytest.raises(Refused):
        crediting.take_file(foreign, here.agency.id, raw, NOW)
    with pytest.raises(InputProblems):
        crediting.take_file(foreign, elsewhere.agency.id, raw, NOW)


def test_hours_are_entered_and_taken_back_on_the_page(here, owner, browser_of):
    client = browser_of(here.people[Role.COORDINATOR])
    to = {"agency": here.agency.id, "pk": owner.id}
    sent = {"key": str(uuid.uuid4()), "day": "2026-05-04", "topic": "talk", "hours": "1.5",
            "source": "<script>alert(1)</script>"}  # fmt: skip
    for _n in range(2):
        answer = client.post(reverse("hours_enter", kwargs=to), sent, follow=True)
        assert answer.status_code == 200
    row = Credit.objects.get()
    assert row.minutes == 90
    assert b"<script>alert" not in answer.content
    assert b"&lt;script&gt;alert" in answer.content
    back = reverse("hours_back", kwargs={"pk": row.id})
    assert client.get(back).status_code == 200
    row.refresh_from_db()
    assert row.withdrawn_at is None
    assert client.post(back, {"why": ""}).status_code == 400
    answer = client.post(back, {"why": "It was another day"}, follow=True)
    assert b"It was another day" in answer.content
    assert client.get(back).status_code == 200


@pytest.mark.parametrize(
    "changed",
    [{"day": "x"}, {"hours": "NaN"}, {"hours": "25"}, {"hours": "-1"}, {"source": ""},
     {"source": "\x00"}, {"topic": "law"}, {"key": "x"}, {"source": "x" * 401}],
)  # fmt: skip
def test_a_form_with_something_wrong_is_shown_again(here, owner, browser_of, changed):
    client = browser_of(here.people[Role.COORDINATOR])
    to = reverse("hours_enter", kwargs={"agency": here.agency.id, "pk": owner.id})
    sent = {"key": str(uuid.uuid4()), "day": "2026-05-04", "topic": "talk", "hours": "1",
            "source": "Academy"}  # fmt: skip
    assert client.post(to, sent | changed).status_code == 400
    assert not Credit.objects.exists()


def test_a_file_is_entered_on_the_page_and_its_problems_are_listed(here, owner, browser_of):
    client = browser_of(here.people[Role.COORDINATOR])
    to = reverse("hours_file", kwargs={"agency": here.agency.id})
    assert client.get(to).status_code == 200
    bad = SimpleUploadedFile("h.csv", HEAD + b"<b>,2026-02-01,talk,90,A\n")
    answer = client.post(to, {"file": bad})
    assert answer.status_code == 400
    assert b"<b>," not in answer.content
    assert client.post(to, {}).status_code == 400
    good = SimpleUploadedFile("h.csv", HEAD + b"0001,2026-02-01,talk,90,A\n")
    assert b"1 row was entered." in client.post(to, {"file": good}, follow=True).content
