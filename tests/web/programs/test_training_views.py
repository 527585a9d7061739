import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stepdown.web.accounts.models import Unit
from stepdown.web.audit.models import Entry
from stepdown.web.policy import Role
from stepdown.web.programs import attending, exempting, progress
from stepdown.web.programs.models import Exemption, ModuleVersion
from stepdown.web.records.models import Member
from tests.web.conftest import NOW
from tests.web.programs.making import a_module, a_programme, a_session, trainees


@pytest.fixture
def teacher(here):
    return here.people[Role.INSTRUCTOR]


@pytest.fixture
def chief(here):
    return here.people[Role.COORDINATOR]


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


@pytest.fixture
def programme(here):
    return a_programme(here.agency, "whole", a_module(here.agency))


def of(here, rest):
    return f"/sessions/of/{here.agency.id}/{rest}"


def exempted(here, chief, person, note="Torn ligament"):
    now = timezone.now()
    return exempting.exempt(
        chief.actor(), here.agency.id, person.id, "injury", now.date(), None, note, now
    )


def queries(browser, url):
    browser.get(url)
    with CaptureQueriesContext(connection) as found:
        assert browser.get(url).status_code == 200
    return len(found)


def test_one_sees_ones_own_training_and_nobody_notes_that(
    here, teacher, chief, trainee, programme, browser_of
):
    now = timezone.now()
    module = ModuleVersion.objects.get()
    runs = a_session(here, module, now - timedelta(minutes=5), teacher)
    past = a_session(here, module, now - timedelta(days=2), teacher)
    attending.note_present(teacher.actor(), past.id, {trainee.id: 60}, now)
    exempted(here, chief, trainee)
    browser = browser_of(trainee)
    before = Entry.objects.count()
    page = browser.get("/sessions/mine/")
    assert f"/sessions/{runs.id}/here/" in page.text
    assert "You are noted" not in page.text
    assert "Listening, version 1: 60 of 120 minutes" in page.text
    assert "Torn ligament" in page.text
    assert Entry.objects.count() == before
    assert "You belong to none" in browser_of(here.people[Role.SITE_ADMIN]).get(
        "/sessions/mine/"
    ).text  # fmt: skip


def test_whoever_is_noted_is_told_so_instead_of_being_asked(here, teacher, trainee, browser_of):
    runs = a_session(here, a_module(here.agency), timezone.now() - timedelta(minutes=5), teacher)
    attending.note_present(teacher.actor(), runs.id, {trainee.id: 120}, timezone.now())
    for url in ("/", "/training/", "/sessions/mine/"):
        page = browser_of(trainee).get(url)
        assert f"/sessions/{runs.id}/here/" not in page.text, url
        assert "You are noted" in page.text, url
        assert f"/sessions/{runs.id}/" in page.text, url
    assert "noted as there" in page.text


def test_who_instructs_sees_that_somebody_is_exempt_and_not_why(
    here, teacher, chief, trainee, browser_of
):
    taken_back = exempted(here, chief, trainee, "By mistake")
    exempting.withdraw(chief.actor(), taken_back.id, timezone.now())
    exempted(here, chief, trainee)
    url = of(here, f"people/{trainee.id}/")
    text = browser_of(teacher).get(url).text
    assert "Exemptions" in text
    for hidden in ("Torn ligament", "injury", "By mistake", "taken back", "Note an exemption"):
        assert hidden not in text
    text = browser_of(chief).get(url).text
    for shown in ("Torn ligament", "injury", "By mistake", "taken back", "Note an exemption"):
        assert shown in text


def test_whoever_is_trained_with_the_whole_agency_is_seen_by_who_instructs_in_any_unit(
    here, elsewhere, teacher, chief, programme, browser_of
):
    [whole] = trainees(here, 1, "whole")
    whole.grants.update(unit=None)
    for kind in ("sessions/of/{}/people/{}/", "hours/{}/people/{}/"):
        url = "/" + kind.format(here.agency.id, whole.id)
        assert browser_of(teacher).get(url).status_code == 200
        assert browser_of(elsewhere.people[Role.INSTRUCTOR]).get(url).status_code == 404
        assert browser_of(here.people[Role.TRAINEE]).get(url).status_code == 404
    assert whole.name in browser_of(teacher).get(of(here, "people/")).text
    exempted(here, chief, whole)
    side = here.other_unit
    assert whole.name in browser_of(chief).get(of(here, f"people/?unit={side.id}")).text
    assert [s.person for s in progress.of_unit(teacher.actor(), programme, here.unit, NOW)] == [
        here.people[Role.TRAINEE]
    ]


@pytest.mark.parametrize("kind", ["sessions/of/{}/people/{}/", "hours/{}/people/{}/"])
def test_the_unit_that_somebody_left_for_another_sees_their_training_no_more(
    here, teacher, trainee, browser_of, kind
):
    url = "/" + kind.format(here.agency.id, trainee.id)
    trainee.grants.update(suspended_at=timezone.now())
    assert browser_of(teacher).get(url).status_code == 200
    trainee.grants.create(role=Role.TRAINEE, agency=here.agency, unit=here.other_unit)
    assert browser_of(teacher).get(url).status_code == 404


