import io
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from stepdown.web.accounts.models import RoleGrant, Unit
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Missing, Refused
from stepdown.web.policy import Role
from stepdown.web.programs import exempting
from stepdown.web.programs.models import Exemption
from stepdown.web.records import counting, crediting, feeds, readying, subscribed
from stepdown.web.records.crediting import Given
from stepdown.web.records.models import Credit, Member
from stepdown.web.records.serving import serving
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

FILLED = Given(date(2026, 5, 4), "talk", 480, "Academy")


@pytest.fixture(autouse=True)
def nobody_else(here):
    """Leave the trainees that a test makes."""
    RoleGrant.objects.filter(role=Role.TRAINEE, agency=here.agency).delete()
    caches["default"].clear()


@pytest.fixture
def actor(here):
    return here.people[Role.COORDINATOR].actor()


def fill(place, person, day=date(2026, 5, 4)):
    return Credit.objects.create(
        agency=place.agency, person=person, day=day, topic="talk", minutes=480, source="Academy"
    )


def counts(place, role=Role.ANALYST, now=NOW):
    return readying.ready(place.people[role].actor(), place.agency.id, now).worked


def test_without_rules_nobody_is_ready_or_not(here, actor):
    trainee(here.agency, here.unit, "Ann One")
    assert readying.ready(actor, here.agency.id, NOW).worked is None
    assert readying.lapsing(actor, here.agency.id, NOW)[1] == []


def test_who_is_ready_lapses_and_is_exempt_is_counted_by_unit_and_topic(here):
    rules(here.agency)
    done, open_ = (trainee(here.agency, here.unit, name) for name in ("Ann Done", "Bob Open"))
    away = trainee(here.agency, here.other_unit, "Cyd Away")
    fill(here, done)
    Exemption.objects.create(
        agency=here.agency, person=away, start=date(2026, 11, 1), until=None, reason="leave"
    )
    found = counts(here)
    all_ = found.counts.everybody
    assert (all_.people, all_.ready, all_.lapsed, all_.exempt) == (3, 2, 0, 1)
    assert all_.lapsing == (1, 1)
    assert all_.share is None
    units = {row.name: row.counts.people for row in found.counts.units}
    assert units == {"Here 1": 2, "Here 2": 1}
    assert [row.name for row in found.counts.topics] == ["All training", "Talking"]
    assert [e.person for e in found.entries] == [str(open_.id)]
    later = counts(here, now=NOW + timedelta(days=60)).counts.everybody
    assert (later.ready, later.lapsed) == (1, 1)


def test_whoever_lacks_the_day_of_certification_is_counted_apart_and_never_as_ready(here, actor):
    rules(here.agency, example("example_certified"), records_from=None)
    sure = trainee(here.agency, here.unit, "Ann Sure", certified=date(2026, 1, 1))
    lost = trainee(here.agency, here.unit, "Bob Lost")
    found = counts(here)
    assert (found.counts.everybody.people, found.unknown) == (1, 1)
    listed = readying.lapsing(actor, here.agency.id, NOW)[1]
    assert [(each.person.id, each.entry.kind) for each in listed] == [(lost.id, "unknown")]
    assert sure.id not in {each.person.id for each in listed}


def test_those_who_lapse_are_listed_by_unit_and_name_and_that_is_noted(here, actor):
    rules(here.agency)
    for name, unit in (("Zoe", here.unit), ("Ann", here.other_unit), ("Bob", here.unit)):
        trainee(here.agency, unit, name)
    listed = readying.lapsing(actor, here.agency.id, NOW)[1]
    assert [each.person.name for each in listed] == ["Bob", "Zoe", "Ann"]
    assert Entry.objects.filter(action="see by name who lapses soon", outcome="read").exists()
    some = readying.lapsing(actor, here.agency.id, NOW, here.other_unit.id)[1]
    assert [each.person.name for each in some] == ["Ann"]


