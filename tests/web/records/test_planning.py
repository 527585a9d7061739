from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from stepdown.problems import InputProblems
from stepdown.retention.refresher import Refresher
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Missing, Refused
from stepdown.web.policy import Role
from stepdown.web.practice.models import ScenarioFile
from stepdown.web.records import planning
from stepdown.web.records.models import Plan, PlanSetting
from stepdown.web.records.offered import offered
from tests.web.conftest import NOW
from tests.web.practice.malformed import sound
from tests.web.records.refreshed import BRIDGE, WANTED, module, wanted

LATER = NOW + timedelta(minutes=5)
FILLED = {
    "hours": "120", "most_hours": "3", "aim": "standard", "standard": "85", "within": "365",
    "scouting": "20", "remind_days": "3", "weight-position": "1", "weight-environment": "1",
    "weight-bearing": "1", "weight-listening": "2", "weight-respect": "1", "weight-clarity": "1",
    "weight-options": "0", "use-bridge": "on", "hours-bridge": "1.5", "hours-bus": "",
}  # fmt: skip


@pytest.fixture
def coordinator(here):
    return here.people[Role.COORDINATOR].actor()


def test_what_is_wanted_is_a_new_row_each_time_it_changes(here, coordinator):
    first = planning.want(coordinator, here.agency.id, WANTED, NOW)
    same = planning.want(coordinator, here.agency.id, WANTED, LATER)
    more = planning.want(coordinator, here.agency.id, replace(WANTED, hours=30.0), LATER)
    assert first == same
    assert [row.hours for row in PlanSetting.objects.all()] == [30.0, 20.0]
    assert planning.setting_of(here.agency.id) == more
    assert more.refreshers == [
        {**asdict(one), "techniques": list(one.techniques)} for one in WANTED.refreshers
    ]
    noted = Entry.objects.filter(action="settings of plans changed")
    assert [entry.record for entry in noted.order_by("number")] == [str(first.id), str(more.id)]


def test_everything_that_a_plan_cannot_be_made_of_is_said_at_once(here, coordinator):
    bad = replace(
        WANTED, hours=-1.0, most_hours=0.0, standard=0.99, within=3, scouting=0.9,
        weights={"listening": -1.0, "magic": 1.0}, remind_days=400,
        refreshers=(BRIDGE, replace(BRIDGE, hours=0.0), Refresher("x", "X", 1.0, ("magic",))),
    )  # fmt: skip
    with pytest.raises(InputProblems) as raised:
        planning.want(coordinator, here.agency.id, bad, NOW)
    told = " / ".join(f"{p.where}: {p.given}" for p in raised.value.problems)
    for piece in ("hours in a month: -1", "most hours: 0", "standard: 0.99", "at most: 3", "0.9",
                  "weight: -1", "magic", "reminding: 400", "given twice", "0.0 hours"):  # fmt: skip
        assert piece in told
    assert not PlanSetting.objects.exists()


def test_hours_of_calendar_months_are_kept_and_a_change_of_them_is_a_new_row(here, coordinator):
    plain = planning.want(coordinator, here.agency.id, WANTED, NOW)
    leave = replace(WANTED, other_hours={"7": 0.0, "12": 40.0})
    first = planning.want(coordinator, here.agency.id, leave, LATER)
    turned = replace(WANTED, other_hours={"12": 40.0, "7": 0.0})
    assert planning.want(coordinator, here.agency.id, turned, LATER) == first != plain
    assert [row.other_hours for row in PlanSetting.objects.all()] == [{"7": 0.0, "12": 40.0}, {}]
    assert planning.other_hours_of(first) == {7: 0.0, 12: 40.0}
    assert planning.other_hours_of(plain) == {}


def test_all_wrong_hours_of_calendar_months_are_said_at_once(here, coordinator):
    given = {"0": 1.0, "13": 1.0, "07": 1.0, "x" * 999: 1.0, "3": -1.0, "4": float("nan"),
             "5": 1e9, "6": float("inf"), "8": 0.0}  # fmt: skip
    with pytest.raises(InputProblems) as raised:
        planning.want(coordinator, here.agency.id, replace(WANTED, other_hours=given), NOW)
    told = [(p.where, p.given) for p in raised.value.problems]
    assert told == [
        ("hours in a month", "0"), ("hours in a month", "13"), ("hours in a month", "07"),
        ("hours in a month", "x" * 60), ("hours in March", "-1.0"), ("hours in April", "nan"),
        ("hours in May", "1000000000.0"), ("hours in June", "inf"),
    ]  # fmt: skip
    assert not PlanSetting.objects.exists()


