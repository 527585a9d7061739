import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from stepdown.encounter.review.rubric import domains
from stepdown.web.accounts.models import Hold
from stepdown.web.policy import Role
from stepdown.web.practice.forgetting import forget_words
from stepdown.web.practice.models import Encounter
from stepdown.web.practice.play import retry
from tests.web.conftest import NOW
from tests.web.practice.played import assessment, begun, ended, log_of


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


@pytest.fixture
def browser(trainee, browser_of):
    return browser_of(trainee)


def page_of(browser, query=""):
    answer = browser.get(f"/mine/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_newcomer_is_told_that_there_is_nothing_yet(browser):
    page = page_of(browser)
    assert "nothing to show yet" in page
    assert "Choose a first encounter" in page
    assert "<svg" not in page


def test_what_was_practised_is_listed_each_with_what_can_be_done(here, trainee, browser):
    done, opened = ended(trainee, key="bus"), begun(trainee)
    gone = ended(trainee, seed=9)
    forget_words(gone, NOW)
    examined = ended(trainee, seed=10, assignment=assessment(here))
    page = page_of(browser)
    assert f'href="/encounters/{opened.id}/"' in page
    assert f'href="/encounters/{done.id}/review/#words"' in page
    assert f'href="/encounters/{gone.id}/review/"' in page
    assert f'href="/encounters/{gone.id}/review/#words"' not in page
    assert f'href="/encounters/{examined.id}/review/#words"' not in page


def test_little_data_is_said_to_say_little_and_nobody_is_graded(trainee, browser):
    ended(trainee)
    page = page_of(browser)
    assert "So few say little" in page
    assert "It is no grade" in page
    assert page.count("<polyline") == len(domains())
    for seed in range(3):
        ended(trainee, seed=seed)
    assert "So few say little" not in page_of(browser)


def test_practice_and_assessment_are_told_apart_in_drawing_and_table(here, trainee, browser):
    ended(trainee)
    ended(trainee, key="bus", assignment=assessment(here, key="bus"))
    page = page_of(browser)
    drawn = re.search(r"<svg.*?</svg>", page, re.DOTALL).group()
    assert (drawn.count("<circle"), drawn.count("<rect")) == (1, 1)
    table = re.search(r"<caption.*?</table>", page, re.DOTALL).group()
    assert "assessment" in table
    assert "practice" in table


def test_a_second_try_is_listed_and_not_drawn(trainee, browser):
    row = ended(trainee)
    retry(trainee.actor(), row.id, 2, NOW)
    page = page_of(browser)
    assert "another try" in page
    assert re.search(r"<svg.*?</svg>", page, re.DOTALL).group().count("<circle") == 1


def test_the_list_has_pages(trainee, browser):
    made = [
        Encounter(person=trainee, scenario="bus", title=f"Number {n}", seed=n, pace="turn",
                  started_at=NOW + timedelta(minutes=n), ended_at=NOW, erased_at=NOW)
        for n in range(25)
    ]  # fmt: skip
    Encounter.objects.bulk_create(made)
    first, second = page_of(browser), page_of(browser, "?page=2")
    assert "Number 24" in first
    assert "Number 4<" not in first
    assert "Number 4<" in second
    assert "Number 24" not in second
    for odd in ("?page=0", "?page=999", "?page=x", "?page=%00"):
        page_of(browser, odd)


def test_nobody_sees_another_s_practice(here, elsewhere, trainee, browser_of):
    ended(trainee)
    for person in (here.people[Role.INSTRUCTOR], elsewhere.people[Role.TRAINEE]):
        assert "A man on a bridge" not in page_of(browser_of(person))


def test_what_is_due_leads_to_its_start(here, browser):
    given = assessment(here, due=datetime.now(UTC).date() + timedelta(days=2), note="By Friday")
    page = page_of(browser)
    assert f"/library/bridge/?assignment={given.id}" in page
    assert "By Friday" in page


def test_more_encounters_need_no_more_questions(
    here, trainee, browser, django_assert_max_num_queries
):
    for seed in range(8):
        ended(trainee, seed=seed)
        assessment(here)
    page_of(browser)
    page_of(browser)
    with django_assert_max_num_queries(14):
        page_of(browser)


def test_a_log_is_brought_in_once(trainee, browser):
    row = ended(trainee)
    log = log_of(row)
    row.events.all().delete()
    row.delete()
    answer = browser.post("/mine/bring/", {"log": SimpleUploadedFile("a.jsonl", log)}, follow=True)
    assert "Your log is here" in answer.content.decode()
    again = browser.post("/mine/bring/", {"log": SimpleUploadedFile("b.jsonl", log)}, follow=True)
    assert "here already" in again.content.decode()
    assert Encounter.objects.filter(person=trainee).count() == 1


def test_what_is_wrong_with_a_log_is_shown_and_nothing_is_stored(browser):
    file = SimpleUploadedFile("<b>.jsonl", b'{"n":0}\n')
    answer = browser.post("/mine/bring/", {"log": file})
    assert answer.status_code == 400
    assert b"<b>.jsonl" not in answer.content
    assert b"one event as JSON" in answer.content
    assert not Encounter.objects.exists()


def test_no_file_or_one_too_large_is_told(browser):
    assert browser.post("/mine/bring/").status_code == 400
    assert browser.get("/mine/bring/").status_code == 405
    large = SimpleUploadedFile("a.jsonl", b"x" * (4 * 2**20))
    assert browser.post("/mine/bring/", {"log": large}).status_code == 413


def test_under_a_hold_the_button_gives_way_to_the_reason(here, trainee, confirmed_of):
    row, browser = ended(trainee), confirmed_of(trainee)
    Hold.objects.create(
        person=trainee, agency=here.agency, reason="x", by=here.people[Role.AGENCY_ADMIN]
    )
    page = browser.get(f"/encounters/{row.id}/review/").content.decode()
    assert "A legal hold stands" in page
    assert "delete-words" not in page
    assert browser.post(f"/encounters/{row.id}/delete-words/").status_code == 400


def test_the_hold_of_any_agency_keeps_a_person_from_deleting_words(
    here, elsewhere, trainee, confirmed_of
):
    row, browser = ended(trainee), confirmed_of(trainee)
    Hold.objects.create(person=trainee, agency=elsewhere.agency, reason="x")
    assert row.agency_id == here.agency.pk
    assert "delete-words" not in browser.get(f"/encounters/{row.id}/review/").content.decode()
    assert browser.post(f"/encounters/{row.id}/delete-words/").status_code == 400
    row.refresh_from_db()
    assert row.erased_at is None