def test_people_are_found_by_their_number_on_the_roster(here, chief, trainee, browser_of):
    Member.objects.create(agency=here.agency, person=trainee, number="B-4711")
    page = browser_of(chief).get(of(here, "people/?q=4711"))
    assert list(page.context["rows"]) == [trainee]
    assert not browser_of(chief).get(of(here, "people/?q=4712")).context["rows"].object_list


def test_an_exemption_is_noted_ended_and_taken_back_on_the_page(here, chief, trainee, browser_of):
    browser, url = browser_of(chief), of(here, f"people/{trainee.id}/")
    today = timezone.now().date()
    given = {"key": uuid.uuid4(), "reason": "leave", "start": today, "until": ""}
    for _ in range(2):
        assert browser.post(f"{url}exempt/", given).headers["Location"] == url
    made = Exemption.objects.get()
    end = f"/sessions/exemptions/{made.id}/end/"
    assert browser.post(end, {"until": "x"}).status_code == 400
    assert browser.post(end, {"until": today}).headers["Location"] == url
    other = Exemption.objects.get(withdrawn_at=None)
    assert other.until == today
    browser.post(f"/sessions/exemptions/{other.id}/withdraw/")
    assert not Exemption.objects.filter(withdrawn_at=None).exists()
    assert Exemption.objects.count() == 2


def test_an_exemption_that_is_wrong_is_said_beside_its_fields(here, chief, trainee, browser_of):
    url = of(here, f"people/{trainee.id}/exempt/")
    given = {"key": uuid.uuid4(), "reason": "other", "start": "2026-03-02", "until": "2026-03-01"}
    page = browser_of(chief).post(url, given)
    assert page.status_code == 400
    assert set(page.context["form"].errors) == {"note", "until"}
    page = browser_of(chief).post(url, {"reason": "x", "start": "9"})
    assert set(page.context["form"].errors) == {"key", "reason", "start"}
    assert not Exemption.objects.exists()


def test_people_are_those_whose_training_one_may_see(here, teacher, chief, trainee, browser_of):
    (side,) = trainees(here, 1)
    side.grants.update(unit=here.other_unit)
    url = of(here, "people/")
    assert list(browser_of(teacher).get(url).context["rows"]) == [trainee]
    assert list(browser_of(chief).get(url).context["rows"]) == [trainee, side]
    browser = browser_of(chief)
    assert list(browser.get(f"{url}?unit={here.other_unit.id}").context["rows"]) == [side]
    assert list(browser.get(f"{url}?q=HERE").context["rows"]) == [trainee]
    assert Entry.objects.filter(outcome="read", kind="agency", actor=chief.id).exists()
    assert browser_of(trainee).get(url).status_code == 403


def test_who_need_not_come_is_listed_for_who_coordinates(here, chief, trainee, browser_of):
    exempted(here, chief, trainee)
    page = browser_of(chief).get(of(here, "exempted/"))
    assert trainee.name in page.text
    assert browser_of(here.people[Role.INSTRUCTOR]).get(of(here, "exempted/")).status_code == 403


def test_the_pages_of_progress_show_counts_people_and_checklists(
    here, chief, trainee, programme, browser_of
):
    browser = browser_of(chief)
    assert f"/sessions/progress/{programme.id}/" in browser.get(of(here, "progress/")).text
    page = browser.get(f"/sessions/progress/{programme.id}/")
    assert f"/sessions/progress/{programme.id}/units/{here.unit.id}/" in page.text
    page = browser.get(f"/sessions/progress/{programme.id}/units/{here.unit.id}/?only=missing")
    assert trainee.name in page.text
    assert "0 of 120 minutes" in page.text
    assert "No session has taught it yet" in browser.get(
        f"/sessions/progress/{programme.id}/kept/"
    ).text  # fmt: skip
    assert browser.get(
        f"/sessions/progress/{programme.id}/units/{uuid.uuid4()}/"
    ).status_code == 404  # fmt: skip


def test_queries_of_the_pages_do_not_grow(here, teacher, chief, trainee, programme, browser_of):
    now = timezone.now()
    module = a_module(here.agency, "talking")
    browser = browser_of(chief)
    whole = a_programme(here.agency, "more", module)
    urls = (
        "/sessions/mine/", of(here, f"people/{trainee.id}/"), of(here, "people/"),
        of(here, "exempted/"), of(here, "progress/"), f"/sessions/progress/{whole.id}/",
        f"/sessions/progress/{whole.id}/units/{here.unit.id}/",
        f"/sessions/progress/{whole.id}/kept/",
    )  # fmt: skip
    session = a_session(here, module, now - timedelta(days=1), teacher)
    a_session(here, module, now + timedelta(days=1), teacher)
    attending.note_present(teacher.actor(), session.id, None, now)
    exempted(here, chief, trainee)
    few = [queries(browser, url) for url in urls]
    Unit.objects.bulk_create(Unit(agency=here.agency, name=f"U {n}") for n in range(10))
    for person in trainees(here, 30):
        exempted(here, chief, person)
    for n in range(6):
        session = a_session(here, module, now - timedelta(days=n + 1), teacher)
        attending.note_present(teacher.actor(), session.id, None, now)
        a_session(here, module, now + timedelta(days=n + 1), teacher)
        a_programme(here.agency, f"another_{n}", module)
        exempted(here, chief, trainee)
    assert [queries(browser, url) for url in urls] == few
