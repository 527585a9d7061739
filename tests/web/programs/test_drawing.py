import datetime as dt
import uuid

import pytest
from django.db import DatabaseError, transaction

from stepdown.problems import InputProblems
from stepdown.retention.rollout import Draw
from stepdown.retention.rollout_plan import Wave, even_waves
from stepdown.web.accounts.models import RoleGrant
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Refused
from stepdown.web.policy import Role
from stepdown.web.programs import drawing, rollouts
from stepdown.web.programs.models import (
    DrawnPerson,
    Rollout,
)
from tests.web.conftest import NOW
from tests.web.programs.drawn import STARTS, drawn, held, trainees, units, wanted
from tests.web.programs.texts import published


@pytest.fixture
def chief(here):
    found = here.people[Role.COORDINATOR]
    published(found.actor(), here.agency.id)
    return found


@pytest.fixture
def six(here):
    return units(here.agency)


def test_everybody_is_drawn_once_and_the_same_seed_gives_the_same(here, chief, six):
    row = drawn(chief.actor(), here.agency, six)
    again = drawn(chief.actor(), here.agency, six)
    one, other = rollouts.opened(row).draw, rollouts.opened(again).draw
    assert one.assigned == other.assigned
    assert [sum(a.wave == n for a in one.assigned) for n in (1, 2, 3)] == [2, 2, 2]
    assert row.units == {unit.name: str(unit.id) for unit in six}
    assert drawn(chief.actor(), here.agency, six, seed=6).digest != row.digest
    assert rollouts.others_of(row).count() == 2


def test_the_draw_keeps_who_was_in_which_unit_then(here, chief, six):
    people = trainees(six[0], 2)
    RoleGrant.objects.create(
        person=people[0], role=Role.TRAINEE, agency=here.agency, unit=six[1],
        since=NOW + dt.timedelta(1),
    )  # fmt: skip
    gone = trainees(six[2], 1)[0]
    gone.grants.update(suspended_at=NOW)
    row = drawn(chief.actor(), here.agency, six)
    kept = set(DrawnPerson.objects.filter(rollout=row).values_list("person", "unit"))
    assert kept == {(person.id, "Unit 01") for person in people}
    RoleGrant.objects.filter(person=people[1]).update(unit=six[3])
    assert DrawnPerson.objects.get(rollout=row, person=people[1]).unit == "Unit 01"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        DrawnPerson.objects.update(unit="Unit 02")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Rollout.objects.update(text="{}")


def test_sent_twice_it_is_drawn_once(here, elsewhere, chief, six):
    key = uuid.uuid4()
    row = drawn(chief.actor(), here.agency, six, key=key)
    six[0].name = "Unit 00"
    six[0].save()
    assert drawn(chief.actor(), here.agency, six, key=key) == row
    assert Entry.objects.filter(action="draw a rollout and note actual dates").count() == 1
    stranger = elsewhere.people[Role.COORDINATOR].actor()
    with pytest.raises(InputProblems, match="key of its own"):
        drawing.draw(stranger, elsewhere.agency.id, key, wanted([]), "", NOW)


def test_sent_twice_without_a_seed_it_is_drawn_once(here, chief, six):
    key = uuid.uuid4()
    rows = {drawn(chief.actor(), here.agency, six, seed=None, key=key) for _ in range(2)}
    assert len(rows) == 1


@pytest.mark.parametrize("seed", [5, None])
@pytest.mark.parametrize(
    "changed",
    [
        {"title": "Another"},
        {"programme": "another"},
        {"waves": (Wave(STARTS[0], 3), Wave(None, 3))},
        {"first_session": dt.datetime(2026, 4, 1, 9, tzinfo=dt.UTC)},
        {"seed": 6},
    ],
)
def test_something_else_with_the_key_of_a_draw_is_refused(here, chief, six, changed, seed):
    key = uuid.uuid4()
    drawn(chief.actor(), here.agency, six, seed=seed, key=key)
    asked = wanted(six, **{"seed": seed} | changed)
    with pytest.raises(InputProblems, match="drawn already from this form"):
        drawing.draw(chief.actor(), here.agency.id, key, asked, "", NOW)


@pytest.mark.parametrize("strata", [dict.fromkeys(range(6), "north"), dict.fromkeys(range(5), "")])
def test_other_units_or_strata_with_the_key_of_a_draw_are_refused(here, chief, six, strata):
    key = uuid.uuid4()
    drawn(chief.actor(), here.agency, six, key=key)
    asked = wanted(six, seed=5, strata={six[n].id: stratum for n, stratum in strata.items()})
    with pytest.raises(InputProblems, match="drawn already from this form"):
        drawing.draw(chief.actor(), here.agency.id, key, asked, "", NOW)


def test_a_unit_that_was_trained_before_is_refused_by_name(here, chief, six):
    held(here.agency, six[1], NOW - dt.timedelta(1))
    held(here.agency, six[2], NOW - dt.timedelta(1), cancelled_at=NOW)
    held(here.agency, six[3], NOW + dt.timedelta(1))
    with pytest.raises(InputProblems) as caught:
        drawn(chief.actor(), here.agency, six)
    assert [p.given for p in caught.value.problems] == ["Unit 02"]
    assert drawn(chief.actor(), here.agency, [six[0], *six[2:]], waves=(
        Wave(STARTS[0], 2), Wave(None, 3))).pk  # fmt: skip


