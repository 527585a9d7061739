import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stepdown.retention.curriculum_file import parsed
from stepdown.web.accounts.models import RoleGrant
from stepdown.web.permission import Missing
from stepdown.web.policy import Role
from stepdown.web.programs import curricula, publishing
from stepdown.web.programs.models import ModuleVersion, Session
from tests.web.conftest import NOW
from tests.web.programs.texts import FIRST, SECOND, THIRD, published


@pytest.fixture
def chief(here):
    return here.people[Role.COORDINATOR]


@pytest.fixture
def three(here, chief):
    for text in (FIRST, SECOND, THIRD):
        published(chief.actor(), here.agency.id, text, f"Because of {len(text)}.")
    return f"/curriculum/{here.agency.id}/programmes/roll_call/"


def queries(browser, url):
    browser.get(url)
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert browser.get(url).status_code == 200
    return len(found)


def test_the_list_says_hours_versions_and_why(here, chief, three, browser_of):
    page = browser_of(here.people[Role.TRAINEE]).get("/curriculum/")
    (item,) = page.context["listed"]
    assert (item.row.number, item.versions, item.modules, item.hours) == (3, 3, 2, 1.25)
    assert f"Because of {len(THIRD)}." in page.text
    assert "Publish a file" not in page.text
    assert "starter curriculum" not in page.text
    page = browser_of(chief).get("/curriculum/")
    assert "Publish a file" in page.text
    assert "Add the starter curriculum" in page.text


def test_another_agency_sees_nothing_of_it(elsewhere, three, browser_of):
    for role in (Role.TRAINEE, Role.COORDINATOR, Role.AGENCY_ADMIN):
        browser = browser_of(elsewhere.people[role])
        assert browser.get("/curriculum/").context["listed"] == []
        for rest in ("", "1/", "1/download/", "difference/"):
            assert browser.get(three + rest).status_code == 404
        assert browser.get(three.replace("programmes/roll_call", "modules/first_words")
                           ).status_code == 404  # fmt: skip


def test_somebody_of_two_agencies_sees_each_by_name(here, elsewhere, chief, three, browser_of):
    RoleGrant.objects.create(person=chief, role=Role.COORDINATOR, agency=elsewhere.agency)
    publishing.add_starter(chief.actor(), elsewhere.agency.id, NOW)
    page = browser_of(chief).get("/curriculum/")
    assert [item.row.agency.name for item in page.context["listed"]] == ["Elsewhere", "Here"]
    assert "Publish in Elsewhere" in page.text
    assert "Publish in Here" in page.text
    assert "Add the starter curriculum to Here" in page.text
    assert "Add the starter curriculum to Elsewhere" not in page.text


def test_any_version_is_shown_with_all_that_it_says(here, three, browser_of):
    browser = browser_of(here.people[Role.TRAINEE])
    page = browser.get(three)
    assert page.context["row"].number == 3
    for text in ("Nobody was laughed at.", "Say what was seen, tried", "One minute is a rule of",
                 "doi:10.1000/xyz", "Handing over in one minute", "Because of"):  # fmt: skip
        assert text in page.text
    page = browser.get(f"{three}1/")
    assert "and not the latest" in page.text
    assert "Everybody said theirs aloud." in page.text
    for number in (0, 4, 10**30):
        assert browser.get(f"{three}{number}/").status_code == 404


def test_a_download_reads_back_as_the_version_and_can_be_published_again(
    here, chief, three, browser_of
):
    browser = browser_of(here.people[Role.TRAINEE])
    answer = browser.get(f"{three}1/download/")
    assert 'filename="roll_call-1.yaml"' in answer["Content-Disposition"]
    first = curricula.published(here.agency.id, "roll_call", 1)
    assert parsed(answer.text, "x") == first.curriculum
    row = published(chief.actor(), here.agency.id, answer.text, "Back to the first.")
    assert row.number == 4


