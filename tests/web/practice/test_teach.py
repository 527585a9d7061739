import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stepdown.encounter.library import library
from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.audit.models import Entry
from stepdown.web.policy import Role
from stepdown.web.practice import assigned, assigning, play
from stepdown.web.practice.deeds import read_deed
from stepdown.web.practice.models import Assignment, Encounter
from tests.web.conftest import NOW

SECRET = "zanzibar marmalade"
STOP = read_deed("stop", {})


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


def practise(person, *, end=True):
    row = play.start(person.actor(), library()["bridge"], "bridge", "turn", NOW, seed=5)
    say = read_deed("say", {"text": f"I will take your {SECRET}"})
    play.do(person.actor(), row.id, uuid.uuid4(), say, NOW)
    if end:
        play.do(person.actor(), row.id, uuid.uuid4(), STOP, NOW)
    return row


def unit_page(client, here):
    return client.get(f"/units/{here.unit.id}/")


def give(here, assessed=False):
    return assigning.assign(
        here.people[Role.INSTRUCTOR].actor(), here.unit.id, "bridge", None, NOW.date(), assessed,
        "", NOW,
    )  # fmt: skip


def test_only_units_that_one_instructs_or_coordinates_are_listed(here, elsewhere, browser_of):
    text = browser_of(here.people[Role.INSTRUCTOR]).get("/units/").content.decode()
    assert ("Here 1" in text, "Here 2" in text, "Elsewhere 1" in text) == (True, False, False)
    text = browser_of(here.people[Role.COORDINATOR]).get("/units/").content.decode()
    assert ("Here 1" in text, "Here 2" in text, "Elsewhere 1" in text) == (True, True, False)
    text = browser_of(here.people[Role.TRAINEE]).get("/units/").content.decode()
    assert "Here 1" not in text
    assert "You instruct or coordinate no unit" in text


def test_a_unit_is_shown_to_who_teaches_or_administers_it_and_to_nobody_else(
    here, elsewhere, browser_of
):
    other = Person.objects.create_user("o@here.example", "Other")
    RoleGrant.objects.create(
        person=other, role=Role.INSTRUCTOR, agency=here.agency, unit=here.other_unit
    )
    wanted = {
        Role.INSTRUCTOR: 200, Role.COORDINATOR: 200, Role.AGENCY_ADMIN: 200, Role.TRAINEE: 403,
        Role.ANALYST: 403, Role.SITE_ADMIN: 404,
    }  # fmt: skip
    for role, status in wanted.items():
        for part in ("", "running/"):
            answer = browser_of(here.people[role]).get(f"/units/{here.unit.id}/{part}")
            assert answer.status_code == status, role
    assert unit_page(browser_of(other), here).status_code == 403
    for role in wanted:
        assert unit_page(browser_of(elsewhere.people[role]), here).status_code == 404
    assert browser_of(other).get(f"/units/{uuid.uuid4()}/").status_code == 404


def test_others_see_that_one_practised_and_nothing_of_what_came_of_it(
    here, trainee, browser_of, monkeypatch
):
    practise(trainee)
    for how in ("stopped", "consent", "force"):
        Encounter.objects.update(how=how)
        pages = {unit_page(browser_of(here.people[r]), here).content.decode().split("<main")[1]
                 for r in (Role.INSTRUCTOR, Role.COORDINATOR)}  # fmt: skip
        for text in pages:
            assert trainee.name in text
            assert "A man on a bridge" in text
            assert SECRET not in text
            assert how not in text
            assert "/encounters/" not in text
            assert "/assess/" not in text


def test_who_administers_sees_who_is_in_a_unit_and_nothing_of_their_practice(
    here, trainee, browser_of
):
    practise(trainee)
    text = unit_page(browser_of(here.people[Role.AGENCY_ADMIN]), here).content.decode()
    text = text.split("<main")[1]
    assert trainee.name in text
    for told in ("Practi", "practi", "A man on a bridge", "time<", "Last", NOW.date().isoformat()):
        assert told not in text, told


def test_that_one_tried_again_from_a_point_is_not_shown(here, trainee, browser_of):
    row = practise(trainee)
    play.retry(trainee.actor(), row.id, 1, NOW)
    text = unit_page(browser_of(here.people[Role.INSTRUCTOR]), here).content.decode()
    assert text.count("A man on a bridge") == 1
    assert "1 time<" in text


def test_looking_at_a_unit_is_noted_and_its_polling_is_not(here, browser_of):
    client = browser_of(here.people[Role.INSTRUCTOR])
    text = unit_page(client, here).content.decode()
    url = text.split('hx-get="')[1].split('"')[0]
    read = Entry.objects.filter(outcome="read", kind="unit", record=here.unit.id)
    assert read.count() == 1
    for _ in range(3):
        assert client.get(url, headers={"HX-Request": "true"}).status_code == 200
    assert read.count() == 1
    client.get(url.split("?")[0])
    assert read.count() == 2
    assert browser_of(here.people[Role.TRAINEE]).get(url).status_code == 403


def test_a_running_assessment_appears_and_only_instructors_go_to_it(here, trainee, browser_of):
    made = give(here, assessed=True)
    row = assigned.begin(trainee.actor(), made.id, "turn", announced=True, now=NOW)
    url = f"/units/{here.unit.id}/running/"
    assert (
        f"/assess/{row.id}/" in browser_of(here.people[Role.INSTRUCTOR]).get(url).content.decode()
    )
    text = browser_of(here.people[Role.COORDINATOR]).get(url).content.decode()
    assert trainee.name in text
    assert "/assess/" not in text
    assert trainee.name not in browser_of(here.people[Role.AGENCY_ADMIN]).get(url).content.decode()
    play.do(trainee.actor(), row.id, uuid.uuid4(), STOP, NOW)
    assert trainee.name not in browser_of(here.people[Role.INSTRUCTOR]).get(url).content.decode()


