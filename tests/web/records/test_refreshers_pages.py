import calendar
import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.template.defaultfilters import floatformat
from django.test.utils import CaptureQueriesContext

from stepdown.encounter.review.rubric import domains
from stepdown.web import jobs
from stepdown.web.accounts.models import RoleGrant
from stepdown.web.audit.models import Entry
from stepdown.web.middleware import _POLLS
from stepdown.web.policy import Role
from stepdown.web.records import planning
from stepdown.web.records.learned import moved_of, plotted
from stepdown.web.records.models import Plan, Visit
from stepdown.web.records.planned import record_of, visits_in, visits_of, visits_of_unit
from stepdown.web.records.saying import why_of
from tests.web.conftest import NOW
from tests.web.records.refreshed import trainees, wanted
from tests.web.records.test_making import agency_of

MONTH = date(2026, 3, 1)


@pytest.fixture
def browser(here, browser_of):
    return browser_of(here.people[Role.COORDINATOR])


def planned_for(here, people, **named):
    """Have a plan by which each of these people comes in March."""
    plan = Plan.objects.create(
        agency=here.agency, setting=wanted(here.agency), today=NOW.date(), done_at=NOW,
        result={"workload": [{"day": "2026-03-02"}, {"day": "2026-04-01"}]},
    )  # fmt: skip
    values = {
        "day": NOW.date(), "refresher": "bridge", "title": "On the bridge", "hours": 1.5,
        "techniques": ["listening"], "since_days": 270, "chance": 0.4, "worth_days": 60,
    } | named  # fmt: skip
    Visit.objects.bulk_create(Visit(plan=plan, person=p, unit=here.unit, **values) for p in people)
    return plan


def test_a_visit_is_known_by_its_person_refresher_and_month(here):
    person = here.people[Role.TRAINEE]
    plan = planned_for(here, [person])
    assert record_of(visits_of(person, plan).get()) == f"{person.id}/bridge/2026-03"


def test_whoever_changed_units_is_found_where_they_are_now(here):
    person = trainees(here.unit, 1)[0]
    plan = planned_for(here, [person])
    RoleGrant.objects.filter(person=person).update(unit=here.other_unit)
    assert not visits_of_unit(here.unit, plan).exists()
    assert visits_of_unit(here.other_unit, plan).get().person == person


@pytest.mark.parametrize("gone", ["is_active", "erased_at", "suspended_at", "role"])
def test_whoever_is_no_trainee_any_more_is_not_shown(here, gone):
    person = trainees(here.unit, 1)[0]
    plan = planned_for(here, [person])
    if gone in ("is_active", "erased_at"):
        setattr(person, gone, None if gone == "is_active" else NOW)
        person.is_active = gone != "is_active"
        person.save()
    elif gone == "suspended_at":
        RoleGrant.objects.filter(person=person).update(suspended_at=NOW)
    else:
        RoleGrant.objects.filter(person=person).update(role=Role.INSTRUCTOR)
    assert not visits_in(plan).exists()
    assert not visits_of(person, plan).exists()
    assert not visits_of_unit(here.unit, plan).exists()


def test_a_unit_is_shown_by_name_with_the_reason_and_that_it_was_read_is_noted(here, browser_of):
    side = trainees(here.other_unit, 1, "Of the side")
    plan = planned_for(here, [*trainees(here.unit, 3, "<b>Somebody"), *side])
    browser = browser_of(here.people[Role.INSTRUCTOR])
    page = browser.get(f"/refreshers/units/{here.unit.id}/?month=2026-03").content.decode()
    assert page.count("On the bridge") == 3
    assert "<b>" not in page
    assert "Of the side" not in page
    names = [v.person.name for v in visits_of_unit(here.unit, plan)]
    places = [page.index(name.replace("<b>", "&lt;b&gt;")) for name in names]
    assert places == sorted(places)
    assert page.count(why_of([plan.visits.first()], domains())) == 3
    read = Entry.objects.get(kind="refreshers", outcome="read")
    assert read.record == str(here.unit.id)


