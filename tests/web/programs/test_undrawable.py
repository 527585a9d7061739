import datetime as dt

import pytest

from stepdown.web.policy import Role
from stepdown.web.programs.undrawable import undrawable
from tests.web.conftest import NOW
from tests.web.programs.drawn import held, units
from tests.web.programs.texts import published

TITLES = {"roll_call": "Roll call"}


@pytest.fixture
def six(here):
    published(here.people[Role.COORDINATOR].actor(), here.agency.id)
    return units(here.agency)


def test_units_that_were_trained_are_known_with_the_programme(here, six):
    held(here.agency, six[0], NOW - dt.timedelta(1))
    held(here.agency, six[1], NOW - dt.timedelta(1), cancelled_at=NOW)
    held(here.agency, six[2], NOW + dt.timedelta(1))
    found = undrawable(here.agency, six, NOW)
    assert [found.why(unit.id, TITLES) for unit in six[:3]] == [
        ["Already trained in: Roll call."], [], [],
    ]  # fmt: skip
    assert [found.ever(unit.id, TITLES) for unit in six[:3]] == [True, False, False]
    assert not found.ever(six[0].id, {**TITLES, "other": "Other"})
    assert found.why(six[0].id, {"other": "Other"}) == []


def test_what_everybody_was_taught_bars_the_programme(here, six):
    held(here.agency, None, NOW - dt.timedelta(1))
    assert undrawable(here.agency, six, NOW).everybody == {"roll_call"}


def test_names_that_cannot_stand_in_tables_are_told(here, six):
    six[0].name, six[1].name, six[2].name = "=1+1", "North", "NORTH"
    found = undrawable(here.agency, six, NOW)
    told = [" ".join(found.why(unit.id, TITLES)) for unit in six[:4]]
    assert "has to be changed first" in told[0]
    assert told[1] == told[2] == "Another unit has the same name but for capital letters."
    assert told[3] == ""
    assert found.ever(six[0].id, {"other": "Other"})


def test_another_agency_s_sessions_bar_nothing_here(here, elsewhere, six):
    session = held(here.agency, six[0], NOW - dt.timedelta(1))
    there = units(elsewhere.agency, 1)
    assert undrawable(elsewhere.agency, there, NOW).trained == {}
    assert session.unit_id == six[0].id