def test_questions_asked_of_the_database_do_not_grow(here, trainee, browser_of):
    client, counts = browser_of(here.people[Role.INSTRUCTOR]), []
    for n in (1, 5):
        for k in range(n):
            person = Person.objects.create_user(f"p{n}{k}@here.example", f"P {n} {k}")
            RoleGrant.objects.create(
                person=person, role=Role.TRAINEE, agency=here.agency, unit=here.unit
            )
            practise(person)
            made = give(here, assessed=True)
            row = assigned.begin(person.actor(), made.id, "turn", announced=True, now=NOW)
            if k % 2 == 0:
                play.do(person.actor(), row.id, uuid.uuid4(), STOP, NOW)
        unit_page(client, here)
        with CaptureQueriesContext(connection) as asked:
            assert unit_page(client, here).status_code == 200
        with CaptureQueriesContext(connection) as more:
            assert client.get(f"/assignments/{made.id}/").status_code == 200
        counts.append((len(asked), len(more)))
    assert counts[0] == counts[1]


def test_an_assignment_is_made_with_the_form_and_its_faults_stand_beside_their_fields(
    here, elsewhere, trainee, browser_of
):
    client = browser_of(here.people[Role.INSTRUCTOR])
    url = f"/units/{here.unit.id}/assign/"
    page = client.get(url)
    assert trainee.name in page.content.decode()
    key = str(page.context["form"].initial["key"])
    given = {"key": key, "scenario": "bridge", "whom": "some", "people": [str(trainee.id)],
             "due": "2020-01-01", "assessed": "yes", "note": "Before Friday."}  # fmt: skip
    answer = client.post(url, given)
    assert answer.status_code == 400
    assert "a day from today on" in answer.content.decode()
    wrong = {**given, "people": [str(elsewhere.people[Role.TRAINEE].id)], "scenario": "no-such"}
    answer = client.post(url, wrong)
    assert {"people", "scenario"} <= set(answer.context["form"].errors)
    both = client.post(url, {**given, "whom": "all"})
    assert set(both.context["form"].errors) == {"whom"}
    assert not Assignment.objects.exists()
    due = datetime.now(UTC).date() + timedelta(days=7)
    answers = [client.post(url, {**given, "due": due.isoformat()}) for _ in range(2)]
    [made] = Assignment.objects.all()
    assert [a.headers["Location"] for a in answers] == [f"/assignments/{made.id}/"] * 2
    assert (made.assessed, made.note, list(made.people.all())) == (
        True,
        "Before Friday.",
        [trainee],
    )


def test_who_has_an_assessment_reads_who_will_see_it_and_must_say_so(here, trainee, browser_of):
    made = give(here, assessed=True)
    client = browser_of(trainee)
    text = client.get(f"/assigned/{made.id}/").content.decode()
    assert "Instructors of your unit can watch it while it runs" in text
    assert 'name="announced" value="yes" required' in text
    answer = client.post(f"/assigned/{made.id}/begin/", {"pace": "turn"})
    assert answer.status_code == 400
    answer = client.post(f"/assigned/{made.id}/begin/", {"pace": "turn", "announced": "yes"})
    row = Encounter.objects.get()
    assert answer.headers["Location"] == f"/encounters/{row.id}/"
    assert f"/encounters/{row.id}/" in client.get(f"/assigned/{made.id}/").content.decode()
    play.do(trainee.actor(), row.id, uuid.uuid4(), STOP, NOW)
    assert "as often as you may" in client.get(f"/assigned/{made.id}/").content.decode()


def test_pages_of_an_assignment_are_for_who_gave_it_and_who_has_it(here, elsewhere, browser_of):
    made = give(here)
    for role, person in here.people.items():
        client, teaches = browser_of(person), role in (Role.INSTRUCTOR, Role.COORDINATOR)
        status = client.get(f"/assignments/{made.id}/").status_code
        assert status == (200 if teaches else 404 if role is Role.SITE_ADMIN else 403), role
        mine = client.get(f"/assigned/{made.id}/").status_code
        assert (mine == 200) == (role is Role.TRAINEE), role
    for person in elsewhere.people.values():
        client = browser_of(person)
        for url in (f"/assignments/{made.id}/", f"/assigned/{made.id}/"):
            assert client.get(url).status_code == 404
        for url in (f"/assignments/{made.id}/withdraw/", f"/assignments/{made.id}/again/",
                    f"/assigned/{made.id}/begin/"):  # fmt: skip
            person_id = here.people[Role.TRAINEE].id
            assert client.post(url, {"person": person_id}).status_code == 404
            assert client.get(url).status_code == 405
    made.refresh_from_db()
    assert made.withdrawn_at is None


def test_withdrawing_shows_as_withdrawn(here, trainee, browser_of):
    made = give(here)
    client = browser_of(here.people[Role.INSTRUCTOR])
    answer = client.post(f"/assignments/{made.id}/withdraw/", follow=True)
    assert "Withdrawn on" in answer.content.decode()
    assert "withdrawn" in unit_page(client, here).content.decode()
    page = browser_of(trainee).get(f"/assigned/{made.id}/").content.decode()
    assert "This was withdrawn" in page
    assert "begin/" not in page