def test_an_overdue_person_is_listed_with_the_day_on_which_it_was_due(here, actor):
    rules(here.agency)
    trainee(here.agency, here.unit, "Ann")
    [entry] = readying.lapsing(actor, here.agency.id, NOW + timedelta(days=60))[1]
    assert (entry.entry.kind, entry.entry.due) == ("overdue", date(2026, 12, 31))
    assert entry.entry.topics == ("All training", "Talking")


def test_the_list_by_name_says_the_last_day_and_the_hours_that_are_lacking(here, browser_of):
    rules(here.agency)
    ann = trainee(here.agency, here.unit, "Ann")
    Credit.objects.create(
        agency=here.agency, person=ann, day=date(2026, 5, 4), topic="talk", minutes=180, source="x"
    )
    client = browser_of(here.people[Role.COORDINATOR])
    page = client.get(reverse("readiness_names", kwargs={"agency": here.agency.id}))
    text = " ".join(page.content.decode().split())
    assert "due on 31 Dec 2026" in text
    assert "1 Jan 2027" not in text
    assert "5 h</td>" in text


def test_a_topic_that_no_module_counts_for_is_warned_of_by_name_on_page_and_paper(here, browser_of):
    held = taught(here.agency)
    rules(here.agency)
    many(here.agency, [here.unit], 12)
    client = browser_of(here.people[Role.COORDINATOR])
    to = {"agency": here.agency.id}
    said = "No module counts for Talking: such hours are on record only where"
    assert said in client.get(reverse("readiness", kwargs=to)).content.decode()
    assert said in client.get(reverse("readiness_html", kwargs=to)).content.decode()
    rules(here.agency, topics={held.modules["listen"].name: "talk"}, at=NOW)
    assert said not in client.get(reverse("readiness", kwargs=to)).content.decode()
    assert said not in client.get(reverse("readiness_html", kwargs=to)).content.decode()


@pytest.mark.parametrize(
    ("zone", "width"), [("America/Chicago", 612), ("US/Eastern", 612), ("Europe/Berlin", 595)]
)
def test_the_page_to_print_has_the_paper_of_the_agency(here, browser_of, zone, width):
    here.agency.zone = zone
    here.agency.save()
    rules(here.agency)
    many(here.agency, [here.unit], 12)
    client = browser_of(here.people[Role.ANALYST])
    answer = client.get(reverse("readiness_pdf", kwargs={"agency": here.agency.id}))
    [page] = PdfReader(io.BytesIO(answer.content)).pages
    assert int(page.mediabox.width) == width


@pytest.mark.parametrize("role", [Role.TRAINEE, Role.INSTRUCTOR])
def test_who_may_not_see_readiness_is_refused(here, role):
    with pytest.raises(Refused):
        readying.ready(here.people[role].actor(), here.agency.id, NOW)


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AGENCY_ADMIN, Role.INSTRUCTOR])
def test_names_are_for_the_coordinator_of_the_whole_agency_alone(here, role):
    rules(here.agency)
    with pytest.raises(Refused):
        readying.lapsing(here.people[role].actor(), here.agency.id, NOW)


def test_a_coordinator_of_one_unit_sees_neither(here):
    person = trainee(here.agency, here.unit, "Unit Coordinator")
    person.grants.update(role=Role.COORDINATOR)
    for ask in (readying.ready, readying.lapsing):
        with pytest.raises(Refused):
            ask(person.actor(), here.agency.id, NOW)


def test_another_agency_is_missing(here, elsewhere, actor):
    with pytest.raises(Refused) as error:
        readying.ready(actor, elsewhere.agency.id, NOW)
    assert error.value.hidden
    with pytest.raises(Missing):
        readying.ready(actor, here.unit.id, NOW)