def test_months_are_shown_one_by_one(here, browser):
    planned_for(here, trainees(here.unit, 1, "In March"))
    to = f"/refreshers/{here.agency.id}/visits/"
    assert "In March 0000" in browser.get(f"{to}?month=2026-03").content.decode()
    april = browser.get(f"{to}?month=2026-04").content.decode()
    assert "In March 0000" not in april
    assert "Nobody is to come in this month" in april
    for odd in ("x", "2026-13", "%00", "0000-00"):
        assert browser.get(f"{to}?month={odd}").status_code == 200


def test_fifty_are_shown_on_a_page(here, browser):
    planned_for(here, trainees(here.unit, 60))
    to = f"/refreshers/{here.agency.id}/visits/?month=2026-03"
    first, second = (browser.get(f"{to}&page={n}").content.decode() for n in (1, 2))
    assert (first.count("On the bridge"), second.count("On the bridge")) == (50, 10)


def test_many_visits_take_no_more_queries_than_few(here, browser):
    trained = trainees(here.unit, 50)
    pages = (
        "/refreshers/", f"/refreshers/{here.agency.id}/visits/?month=2026-03",
        f"/refreshers/units/{here.unit.id}/?month=2026-03",
    )  # fmt: skip

    def asked_for(people):
        Plan.objects.all().delete()
        planned_for(here, people)
        counts = []
        for to in pages:
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(to).status_code == 200
            counts.append(len(queries))
        return counts

    asked_for(trained[:1])
    assert asked_for(trained[:1]) == asked_for(trained)


def test_from_settings_to_a_plan_by_the_pages(here, browser):
    agency_of(here, n=5)
    to = f"/refreshers/{here.agency.id}/"
    assert browser.get(f"{to}plan/").status_code == 405
    browser.post(f"{to}plan/")
    assert "waits for its turn" in browser.get(to).content.decode()
    browser.post(f"{to}plan/")
    assert Plan.objects.count() == 1
    poll = browser.get(f"{to}progress/", headers={"HX-Request": "true"})
    assert "HX-Refresh" not in poll.headers
    Plan.objects.update(result={"begun": "now"})
    assert "is being made" in browser.get(f"{to}progress/").content.decode()
    jobs.run_ready()
    poll = browser.get(f"{to}progress/", headers={"HX-Request": "true"})
    assert poll.headers["HX-Refresh"] == "true"
    page = browser.get(to).content.decode()
    assert "5 people are planned for." in page
    assert "1 more is not yet taught" in page
    assert "There are 0 re-tests; 100 are needed" in page


def test_a_page_that_asks_by_itself_keeps_no_session_alive(here):
    assert _POLLS.fullmatch(f"/refreshers/{here.agency.id}/progress/")
    assert not _POLLS.fullmatch(f"/refreshers/{here.agency.id}/")


def test_that_a_plan_failed_is_said_with_what_was_wrong(here, browser):
    wanted(here.agency)
    to = f"/refreshers/{here.agency.id}/"
    browser.post(f"{to}plan/")
    jobs.run_ready()
    page = browser.get(to).content.decode()
    assert "could not be made" in page
    assert "people who were taught" in page


def test_the_year_can_be_taken_away_as_a_table(here, browser):
    agency_of(here, n=5)
    browser.post(f"/refreshers/{here.agency.id}/plan/")
    jobs.run_ready()
    answer = browser.get(f"/refreshers/{here.agency.id}/workload/")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    plan = Plan.objects.get()
    assert [int(row["visits"]) for row in rows] == [m["visits"] for m in plan.result["workload"]]
    assert sum(int(row["visits"]) for row in rows) == plan.visits.count()
    assert rows[0]["month"] == f"{plan.today:%Y-%m}"
    assert len(rows) == 12
    assert str(plan.today) in answer.headers["Content-Disposition"]


def test_before_there_is_a_plan_its_pages_are_missing(here, browser):
    for page in ("learned", "workload"):
        assert browser.get(f"/refreshers/{here.agency.id}/{page}/").status_code == 404
    for to in (f"{here.agency.id}/visits/", f"units/{here.unit.id}/", f"{here.agency.id}/"):
        assert browser.get(f"/refreshers/{to}").status_code == 200


