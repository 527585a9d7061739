from datetime import UTC, datetime, timedelta

import pytest

from stepdown.web.policy import Role
from stepdown.web.practice.models import Assignment
from tests.web.practice.played import assessment, begun, ended


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


@pytest.fixture
def browser(trainee, browser_of):
    return browser_of(trainee)


def test_a_newcomer_is_told_what_this_is_and_where_to_begin(browser):
    page = browser.get("/").content.decode()
    assert "simulated person" in page
    assert "Choose a first encounter" in page
    assert "Go on" not in page


def test_what_is_open_due_and_done_is_shown_with_what_to_try_next(here, trainee, browser):
    done, opened = ended(trainee, key="bus"), begun(trainee, key="bridge")
    given = assessment(here, key="warrant", due=datetime.now(UTC).date() + timedelta(days=4))
    page = browser.get("/").content.decode()
    assert f'href="/encounters/{opened.id}/"' in page
    assert f'href="/encounters/{done.id}/review/"' in page
    assert f'href="/library/warrant/?assignment={given.id}"' in page
    assert "It follows on “The last 41”" in page
    assert "simulated person" not in page


def test_what_is_late_can_still_be_done(here, browser):
    given = assessment(here, due=datetime.now(UTC).date() - timedelta(days=2))
    page = browser.get("/").content.decode()
    assert "can still be done" in page
    assert str(given.id) in page


def test_what_was_done_or_withdrawn_is_due_no_more(here, trainee, browser):
    given, other = assessment(here), assessment(here, key="warrant")
    ended(trainee, assignment=given)
    Assignment.objects.filter(pk=other.pk).update(withdrawn_at=datetime.now(UTC))
    assert "To do" not in browser.get("/").content.decode()


def test_nobody_sees_what_others_did_or_are_to_do(here, elsewhere, trainee, browser_of):
    ended(trainee)
    begun(trainee, key="bus")
    assessment(here, key="warrant")
    for person in (here.people[Role.INSTRUCTOR], elsewhere.people[Role.TRAINEE]):
        page = browser_of(person).get("/").content.decode()
        assert "A man on a bridge" not in page
        assert "The last 41" not in page
        assert "The garage" not in page


@pytest.mark.parametrize(
    ("role", "words"),
    [
        (Role.INSTRUCTOR, "assessments to watch and score"), (Role.ANALYST, "without names"),
        (Role.AGENCY_ADMIN, "give roles"), (Role.SITE_ADMIN, "first administrators"),
    ],
)  # fmt: skip
def test_other_roles_find_their_pages(here, browser_of, role, words):
    assert words in browser_of(here.people[role]).get("/").content.decode()


def test_a_trainee_is_shown_no_page_of_other_roles(browser):
    assert "For your other roles" not in browser.get("/").content.decode()


def test_more_encounters_and_assignments_need_no_more_questions(
    here, trainee, browser, django_assert_max_num_queries
):
    for n in range(6):
        ended(trainee, seed=n)
        begun(trainee, seed=n, acts=())
        assessment(here)
    browser.get("/")
    browser.get("/")
    with django_assert_max_num_queries(17):
        browser.get("/")