def changes(place, actor):
    """Return each thing that changes readiness, by what it is."""
    held = taught(place.agency)
    person = RoleGrant.objects.filter(role=Role.TRAINEE, agency=place.agency).first().person
    row = session(held.modules["listen"], place.unit, NOW - timedelta(days=9), minutes=480)

    def correct():
        return Member.objects.filter(person=person).update(hired=date(2026, 11, 1))

    def cancel():
        row.cancelled_at = row.changed_at = NOW
        row.save(update_fields=["cancelled_at", "changed_at"])

    def move():
        RoleGrant.objects.filter(person=person, role=Role.TRAINEE).update(unit=place.other_unit)

    def rename():
        Unit.objects.filter(pk=place.unit.pk).update(name="Renamed")

    def suspend():
        RoleGrant.objects.filter(person=person).update(suspended_at=NOW)

    spans = {"agency": place.agency, "person": person, "reason": "leave"}
    return {
        "attendance": lambda: there(row, person), "session cancelled": cancel,
        "credit": lambda: crediting.enter(actor, place.agency.id, person.id, FILLED, NOW),
        "credit taken back": lambda: crediting.take_back(
            actor, Credit.objects.get().id, "wrong", NOW
        ),
        "roster": correct,
        "exemption": lambda: Exemption.objects.create(start=date(2026, 10, 1), **spans),
        "exemption ended": lambda: exempting.end(
            actor, Exemption.objects.get().id, date(2026, 10, 2), NOW
        ),
        "exemption taken back": lambda: Exemption.objects.update(withdrawn_at=NOW),
        "moved": move, "renamed": rename, "suspended": suspend,
        "rules": lambda: rules(place.agency, example("example_two_years"), at=NOW),
    }  # fmt: skip


def test_what_is_kept_is_never_older_than_what_it_depends_on(here, actor):
    rules(here.agency)
    for name in ("Ann", "Bob"):
        trainee(here.agency, here.unit, name)
    place = here.agency
    for what, change in changes(here, actor).items():
        counts(here)
        change()
        kept = counts(here)
        caches["default"].clear()
        assert kept == counts(here), what
    assert place.id


def test_what_is_kept_changes_when_a_session_ends(here):
    rules(here.agency)
    person = trainee(here.agency, here.unit, "Ann One")
    runs = session(taught(here.agency).modules["listen"], here.unit, NOW, minutes=480)
    there(runs, person)
    Credit.objects.create(
        agency=here.agency, person=person, day=date(2026, 5, 4), topic="talk", minutes=120,
        source="Academy",
    )  # fmt: skip
    end = NOW + timedelta(minutes=480)
    lacking = [
        sum(each.found.lacks for each in found)
        for at in (NOW, end - timedelta(minutes=1), end)
        for found in [counting.stand(here.agency, counting.rules_of(here.agency.id),
                                     serving(here.agency), at)]
    ]  # fmt: skip
    assert lacking == [360, 360, 0]
    assert counts(here, now=end - timedelta(minutes=1)).counts != counts(here, now=end).counts


def test_what_was_worked_out_is_kept(here, monkeypatch):
    rules(here.agency)
    trainee(here.agency, here.unit, "Ann")
    first = counts(here)
    monkeypatch.setattr(readying, "work_out", None)
    assert counts(here) == first


def test_the_page_tells_counts_without_names_and_hides_small_shares(here, browser_of):
    rules(here.agency)
    many(here.agency, [here.unit], 12)
    trainee(here.agency, here.other_unit, "Solitary Name")
    client = browser_of(here.people[Role.ANALYST])
    page = client.get(reverse("readiness", kwargs={"agency": here.agency.id})).content.decode()
    assert "0 of 13 people have done what is asked of them now (0 %). 13 still owe hours," in page
    assert "due on 31 Dec 2026. Nobody is overdue." in " ".join(page.split())
    assert "Solitary Name" not in page
    assert "Person 0001" not in page
    assert "not given" in page
    assert "by name" not in page.split("<h2>")[0]


def test_the_page_can_be_taken_away_as_a_pdf_and_as_a_file(here, browser_of):
    rules(here.agency, example("example_yearly"))
    many(here.agency, [here.unit], 12)
    client = browser_of(here.people[Role.AGENCY_ADMIN])
    to = {"agency": here.agency.id}
    answer = client.get(reverse("readiness_pdf", kwargs=to))
    [page] = PdfReader(io.BytesIO(answer.content)).pages
    text = page.extract_text()
    assert "0 of 12 people have done what is asked of them now" in " ".join(text.split())
    assert "nobody" in text
    assert "Person 0001" not in text
    answer = client.get(reverse("readiness_html", kwargs=to))
    assert "attachment" in answer.headers["Content-Disposition"]
    assert b"12 still owe hours, due by 31 December 2026." in answer.content