def test_what_was_learned_is_shown_as_a_drawing_with_the_same_table_beside_it(here, browser):
    agency_of(here, retests=100)
    browser.post(f"/refreshers/{here.agency.id}/plan/")
    jobs.run_ready()
    page = browser.get(f"/refreshers/{here.agency.id}/learned/").content.decode()
    bins = Plan.objects.get().result["calibration"]["bins"]
    assert page.count("<circle") == len(bins)
    for one in bins:
        assert floatformat(one["observed"], 2) in page
    assert "style=" not in page
    assert "How much scores scatter" in page


def test_points_of_the_drawing_lie_where_the_numbers_say():
    def drawn(**one):
        return plotted({"tests": 3, "bins": [{"tests": 3, **one}]})

    wide = drawn(predicted=0.5, observed=0.25, low=-0.2, high=1.3)  # beyond both sides
    assert '<circle cx="232.0" cy="269.0"' in wide
    assert 'y1="354.0" y2="14.0" stroke="var(--mark)"' in wide
    close = drawn(predicted=0.75, observed=0.625, low=0.5, high=0.75)  # the frame begins at 0.5
    assert '<circle cx="232.0" cy="269.0"' in close
    assert 'y1="354.0" y2="184.0" stroke="var(--mark)"' in close
    assert ">0.50<" in close
    assert ">0.25<" not in close
    sure = drawn(predicted=1.0, observed=1.0, low=1.0, high=1.0)
    assert '<circle cx="402.0" cy="14.0"' in sure
    assert plotted(None) == ""


def test_parameters_are_listed_technique_by_technique(here):
    def moved(name):
        return {"name": name, "before": [50.0, 150.0, 450.0], "after": [60.0, 90.0, 120.4],
                "surer": 0.5, "estimated": True}  # fmt: skip

    names = ("stability of options", "stability of listening", "growth of listening", "noise")
    rows = moved_of({"moved": [moved(name) for name in names]}, domains())
    assert [row.technique for row in rows] == ["Listening"] * 2 + ["Assessment and options", ""]
    assert rows[0].after == "90 (60 to 120)"
    assert rows[0].before == "150 (50 to 450)"
    assert rows[0].surer == 50


def test_only_the_latest_month_that_is_not_over_is_shown_first(here, browser, monkeypatch):
    planned_for(here, trainees(here.unit, 1))
    from stepdown.web.records.views import refreshers

    monkeypatch.setattr(refreshers, "_now", lambda: NOW + timedelta(days=40))
    page = browser.get(f"/refreshers/{here.agency.id}/visits/").content.decode()
    assert '<h2 id="month">April 2026</h2>' in page


def test_planning_is_for_the_whole_agency_and_seeing_for_those_of_the_unit(here, browser_of):
    unit_coordinator = trainees(here.unit, 1)[0]
    RoleGrant.objects.filter(person=unit_coordinator).update(role=Role.COORDINATOR)
    browser = browser_of(unit_coordinator)
    assert browser.get(f"/refreshers/units/{here.unit.id}/").status_code == 200
    assert browser.get(f"/refreshers/units/{here.other_unit.id}/").status_code in (403, 404)
    assert browser.get(f"/refreshers/{here.agency.id}/").status_code in (403, 404)
    page = browser.get("/refreshers/").content.decode()
    assert here.unit.name in page
    assert here.other_unit.name not in page
    assert planning.latest_plan(here.agency.id) is None


def test_it_is_said_how_many_assessments_could_not_be_read(here, browser):
    plan = planned_for(here, [])
    to = f"/refreshers/{here.agency.id}/"
    plan.result = {"workload": [], "people": 1, "unread": 0, "retests": 0, "needed": 100}
    for unread in (0, 3):
        plan.result["unread"] = unread
        plan.save()
        page = browser.get(to).text
        assert ("3 assessments could not be read" in page) == bool(unread)
        assert ("could not be read" in page) == bool(unread)


def test_whoever_agrees_is_told_what_practice_moves(here, browser_of):
    page = browser_of(here.people[Role.TRAINEE]).get("/refreshers/practice/").text
    assert "It moves when you are asked to come" in page
    assert "is never one of practice" in page


