from datetime import timedelta
from html import unescape
from importlib.resources import files

import pytest

from stepdown.encounter.library import library
from stepdown.web.policy import Role
from stepdown.web.practice.models import Assignee, Encounter, ScenarioFile
from tests.web.conftest import NOW
from tests.web.practice.played import assessment, ended, stopped


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


@pytest.fixture
def browser(trainee, browser_of):
    return browser_of(trainee)


def own_scenario(place):
    text = files("stepdown.scenarios").joinpath("transit/bus.yaml").read_text(encoding="utf-8")
    text = text.replace("title: The last 41", "title: Our own bus")
    return ScenarioFile.objects.create(agency=place.agency, name="bus", digest="d", text=text)


def test_every_scenario_is_shown_with_what_it_trains_and_a_content_note(browser):
    page = browser.get("/library/").content.decode()
    for key in library():
        assert f'href="/library/{key}/"' in page
    assert page.count("Content note") == len(library())
    assert "Ask plainly" not in page
    assert "Make the place quieter" in page


def test_the_filter_works_without_a_script_and_keeps_what_was_chosen(browser):
    page = browser.get("/library/?sector=police&minutes=12").content.decode()
    fitting = [s for s in library().values() if s.sector == "police" and s.minutes <= 12]
    assert f"{len(fitting)} of {len(library())} encounters" in page
    assert '<option value="police" selected>' in page
    assert '<option value="12" selected>' in page


def test_a_filter_that_nothing_fits_says_so(browser):
    page = browser.get("/library/?sector=shop&language=es").content.decode()
    assert "Nothing fits" in page


def test_hostile_filters_are_shown_as_nothing(browser):
    answer = browser.get("/library/", {"sector": "<script>", "minutes": "9" * 500, "trains": "'"})
    assert answer.status_code == 200
    assert b"<script>" not in answer.content


def test_an_agency_s_own_scenarios_are_marked_and_shown_to_its_people_alone(
    here, elsewhere, browser, browser_of
):
    file = own_scenario(here)
    assert "your agency's own" in unescape(browser.get("/library/").content.decode())
    assert browser.get(f"/library/{file.id}/").status_code == 200
    stranger = browser_of(elsewhere.people[Role.TRAINEE])
    assert "Our own bus" not in stranger.get("/library/").content.decode()
    assert stranger.get(f"/library/{file.id}/").status_code == 404
    assert stranger.post(f"/library/{file.id}/start/", {"pace": "turn"}).status_code == 404


def test_what_was_done_before_is_marked_for_this_person_alone(here, trainee, browser, browser_of):
    ended(trainee)
    assert "Done on 2 March" in browser.get("/library/").content.decode()
    other = browser_of(here.people[Role.INSTRUCTOR])
    assert "Done on" not in other.get("/library/").content.decode()


def test_more_scenarios_and_encounters_need_no_more_questions(
    here, trainee, browser, django_assert_max_num_queries
):
    own_scenario(here)
    for n in range(3):
        ended(trainee, seed=n)
    browser.get("/library/")
    with django_assert_max_num_queries(8):
        browser.get("/library/")


def test_before_it_begins_everything_is_said(here, browser):
    here.agency.retention_days = 30
    here.agency.save()
    page = unescape(browser.get("/library/bridge/").content.decode())
    scenario = library()["bridge"]
    for text in (*scenario.learning, *scenario.notes, scenario.policy[0], scenario.summary):
        assert text in page
    assert "Only you read it" in page
    assert "nothing else" in page
    assert "deleted after 30 days" in page
    assert "You can stop at any time" in page
    assert "988" in page


def test_words_that_are_kept_are_said_to_be_kept(here, browser):
    here.agency.retention_days = 0
    here.agency.save()
    assert "kept until you delete them" in browser.get("/library/bridge/").content.decode()


def test_whoever_belongs_to_no_agency_is_told_of_no_instructors(here, browser_of):
    page = browser_of(here.people[Role.SITE_ADMIN]).get("/library/bridge/").content.decode()
    assert "instructors" not in page
    assert "deleted after 90 days" in page


def test_alone_it_stays_on_this_machine(browser, settings):
    from dataclasses import replace

    settings.SITE = replace(settings.SITE, mode="alone")
    page = browser.get("/library/bridge/").content.decode()
    assert "It stays on this machine" in page
    assert "instructors" not in page