@pytest.mark.parametrize("start", [date.min, date(2026, 1, 1)])
def test_an_exemption_until_the_end_of_the_calendar_holds_like_one_without_an_end(
    here, browser_of, start
):
    ann = trainee(here.agency, here.unit, "Ann One")
    rules(here.agency)
    browser = browser_of(here.people[Role.COORDINATOR])
    address = reverse("exempt", kwargs={"pk": here.agency.pk, "person": ann.pk})
    given = {"key": uuid4(), "reason": "leave", "start": start, "until": date.max, "note": ""}
    assert browser.post(address, given).status_code == 302
    assert counts(here).counts.everybody.exempt == 1
    agency = {"agency": here.agency.pk}
    pages = (
        ("readiness", agency), ("readiness_names", agency), ("readiness_pdf", agency),
        ("hours_person", {**agency, "pk": ann.pk}), ("hours_unit", {"pk": here.unit.pk}),
    )  # fmt: skip
    for name, where in pages:
        assert browser.get(reverse(name, kwargs=where)).status_code == 200
    assert browser_of(ann).get(reverse("hours_mine")).status_code == 200
    calendar = feeds.make(ann.actor(), NOW)
    assert subscribed.sent(feeds.opened(feeds.token_of(calendar)), NOW).content()


@pytest.mark.parametrize("later", ["the rules", "the first day of service"])
def test_of_somebody_exempt_of_whom_nothing_is_asked_yet_the_page_says_so(here, browser_of, later):
    in_service = later == "the rules"
    ann = trainee(
        here.agency, here.unit, "Ann One", hired=date(2020, 1, 1) if in_service else date.max
    )
    rules(here.agency, OURS.replace("2020-01-01", "8000-01-01") if in_service else OURS)
    Exemption.objects.create(agency=here.agency, person=ann, reason="leave", start=date(2026, 1, 1))
    browser, to = browser_of(here.people[Role.COORDINATOR]), {"agency": here.agency.pk}
    page = browser.get(reverse("readiness", kwargs=to))
    assert "No rule asks 1 person for anything yet." in page.content.decode()
    for name in ("readiness_pdf", "readiness_names"):
        assert browser.get(reverse(name, kwargs=to)).status_code == 200
    assert "No rule asks for hours" in browser_of(ann).get(reverse("hours_mine")).content.decode()


def test_names_are_shown_fifty_to_a_page_and_by_unit(here, browser_of):
    rules(here.agency)
    many(here.agency, [here.unit, here.other_unit], 120)
    client = browser_of(here.people[Role.COORDINATOR])
    to = reverse("readiness_names", kwargs={"agency": here.agency.id})
    page = client.get(to, {"unit": str(here.other_unit.id)}).content.decode()
    assert page.count('<th scope="row">') == 50
    assert f"page=2&amp;unit={here.other_unit.id}" in page
    assert "Person 0000" not in page
    assert client.get(to, {"unit": "<script>", "page": "x"}).status_code == 200


def test_more_people_ask_no_more_of_the_database(here, browser_of):
    rules(here.agency)
    trainee(here.agency, here.unit, "Ann")
    client = browser_of(here.people[Role.COORDINATOR])
    names = ("readiness", "readiness_names", "readiness_html")

    def queries(*, cold):
        found = []
        for name in names:
            to = reverse(name, kwargs={"agency": here.agency.id})
            client.get(to)
            if cold:
                caches["default"].clear()
            with CaptureQueriesContext(connection) as seen:
                assert client.get(to).status_code == 200
            found.append(len(seen))
        return found

    few = queries(cold=False), queries(cold=True)
    people = many(here.agency, [here.unit, here.other_unit], 300)
    held = taught(here.agency)
    for n in range(3):
        row = session(held.modules["listen"], here.unit, NOW - timedelta(days=4 + n))
        for person in people[:20]:
            there(row, person)
            fill(here, person)
    assert (queries(cold=False), queries(cold=True)) == few