def test_nothing_to_refresh_with_is_refused(here, coordinator):
    with pytest.raises(InputProblems, match="at least one"):
        planning.want(coordinator, here.agency.id, replace(WANTED, refreshers=()), NOW)


def test_who_does_not_coordinate_the_whole_agency_sets_and_asks_nothing(here, elsewhere):
    wanted(here.agency)
    others = [p for role, p in here.people.items() if role is not Role.COORDINATOR]
    for person in (*others, *elsewhere.people.values()):
        with pytest.raises(Refused):
            planning.want(person.actor(), here.agency.id, WANTED, NOW)
        with pytest.raises(Refused):
            planning.ask(person.actor(), here.agency.id, NOW)
    with pytest.raises(Missing):
        planning.ask(others[0].actor(), here.unit.id, NOW)
    assert (PlanSetting.objects.count(), Plan.objects.count()) == (1, 0)


def test_a_scenario_is_offered_with_the_domains_that_it_trains(here, coordinator):
    found = {offer.id: offer for offer in offered(coordinator, here.agency)}
    assert found["bridge"].kind == "scenario"
    assert found["bridge"].techniques == ("position", "environment", "listening", "clarity")
    assert found["bridge"].hours == 0.75  # twenty minutes and as long again, in quarters


def test_a_module_is_offered_by_its_latest_version_with_the_techniques_that_have_a_prior(
    here, elsewhere, coordinator
):
    old = module(here.agency, "talk", ["listening"])
    content = old.content | {"techniques": ["clarity", "planning"], "hours": 3.5}
    type(old).objects.create(agency=here.agency, name="talk", number=2, day=old.day, reason="r",
                             digest="2", content=content)  # fmt: skip
    module(here.agency, "plan", ["planning"])
    module(elsewhere.agency, "other", ["listening"])
    blocks = [o for o in offered(coordinator, here.agency) if o.kind == "block"]
    assert [(o.id, o.techniques, o.hours) for o in blocks] == [("block:talk", ("clarity",), 3.5)]


def test_scenarios_of_other_agencies_are_not_offered(here, elsewhere, coordinator):
    ours, theirs = (
        ScenarioFile.objects.create(agency=place.agency, name="own", digest="x", text=sound())
        for place in (here, elsewhere)
    )
    ids = {offer.id for offer in offered(coordinator, here.agency)}
    assert str(ours.id) in ids
    assert str(theirs.id) not in ids


def test_a_plan_that_is_asked_for_again_while_it_is_made_is_the_same_one(here, coordinator):
    setting = wanted(here.agency)
    plan = planning.ask(coordinator, here.agency.id, NOW, seed=7)
    again = planning.ask(coordinator, here.agency.id, LATER)
    assert plan == again
    assert (plan.setting, plan.seed, plan.by_id) == (setting, 7, coordinator.id)
    assert Entry.objects.filter(action="plan asked for").count() == 1


def test_two_agencies_have_their_plans_made_beside_each_other(here, elsewhere, coordinator):
    wanted(here.agency)
    wanted(elsewhere.agency)
    planning.ask(coordinator, here.agency.id, NOW)
    planning.ask(elsewhere.people[Role.COORDINATOR].actor(), elsewhere.agency.id, NOW)
    assert Plan.objects.count() == 2


def test_a_plan_begins_on_the_day_of_the_agency(here, coordinator):
    here.agency.zone = "Pacific/Kiritimati"
    here.agency.save()
    wanted(here.agency)
    plan = planning.ask(coordinator, here.agency.id, NOW.replace(hour=23))
    assert plan.today == (NOW + timedelta(days=1)).date()


def test_a_plan_that_was_interrupted_gives_way_to_a_new_one(here, coordinator):
    wanted(here.agency)
    lost = planning.ask(coordinator, here.agency.id, NOW)
    later = NOW + planning.GIVEN_UP
    assert planning.state_of(lost, later) == "interrupted"
    made = planning.ask(coordinator, here.agency.id, later)
    lost.refresh_from_db()
    assert made != lost
    assert "interrupted" in lost.failed


def test_without_settings_no_plan_is_asked_for(here, coordinator):
    with pytest.raises(InputProblems, match="say first"):
        planning.ask(coordinator, here.agency.id, NOW)


def test_the_form_begins_with_the_standard_and_says_what_each_aim_costs(here, browser_of):
    browser = browser_of(here.people[Role.COORDINATOR])
    page = browser.get(f"/refreshers/{here.agency.id}/settings/").text
    assert 'name="aim" value="standard" checked' in page
    assert "What each costs in the other count" in page


def test_a_refresher_longer_than_one_person_may_be_asked_for_is_refused(here, coordinator):
    with pytest.raises(InputProblems, match="2 hours") as refused:
        planning.want(coordinator, here.agency.id, replace(WANTED, most_hours=1.5), NOW)
    assert "allow more hours" in str(refused.value)


