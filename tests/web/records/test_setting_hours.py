from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from stepdown.problems import InputProblems
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Missing, Refused
from stepdown.web.policy import Role
from stepdown.web.programs.models import ModuleVersion
from stepdown.web.records import setting_hours
from stepdown.web.records.counting import rules_of
from stepdown.web.records.models import HoursSetting
from tests.web.records.lessons import NOW, OURS, rules, taught

FILE = ("ours.yaml", OURS.encode())


@pytest.fixture
def actor(here):
    return here.people[Role.COORDINATOR].actor()


def choose(actor, place, now=NOW, records_from=date(2026, 1, 1), **chosen):
    return setting_hours.choose(actor, place.agency.id, now, records_from=records_from, **chosen)


def test_an_example_or_a_file_is_set_and_earlier_settings_stay(here, actor):
    assert choose(actor, here, example="example_yearly")
    assert choose(actor, here, NOW + timedelta(days=1), file=FILE)
    found = setting_hours.find(actor, here.agency.id)
    assert found.rules.jurisdiction.id == "ours"
    assert [row.by.name for row in found.rows] == ["Here coordinator"] * 2
    assert Entry.objects.filter(action="set the rules that hours are counted by").count() == 2


def test_sent_twice_it_is_set_once(here, actor):
    assert choose(actor, here, file=FILE)
    assert not choose(actor, here, file=FILE)
    assert HoursSetting.objects.count() == 1


def test_the_day_alone_can_be_changed(here, actor):
    choose(actor, here, file=FILE)
    assert choose(actor, here, NOW + timedelta(hours=1), records_from=None)
    found = rules_of(here.agency.id)
    assert (found.jurisdiction.id, found.records_from) == ("ours", None)


def test_modules_keep_the_topics_that_the_new_rules_still_name(here, actor):
    taught(here.agency)
    choose(actor, here, file=FILE)
    setting_hours.assign_topics(
        actor, here.agency.id, {"listen": "talk", "leave": ""}, NOW + timedelta(hours=1)
    )
    assert rules_of(here.agency.id).topics == {"listen": "talk"}
    choose(actor, here, NOW + timedelta(hours=2), records_from=None)
    assert rules_of(here.agency.id).topics == {"listen": "talk"}
    choose(actor, here, NOW + timedelta(hours=3), example="example_yearly")
    assert rules_of(here.agency.id).topics == {}


def test_everything_wrong_is_said_at_once_with_its_line(here, actor):
    bad = OURS.replace("hours: 8", "hours: much").replace("read_at: page 31", "red_at: page 31")
    with pytest.raises(InputProblems) as error:
        choose(actor, here, file=("ours.yaml", bad.encode()), records_from=date(2030, 1, 1))
    said = [p.where for p in error.value.problems]
    assert "on record from" in said
    assert sum("line" in where for where in said) >= 2
    assert not HoursSetting.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\xff\xfe\x00", b"a: [", b"- 1", b"a: &x [1]\nb: *x", b"x" * 70_000,
        OURS.replace("Our agency", "Our\u202eagency").encode(),
        OURS.replace("Our agency", '"Our\\u202eagency"').encode(),
        OURS.replace("Our agency", '"Our\\0agency"').encode(), b"[" * 5000,
    ],
)  # fmt: skip
def test_hostile_files_are_refused_and_nothing_is_stored(here, actor, content):
    with pytest.raises(InputProblems):
        choose(actor, here, file=("../<script>\u202e.yaml", content))
    assert not HoursSetting.objects.exists()


def test_without_a_choice_or_with_an_unknown_one_it_is_refused(here, actor):
    for chosen in ({}, {"example": "nowhere"}):
        with pytest.raises(InputProblems):
            choose(actor, here, **chosen)


def test_topics_and_modules_that_are_unknown_are_refused(here, actor):
    taught(here.agency)
    rules(here.agency)
    with pytest.raises(InputProblems) as error:
        setting_hours.assign_topics(
            actor, here.agency.id, {"listen": "nothing", "other": "talk"}, NOW
        )
    assert len(error.value.problems) == 2


@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.ANALYST, Role.AGENCY_ADMIN, Role.TRAINEE])
def test_nobody_but_the_coordinator_of_the_whole_agency_may(here, role):
    with pytest.raises(Refused):
        choose(here.people[role].actor(), here, file=FILE)


