from datetime import date, timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stepdown.retention.held import held
from stepdown.retention.history import histories
from stepdown.retention.prior import prior_of, shipped
from stepdown.retention.refit import refit
from stepdown.web import jobs
from stepdown.web.policy import Role
from stepdown.web.records import agreeing, planning
from stepdown.web.records.holding import holdings, mine
from stepdown.web.records.models import Visit
from stepdown.web.records.planned import standing_plan
from stepdown.web.records.rehearsed import rehearsals
from tests.web.conftest import NOW
from tests.web.records.refreshed import RUBRIC, examined, module, taught, trainees, wanted
from tests.web.records.test_making import agency_of, asked_and_made

TAUGHT = date(2025, 6, 2)
TODAY = NOW.date()


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


def test_before_any_teaching_nothing_is_said(here, trainee):
    told = mine(trainee, here.agency, NOW)
    assert (told.visits, told.holdings, told.exams, told.agreed) == ([], [], [], None)


def test_a_technique_is_held_until_a_day_that_is_as_likely_too_early_as_too_late(here, trainee):
    taught([trainee], module(here.agency, "talk", ["options", "listening"]), TAUGHT)
    found = holdings(trainee, here.agency, None, TODAY)
    assert [one.technique for one in found] == ["Listening", "Assessment and options"]
    prior = prior_of(shipped())
    for one in found:
        assert one.last == TAUGHT
        on_that_day = holdings(trainee, here.agency, None, one.until)
        again = next(o for o in on_that_day if o.technique == one.technique)
        assert again.chance == pytest.approx(0.5, abs=0.01)
        assert one.anew > max(one.until, TODAY)
    median = float(np.exp(prior.parameters.stability[prior.techniques.index("listening")]))
    until = median * (0.8**-2 - 1) / (0.9**-2 - 1)  # decay 0.5
    assert found[0].until == TAUGHT + timedelta(days=round(until))


def test_a_standard_that_the_agency_chose_counts(here, trainee):
    taught([trainee], module(here.agency, "talk", ["listening"]), TAUGHT)
    usual = holdings(trainee, here.agency, None, TODAY)[0].until
    wanted(here.agency, standard=0.9)
    assert holdings(trainee, here.agency, None, TODAY)[0].until < usual


def test_what_the_agency_learned_of_its_retests_is_what_a_person_is_told_by(here):
    people = agency_of(here, retests=120)
    asked_and_made(here, here.people[Role.COORDINATOR].actor())
    plan = standing_plan(here.agency.id)
    prior = prior_of(shipped())
    known = histories(rehearsals(here.agency), prior.techniques)
    now = held(known, refit(known, prior), TODAY, 0.8)
    row = np.flatnonzero(
        (known.person == known.people.index(str(people[0].id)))
        & (known.technique == prior.techniques.index("clarity"))
    )
    found = {one.technique: one for one in holdings(people[0], here.agency, plan, TODAY)}
    # Alone, a person's own scores say the same of them as among all others.
    assert found["Clarity and honesty"].chance == pytest.approx(now.chance(0.0)[row[0]], abs=1e-6)


def test_ones_own_page_shows_what_is_planned_from_this_month_on(here, browser_of, trainee):
    taught([trainee], module(here.agency, "talk", ["listening"]), TAUGHT)
    setting = wanted(here.agency)
    plan = planning.Plan.objects.create(
        agency=here.agency, setting=setting, today=TODAY, done_at=NOW, result={}
    )
    for person, day, title in (
        (trainee, date(2026, 2, 1), "Gone by"), (trainee, date(2026, 3, 1), "On the bridge"),
        (trainees(here.unit, 1)[0], date(2026, 3, 1), "Of somebody else"),
    ):  # fmt: skip
        Visit.objects.create(
            plan=plan, person=person, day=day, refresher="bridge", title=title, hours=1.5,
            techniques=["listening"], since_days=270, chance=0.4, worth_days=60,
        )  # fmt: skip
    told = mine(trainee, here.agency, NOW)
    assert [visit.title for visit in told.visits] == ["On the bridge"]


def test_ones_own_page_shows_exams_and_whether_practice_counts(here, browser_of, trainee):
    examined(trainee, here.unit, date(2026, 2, 2), listening=3)
    examined(trainees(here.unit, 1)[0], here.unit, date(2026, 1, 9), listening=1)
    agreeing.agree(trainee.actor(), here.agency.id, NOW)
    page = browser_of(trainee).get("/refreshers/mine/").content.decode()
    assert "2 Feb 2026" in page
    assert "9 Jan 2026" not in page
    assert "as you agreed" in page


def test_who_is_trained_nowhere_is_told_so(here, browser_of):
    page = browser_of(here.people[Role.ANALYST]).get("/refreshers/mine/").content.decode()
    assert "trained in no agency" in page


def test_a_long_record_takes_no_more_queries_than_a_short_one(here, browser_of):
    people = agency_of(here, n=2)
    planning.ask(here.people[Role.COORDINATOR].actor(), here.agency.id, NOW)
    jobs.run_ready()
    browser = browser_of(people[0])

    def asked_for():
        with CaptureQueriesContext(connection) as queries:
            assert browser.get("/refreshers/mine/").status_code == 200
        return len(queries)

    asked_for()
    few = asked_for()
    for n in range(30):
        examined(people[0], here.unit, TAUGHT + timedelta(days=n), listening=2)
        taught([people[0]], module(here.agency, f"m{n}", RUBRIC), TAUGHT)
    assert asked_for() == few