def test_begin_goes_to_the_encounter(trainee, browser):
    answer = browser.post("/library/bridge/start/", {"pace": "slower"})
    row = Encounter.objects.get(person=trainee)
    assert answer["Location"] == f"/encounters/{row.id}/"
    assert (row.pace, row.assessed) == ("slower", False)
    assert browser.get("/library/bridge/start/").status_code == 405


def test_a_pace_that_there_is_not_begins_nothing(trainee, browser):
    assert browser.post("/library/bridge/start/", {"pace": "warp"}).status_code == 400
    assert not Encounter.objects.exists()


@pytest.mark.parametrize("key", ["nothing", "../etc", "0" * 36, "%00"])
def test_a_scenario_that_there_is_not_is_not_found(browser, key):
    assert browser.get(f"/library/{key}/").status_code == 404


def test_an_assessment_says_so_and_who_reads_it_before_it_begins(here, browser):
    given = assessment(here, note="Before the next shift")
    page = browser.get(f"/library/bridge/?assignment={given.id}").content.decode()
    assert "This is an assessment" in page
    assert f"Instructors of {here.unit.name}" in page
    assert "Before the next shift" in page
    assert "I know this is an assessment" in page
    assert "Only you read it" not in page


def test_an_assessment_begins_only_when_it_is_known_to_be_one(here, trainee, browser):
    given = assessment(here)
    asked = {"pace": "real", "assignment": str(given.id)}
    answer = browser.post("/library/bridge/start/", asked)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert 'aria-describedby="know-error"' in page
    assert 'value="real" checked' in page
    assert not Encounter.objects.exists()
    browser.post("/library/bridge/start/", {**asked, "know": "yes"})
    row = Encounter.objects.get(person=trainee)
    assert (row.assessed, row.unit, row.assignment) == (True, here.unit, given)


def test_what_was_assigned_is_said_where_it_would_be_begun_as_practice(here, browser):
    given = assessment(here)
    begin = f"/library/bridge/?assignment={given.id}"
    for address in ("/library/", "/library/bridge/"):
        assert begin in browser.get(address).content.decode()
    assert "This was assigned to you." in browser.get("/library/bridge/").content.decode()
    assert "This was assigned to you." not in browser.get(begin).content.decode()
    assert "assigned to you" not in browser.get("/library/bus/").content.decode()
    browser.post("/library/bridge/start/", {"assignment": str(given.id), "know": "yes"})
    row = Encounter.objects.get()
    assert f"/encounters/{row.id}/" in browser.get("/library/bridge/").content.decode()
    stopped(here.people[Role.TRAINEE], row)
    assert "This was assigned to you." not in browser.get("/library/bridge/").content.decode()


def test_what_was_begun_for_an_assignment_is_gone_on_with(here, trainee, browser):
    given = assessment(here)
    asked = {"pace": "turn", "assignment": str(given.id), "know": "yes"}
    first = browser.post("/library/bridge/start/", asked)
    page = browser.get(f"/library/bridge/?assignment={given.id}").content.decode()
    assert "You have begun it already" in page
    assert browser.post("/library/bridge/start/", asked)["Location"] == first["Location"]


def test_an_assignment_of_somebody_else_of_another_scenario_or_of_none_opens_nothing(
    here, elsewhere, browser
):
    foreign, other = assessment(elsewhere), assessment(here, key="bus")
    bad = [foreign.id, other.id, "x", "00000000-0000-0000-0000-000000000000"]
    for given in bad:
        assert browser.get(f"/library/bridge/?assignment={given}").status_code == 404
        asked = {"pace": "turn", "assignment": str(given), "know": "yes"}
        assert browser.post("/library/bridge/start/", asked).status_code == 404
    assert not Encounter.objects.exists()


def test_an_assignment_that_was_withdrawn_says_so(here, browser):
    given = assessment(here)
    given.withdrawn_at = NOW
    given.save()
    answer = browser.get(f"/library/bridge/?assignment={given.id}")
    assert answer.status_code == 400
    assert "withdrawn" in answer.content.decode()


def test_assigned_practice_stays_private(here, trainee, browser):
    given = assessment(here, due=NOW.date() + timedelta(days=3))
    given.assessed = False
    given.save()
    page = browser.get(f"/library/bridge/?assignment={given.id}").content.decode()
    assert "Only you read it" in page
    assert "I know this is an assessment" not in page
    browser.post("/library/bridge/start/", {"pace": "turn", "assignment": str(given.id)})
    row = Encounter.objects.get(person=trainee)
    assert (row.assessed, row.assignment_id) == (False, given.id)
    assert Assignee.objects.get(person=trainee).begun == 0