def test_what_everybody_was_taught_can_no_longer_be_rolled_out(here, chief, six):
    held(here.agency, None, NOW - dt.timedelta(1))
    with pytest.raises(InputProblems, match="everybody in the agency"):
        drawn(chief.actor(), here.agency, six)


def test_everything_wrong_is_said_at_once(here, elsewhere, chief, six):
    strata = {six[0].id: "", elsewhere.unit.id: "", uuid.uuid4(): ""}
    with pytest.raises(InputProblems) as caught:
        drawn(chief.actor(), here.agency, six, title="\u202e", programme="none", strata=strata,
              waves=())  # fmt: skip
    places = [p.where for p in caught.value.problems]
    assert {"title", "programme", "units", "waves"} <= set(places)
    assert places.count("units") == 2
    assert not Rollout.objects.exists()


def test_names_that_a_spreadsheet_takes_for_formulas_are_refused(here, chief, six):
    six[0].name = "=1+1"
    six[0].save()
    with pytest.raises(InputProblems, match="formula"):
        drawn(chief.actor(), here.agency, six)


def test_a_draw_after_the_first_session_is_refused(here, chief, six):
    with pytest.raises(InputProblems, match="before the first session"):
        drawn(chief.actor(), here.agency, six, first_session=NOW)


def test_only_who_coordinates_the_whole_agency_draws(here, elsewhere, chief, six):
    for role, person in here.people.items():
        if role is not Role.COORDINATOR:
            with pytest.raises(Refused):
                drawn(person.actor(), here.agency, six)
    with pytest.raises(Refused) as caught:
        drawn(elsewhere.people[Role.COORDINATOR].actor(), here.agency, six)
    assert caught.value.hidden


def look(chief, here, six, **named):
    return drawing.look(chief.actor(), here.agency.id, wanted(six, **named), NOW)


def test_a_look_writes_nothing_and_has_no_outcome(here, chief, six):
    found = look(chief, here, six)
    assert [unit.id for unit in found.plan.units] == [unit.name for unit in six]
    assert [(n, wave.start, wave.size) for n, wave, _ in found.waves] == [
        (n, start, 2) for n, start in enumerate(STARTS, start=1)
    ]
    assert not Rollout.objects.exists()
    assert not Entry.objects.filter(kind="rollout").exists()
    assert not hasattr(found, "assigned")
    assert not any(isinstance(getattr(found, name), Draw) for name in found.__slots__)


def test_what_was_not_looked_at_as_it_is_now_is_not_drawn(here, chief, six):
    mark = look(chief, here, six).mark
    for asked in (
        wanted(six, title="Another"), wanted(six, seed=9),
        wanted(six, waves=(Wave(STARTS[0], 2), Wave(None, 4))),
        wanted(six[:4], waves=even_waves(4, STARTS[:2])),
    ):  # fmt: skip
        with pytest.raises(InputProblems, match="look at it again"):
            drawing.draw(chief.actor(), here.agency.id, uuid.uuid4(), asked, mark, NOW)
    six[0].name = "Unit 00"
    six[0].save()
    with pytest.raises(InputProblems, match="look at it again"):
        drawing.draw(chief.actor(), here.agency.id, uuid.uuid4(), wanted(six), mark, NOW)
    assert not Rollout.objects.exists()


def test_of_two_who_looked_the_second_is_told_that_the_first_drew(here, chief, six):
    mark = look(chief, here, six).mark
    drawn(chief.actor(), here.agency, six)
    with pytest.raises(InputProblems, match="look at it again"):
        drawing.draw(chief.actor(), here.agency.id, uuid.uuid4(), wanted(six), mark, NOW)
    found = look(chief, here, six)
    assert found.others == 1
    assert any("drawn once before" in each for each in found.warnings)


def test_a_look_names_who_is_left_out_and_why(here, chief, six):
    held(here.agency, six[0], NOW - dt.timedelta(1))
    found = look(chief, here, six[2:], waves=even_waves(4, STARTS[:2]))
    why = {each.name: each.why for each in found.left_out}
    assert why["Unit 01"] == (f"Already trained in: {found.programme}.",)
    assert why["Unit 02"] == ()
    assert not {unit.name for unit in six[2:]} & why.keys()


def test_a_look_warns_of_what_makes_a_draw_worth_less(here, chief, six):
    for unit in six[1:]:
        trainees(unit, 1)
    gone = trainees(six[0], 1)[0]
    gone.grants.update(suspended_at=NOW)
    assert list(look(chief, here, six).warnings) == [
        "Nobody is trained in these units now: Unit 01."
    ]
    trainees(six[0], 1)
    assert list(look(chief, here, six).warnings) == []
    held(here.agency, six[0], NOW + dt.timedelta(1))
    held(here.agency, six[0], NOW + dt.timedelta(1), cancelled_at=NOW)
    found = look(chief, here, six, waves=even_waves(6, STARTS[:2]))
    scheduled, held_back = found.warnings
    assert scheduled.startswith("1 session of this programme is scheduled already.")
    assert held_back.startswith("No unit is held back.")


def test_only_who_coordinates_the_whole_agency_looks(here, elsewhere, chief, six):
    strangers = [p for role, p in here.people.items() if role is not Role.COORDINATOR]
    for person in (*strangers, elsewhere.people[Role.COORDINATOR]):
        with pytest.raises(Refused):
            drawing.look(person.actor(), here.agency.id, wanted(six), NOW)