def test_another_agency_is_missing_to_everybody_else(here, elsewhere, actor, browser_of):
    row = rules(elsewhere.agency)
    with pytest.raises(Refused) as error:
        choose(actor, elsewhere, file=FILE)
    assert error.value.hidden
    with pytest.raises(Missing):
        setting_hours.find_row(actor, here.agency.id, row.id)
    with pytest.raises(Missing):
        setting_hours.find_row(actor, here.agency.id, 2**70)


def test_the_page_sets_a_file_and_says_what_is_wrong_with_one(here, browser_of):
    client = browser_of(here.people[Role.COORDINATOR])
    to = {"agency": here.agency.id}
    bad = SimpleUploadedFile("o.yaml", OURS.replace("hours: 8", "hours: <b>x</b>").encode())
    answer = client.post(reverse("hours_choose", kwargs=to), {"rules": "file", "file": bad})
    assert answer.status_code == 400
    assert b"line" in answer.content
    assert b"<b>x</b>" not in answer.content
    good = SimpleUploadedFile("o.yaml", OURS.encode())
    sent = {"rules": "file", "file": good, "records_from": "2026-01-01"}
    answer = client.post(reverse("hours_choose", kwargs=to), sent, follow=True)
    assert b"Policy 4.2" in answer.content
    assert b"Counted by: Our agency." in answer.content
    assert b"Counted by rules that" not in answer.content
    answer = client.post(reverse("hours_choose", kwargs=to), {"rules": "file"})
    assert b"Choose the file." in answer.content
    row = HoursSetting.objects.get()
    answer = client.get(reverse("hours_rules_file", kwargs={**to, "row": row.id}))
    assert answer.content.decode() == OURS


def test_what_is_shown_with_an_example_says_that_it_is_one(here, browser_of):
    client = browser_of(here.people[Role.COORDINATOR])
    to = {"agency": here.agency.id}
    sent = {"rules": "example_yearly", "records_from": "2026-01-01"}
    client.post(reverse("hours_choose", kwargs=to), sent)
    for name in ("hours_rules", "readiness", "readiness_names"):
        page = client.get(reverse(name, kwargs=to)).content
        assert b"Counted by rules that are nobody's law" in page, name
    page = client.get(reverse("readiness_html", kwargs=to)).content
    assert b"These rules are an example: nobody&#x27;s law." in page


def test_the_topics_of_modules_are_set_on_the_page(here, browser_of):
    taught(here.agency)
    rules(here.agency)
    client = browser_of(here.people[Role.COORDINATOR])
    to = reverse("hours_topics", kwargs={"agency": here.agency.id})
    assert client.post(to, {"module-listen": "talk"}).status_code == 302
    assert rules_of(here.agency.id).topics == {"listen": "talk"}
    assert client.post(to, {"module-listen": "x"}).status_code == 400


def test_the_topics_of_six_hundred_modules_are_set_on_the_page(here, browser_of):
    rules(here.agency)
    modules = [
        ModuleVersion(
            agency=here.agency, name=f"m{n}", number=1, day=NOW.date(), reason="r", digest=str(n),
            content={"title": f"Module {n}", "hours": 2},
        )
        for n in range(600)
    ]  # fmt: skip
    ModuleVersion.objects.bulk_create(modules)
    to = reverse("hours_topics", kwargs={"agency": here.agency.id})
    sent = {f"module-m{n}": "talk" for n in range(600)}
    assert browser_of(here.people[Role.COORDINATOR]).post(to, sent).status_code == 302
    assert len(rules_of(here.agency.id).topics) == 600


def test_more_modules_and_settings_ask_no_more_of_the_database(here, browser_of):
    rules(here.agency)
    client = browser_of(here.people[Role.COORDINATOR])
    to = reverse("hours_rules", kwargs={"agency": here.agency.id})

    def queries():
        client.get(to)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(to).status_code == 200
        return len(seen)

    few = queries()
    taught(here.agency)
    for n in range(10):
        rules(here.agency, at=NOW + timedelta(hours=n), by=here.people[Role.COORDINATOR])
    assert queries() == few
