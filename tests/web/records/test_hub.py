from datetime import UTC, datetime, timedelta

from django.urls import reverse

from stepdown.web.policy import Role
from stepdown.web.programs.models import Session
from stepdown.web.records.hub import agencies_run
from stepdown.web.records.models import Plan, PlanSetting, Visit
from tests.web.programs.making import a_module


def _titles(person):
    return [str(way.title) for _agency, ways in agencies_run(person.actor()) for way in ways]


def test_each_role_is_shown_the_ways_that_are_open_to_it_and_no_other(here):
    people = here.people
    assert _titles(people[Role.TRAINEE]) == []
    assert _titles(people[Role.INSTRUCTOR]) == [
        "Curriculum", "Sessions", "Progress", "People’s training", "Refreshers"
    ]  # fmt: skip
    assert _titles(people[Role.ANALYST]) == ["Curriculum", "Rollouts", "Readiness"]
    assert _titles(people[Role.AGENCY_ADMIN]) == ["Curriculum", "Rollouts", "Readiness", "Roster"]
    assert len(_titles(people[Role.COORDINATOR])) == 11


def test_every_way_that_is_shown_opens(here, browser_of):
    for role in (Role.INSTRUCTOR, Role.ANALYST, Role.AGENCY_ADMIN, Role.COORDINATOR):
        person = here.people[role]
        browser = browser_of(person)
        for _agency, ways in agencies_run(person.actor()):
            for way in ways:
                assert browser.get(way.to).status_code == 200, (role, way.to)
    page = browser_of(here.people[Role.INSTRUCTOR]).get(reverse("unit", args=[here.unit.id]))
    assert len(page.context["ways"]) == 5
    for way in page.context["ways"]:
        assert browser_of(here.people[Role.INSTRUCTOR]).get(way.to).status_code == 200, way.to


def test_a_trainee_sees_what_is_to_come_and_what_is_planned_this_month(here, browser_of):
    person = here.people[Role.TRAINEE]
    browser = browser_of(person)
    assert "No session is scheduled" in browser.get(reverse("training")).text
    now = datetime.now(UTC)
    Session.objects.create(
        agency=here.agency, unit=here.unit, module=a_module(here.agency), minutes=60,
        start=now + timedelta(days=2), place="Room <2>",
    )  # fmt: skip
    setting = PlanSetting.objects.create(
        agency=here.agency, hours=10, most_hours=8, aim="standard", standard=0.8, scouting=0
    )
    plan = Plan.objects.create(agency=here.agency, setting=setting, today=now.date(), done_at=now)
    Visit.objects.create(
        plan=plan, person=person, unit=here.unit, day=now.date(), refresher="bridge",
        title="On the bridge", hours=1, techniques=["listening"], since_days=5, chance=0.4,
        worth_days=60, last=now.date() - timedelta(days=300),
    )  # fmt: skip
    for name in ("training", "home"):
        text = browser.get(reverse(name)).text
        assert "Room &lt;2&gt;" in text
        assert "On the bridge" in text
        assert "10 months since you were last taught or tested in it" in text


def test_whoever_belongs_nowhere_is_told_so(elsewhere, browser_of):
    text = browser_of(elsewhere.people[Role.SITE_ADMIN]).get(reverse("training")).text
    assert "trained in no agency" in text