def test_who_comes_for_several_things_in_a_month_has_one_line_and_one_sentence(
    here, browser, browser_of
):
    person = here.people[Role.TRAINEE]
    plan = planned_for(here, [person, *trainees(here.unit, 60)])
    more = plan.visits.get(person=person)
    more.pk, more.title, more.techniques, more.hours = None, "Talking", ["options"], 2.0
    more.save()
    both = why_of(list(plan.visits.filter(person=person).order_by("id")), domains())
    to = f"/refreshers/{here.agency.id}/visits/?month=2026-03"
    pages = [browser.get(f"{to}&page={n}").text for n in (1, 2)]
    assert sum(page.count('<tr><th scope="row">') for page in pages) == 61
    (page,) = (page for page in pages if "Talking" in page)
    assert "On the bridge, Talking" in page
    assert page.count(both) == 1
    assert '<td class="number" data-label="Hours">3.50</td>' in page
    plan.visits.update(day=datetime.now(UTC).date())
    mine = browser_of(person).get("/refreshers/mine/").text
    assert mine.count("in the next 12 months") == 1
    assert "Talking" in mine


def test_how_many_wait_longer_than_was_promised_is_shown_by_month(here, browser):
    plan = planned_for(here, [])
    month = {"visits": 0, "people": 0, "hours": 0, "held": 0.5, "held_without": 0.5}
    plan.setting = wanted(here.agency, within=365)
    to = f"/refreshers/{here.agency.id}/"
    for late, told in (([7, 0], True), ([0, 0], False)):
        plan.result = {"people": 1, "retests": 0, "needed": 100, "later": 3, "workload": [
            month | {"day": day, "late": n}
            for day, n in zip(("2026-03-02", "2026-04-01"), late, strict=True)
        ]}  # fmt: skip
        plan.save()
        page = browser.get(to).text
        assert "Wait too long" in page
        assert (
            "too few to keep the promise that nobody waits longer than 365 days" in page
        ) == told
        assert ('<td class="number">7</td>' in page) == told
        assert "3 entries are of days still to come" in page
    table = browser.get(f"{to}workload/").text
    assert table.splitlines()[0].endswith(",late,hours_there")
    assert [line.split(",")[6] for line in table.splitlines()[1:]] == ["0", "0"]
    plan.setting = wanted(here.agency)
    plan.save()
    assert "Wait too long" not in browser.get(to).text


def test_a_plan_that_was_made_before_promises_were_counted_is_shown(here, browser):
    plan = planned_for(here, [])
    plan.setting = wanted(here.agency, within=365)
    month = {"visits": 0, "people": 0, "hours": 0, "held": 0, "held_without": 0}
    plan.result = {
        "people": 1, "retests": 0, "needed": 100, "workload": [month | {"day": "2026-03-02"}]
    }  # fmt: skip
    plan.save()
    page = browser.get(f"/refreshers/{here.agency.id}/").text
    assert "March 2026" in page
    assert '<td class="number">0</td><td class="number"></td>' in page
    table = browser.get(f"/refreshers/{here.agency.id}/workload/").text
    assert table.splitlines()[1].endswith(",,")


def test_each_month_has_its_own_hours_on_the_page_and_in_the_table(here, browser):
    agency_of(here, n=30)
    wanted(here.agency, hours=20.0, other_hours={"7": 0.0, "12": 41.5, str(NOW.month): 31.0})
    to = f"/refreshers/{here.agency.id}/"
    browser.post(f"{to}plan/")
    jobs.run_ready()
    rows = list(csv.DictReader(io.StringIO(browser.get(f"{to}workload/").text)))
    there = {int(row["month"][5:]): float(row["hours_there"]) for row in rows}
    today = Plan.objects.get().today
    days = calendar.monthrange(today.year, today.month)[1]
    usual = {7: 0.0, 12: 41.5}
    for month, hours in there.items():
        if month == today.month:
            full = 31.0 if today.month == NOW.month else usual.get(month, 20.0)
            share = full * (days - today.day + 1) / days
            assert hours == pytest.approx(share, abs=0.005)
        else:
            assert hours == (31.0 if month == NOW.month else usual.get(month, 20.0))
    page = browser.get(to).text
    assert "Hours there are" in page
    for row in rows:
        shown = floatformat(float(row["hours_there"]), "-1g")
        used = floatformat(float(row["hours"]), "-1g")
        assert f'<td class="number">{used}</td><td class="number">{shown}</td>' in page
    july = next(row for row in rows if row["month"].endswith("-07"))
    if today.month != 7:
        assert (july["visits"], july["hours"]) == ("0", "0.00")