def test_the_difference_says_what_was_added_and_removed_in_words(here, three, browser_of):
    browser = browser_of(here.people[Role.TRAINEE])
    page = browser.get(f"{three}difference/?from=1&to=3")
    kinds = [line.kind for line in page.context["lines"]]
    assert kinds == ["changed", "removed", "added", "changed"]
    assert "<strong>Added</strong>" in page.text
    assert "<strong>Removed</strong>" in page.text
    assert [row.number for row in page.context["between"]] == [3, 2]
    turned = browser.get(f"{three}difference/?from=3&to=1")
    assert turned.context["lines"] == page.context["lines"]
    same = browser.get(f"{three}difference/?from=2&to=2")
    assert "Nothing differs." in same.text
    for odd in ("from=x&to=9", "from=-1", "to=" + "9" * 40, "from=²", "from=%00"):
        assert browser.get(f"{three}difference/?{odd}").context["after"] == 3


def test_a_modules_page_says_where_it_is_pinned_and_how_often_it_was_taught(
    here, chief, three, browser_of
):
    module = ModuleVersion.objects.get(name="first_words", number=2)
    common = {
        "agency": here.agency,
        "unit": here.unit,
        "module": module,
        "minutes": 30,
        "place": "x",
    }
    Session.objects.create(start=NOW, **common)
    Session.objects.create(start=NOW, cancelled_at=NOW, **common)
    Session.objects.create(start=NOW.replace(year=2999), **common)
    url = three.replace("programmes/roll_call", "modules/first_words")
    page = browser_of(here.people[Role.TRAINEE]).get(url)
    assert [(row.number, row.taught) for row in page.context["page"]] == [(3, 0), (2, 1), (1, 0)]
    (pinned,) = page.context["pinned"]
    assert pinned.numbers == ((1, (1,)), (2, (2,)), (3, (3,)))
    assert "version 2 of the programme" in page.text
    older = browser_of(here.people[Role.TRAINEE]).get(f"{url}1/")
    assert "Everybody said theirs aloud." in older.text
    differs = browser_of(here.people[Role.TRAINEE]).get(f"{url}difference/?to=2")
    assert [line.kind for line in differs.context["lines"]] == ["changed"]


def test_the_number_of_queries_does_not_grow(here, chief, browser_of):
    browser = browser_of(chief)
    published(chief.actor(), here.agency.id)
    urls = [
        "/curriculum/", f"/curriculum/{here.agency.id}/programmes/roll_call/",
        f"/curriculum/{here.agency.id}/programmes/roll_call/difference/",
        f"/curriculum/{here.agency.id}/modules/first_words/",
    ]  # fmt: skip
    few = [queries(browser, url) for url in urls]
    publishing.add_starter(chief.actor(), here.agency.id, NOW)
    for n in range(12):
        text = FIRST.replace("id: roll_call", f"id: roll_call_{n}")
        published(chief.actor(), here.agency.id, text)
        changed = FIRST.replace("Ten minutes", f"Ten and {n} minutes")
        published(chief.actor(), here.agency.id, changed)
    assert [queries(browser, url) for url in urls] == few
    assert max(few) <= 20


def test_the_functions_for_others_take_a_number_of_queries_that_does_not_grow(
    here, chief, django_assert_num_queries
):
    publishing.add_starter(chief.actor(), here.agency.id, NOW)
    for text in (FIRST, SECOND, THIRD):
        published(chief.actor(), here.agency.id, text)
    with django_assert_num_queries(2):
        assert [p.programme.number for p in curricula.programmes(here.agency.id)] == [1, 3]
    with django_assert_num_queries(2):
        found = curricula.every(here.agency.id)
        assert [p.programme.number for p in found] == [1, 1, 2, 3]
    with django_assert_num_queries(2):
        assert curricula.published(here.agency.id, "roll_call", 2).hours == 1.25
    with pytest.raises(Missing):
        curricula.published(here.unit.id, "roll_call")


def test_the_starter_is_one_button(here, chief, browser_of):
    browser = browser_of(chief)
    answer = browser.post(f"/curriculum/{here.agency.id}/starter/", follow=True)
    assert "The starter curriculum is there" in answer.text
    assert "Add the starter curriculum" not in browser.get("/curriculum/").text
    assert browser.get(f"/curriculum/{here.agency.id}/starter/").status_code == 405