def test_the_form_writes_down_what_is_wanted(here, browser_of):
    browser = browser_of(here.people[Role.COORDINATOR])
    to = f"/refreshers/{here.agency.id}/settings/"
    assert 'value="100"' in browser.get(to).content.decode()
    assert browser.post(to, FILLED).status_code == 302
    row = PlanSetting.objects.get()
    assert (row.hours, row.most_hours, row.aim, row.standard) == (120, 3, "standard", 0.85)
    assert (row.within, row.scouting, row.remind_days) == (365, 0.2, 3)
    assert row.weights == {"listening": 2, "options": 0}
    assert [(r["id"], r["hours"]) for r in row.refreshers] == [("bridge", 1.5)]
    shown = browser.get(to).content.decode()
    for value in ('value="85"', 'value="20"', 'value="365"', 'value="1.5"'):
        assert value in shown
    browser.post(to, FILLED)
    assert PlanSetting.objects.count() == 1


def test_the_form_takes_three_hundred_refreshers(here, browser_of):
    one = module(here.agency, "b0", ["listening"])
    type(one).objects.bulk_create(
        type(one)(agency=here.agency, name=f"b{n}", number=1, day=one.day, reason="r",
                  digest=str(n), content=one.content)
        for n in range(1, 300)
    )  # fmt: skip
    chosen = {f"use-block:b{n}": "on" for n in range(300)}
    hours = {f"hours-block:b{n}": "2" for n in range(300)}
    browser = browser_of(here.people[Role.COORDINATOR])
    answer = browser.post(f"/refreshers/{here.agency.id}/settings/", FILLED | chosen | hours)
    assert answer.status_code == 302
    assert len(PlanSetting.objects.get().refreshers) == 301


def test_the_form_takes_hours_of_calendar_months_and_shows_them_again(here, browser_of):
    browser = browser_of(here.people[Role.COORDINATOR])
    to = f"/refreshers/{here.agency.id}/settings/"
    empty = browser.get(to).text
    assert "<details><summary>Hours of months that differ" in empty
    assert empty.count('name="month-') == 12
    assert ">July</label>" in empty
    filled = {**FILLED, "month-7": "0", "month-12": "40.5", "month-1": ""}
    assert browser.post(to, filled).status_code == 302
    assert PlanSetting.objects.get().other_hours == {"7": 0, "12": 40.5}
    shown = browser.get(to).text
    assert "<details open><summary>Hours of months that differ" in shown
    assert 'name="month-7" value="0"' in shown
    assert 'name="month-12" value="40.5"' in shown
    assert 'name="month-1" value' not in shown
    browser.post(to, filled)
    assert PlanSetting.objects.count() == 1
    browser.post(to, FILLED)
    assert [row.other_hours for row in PlanSetting.objects.all()] == [{}, {"7": 0, "12": 40.5}]


def test_months_are_named_in_the_language_of_the_reader(here, browser_of):
    browser = browser_of(here.people[Role.COORDINATOR])
    to = f"/refreshers/{here.agency.id}/settings/"
    page = browser.get(to, headers={"accept-language": "es"}).text
    assert ">Julio</label>" in page
    assert ">July</label>" not in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("month-7", "-1"), ("month-7", "nan"), ("month-12", "1e9"), ("month-1", "<b>"),
        ("hours", "-1"), ("hours", "nan"), ("hours", "1e9"), ("most_hours", "0"), ("aim", "best"),
        ("standard", "99"), ("within", "5"), ("within", "<script>"), ("scouting", "51"),
        ("remind_days", "1.5"), ("weight-listening", "\u202e2"), ("weight-options", "11"),
        ("hours-bridge", ""), ("hours-bridge", "0"), ("hours-bridge", "\x00"), ("use-bridge", ""),
    ],
)  # fmt: skip
def test_a_form_with_something_wrong_is_shown_again_and_nothing_is_written(
    here, browser_of, field, value
):
    browser = browser_of(here.people[Role.COORDINATOR])
    answer = browser.post(f"/refreshers/{here.agency.id}/settings/", {**FILLED, field: value})
    assert answer.status_code == 400
    assert 'class="errorlist' in answer.content.decode()
    assert ("<details open>" in answer.content.decode()) == field.startswith("month")
    assert not PlanSetting.objects.exists()


def test_what_is_no_longer_on_offer_is_named(here, browser_of):
    wanted(here.agency)
    page = browser_of(here.people[Role.COORDINATOR]).get(f"/refreshers/{here.agency.id}/settings/")
    assert "No longer on offer" in page.content.decode()
