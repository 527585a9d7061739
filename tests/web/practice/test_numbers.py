import csv
import io
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from stepdown.encounter.review.rubric import domains
from stepdown.web.accounts.models import Person, RoleGrant, Unit
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Missing, Refused
from stepdown.web.policy import Role
from stepdown.web.practice.models import Assignment, Encounter, HandScore, Skill
from stepdown.web.practice.numbers import as_csv, months_before, numbers_of, plain_cell
from tests.web.conftest import NOW

FEBRUARY = datetime(2026, 2, 10, tzinfo=UTC)
URL = "/numbers/"


def people_in(unit, n):
    made = Person.objects.bulk_create(
        Person(email=f"{uuid.uuid4()}@x.example", name="=Somebody") for _ in range(n)
    )
    RoleGrant.objects.bulk_create(
        RoleGrant(person=p, role=Role.TRAINEE, agency=unit.agency, unit=unit) for p in made
    )
    return made


def played(person, unit, at=FEBRUARY, *, assessed=False, assignment=None, machine=None, hand=None):
    row = Encounter.objects.create(
        person=person, agency=unit.agency, unit=unit, assessed=assessed, scenario="bridge",
        title="B", sector="police", scenario_hash="0", seed=1, pace="turn", started_at=at,
        ended_at=at, assignment=assignment,
    )  # fmt: skip
    if machine is not None:
        Skill.objects.create(
            encounter=row, domains=dict.fromkeys(domains(), machine), outcome="", seconds=1, turns=1
        )
    if hand is not None:
        HandScore.objects.create(encounter=row, domains=dict.fromkeys(domains(), hand))
    return row


def rows_of(actor, agency, month=date(2026, 2, 1), now=NOW):
    rows = [r for r in numbers_of(actor, agency.id, now) if r.month == month]
    return {"*" if r.whole else r.unit: r for r in rows}


@pytest.fixture
def analyst(here):
    return here.people[Role.ANALYST].actor()


def test_people_encounters_and_assessments_are_counted_by_unit_and_month(here, analyst):
    assignment = Assignment.objects.create(unit=here.unit, scenario="bridge", assessed=True,
                                           due=date(2026, 2, 10))  # fmt: skip
    crowd, others = people_in(here.unit, 12), people_in(here.other_unit, 11)
    for person in crowd:
        played(person, here.unit)
        played(person, here.unit)
        played(person, here.unit, assessed=True, assignment=assignment, machine=1, hand=3)
        played(person, here.unit, FEBRUARY + timedelta(1), assessed=True, assignment=assignment,
               machine=2, hand=4)  # fmt: skip
    theirs = Assignment.objects.create(unit=here.other_unit, scenario="bridge",
                                       due=date(2026, 2, 10))  # fmt: skip
    for person in others:
        played(person, here.other_unit, machine=4, assignment=theirs)
        played(person, here.other_unit, assessed=True, machine=4, hand=1)
    found = rows_of(analyst, here.agency)
    assert found["Here 1"].counts == {
        "people": 12, "encounters": 24, "assessments": 24, "in_time": 12,
    }  # fmt: skip
    assert found["Here 2"].counts["encounters"] == 11
    assert found["*"].counts["people"] == 23
    assert found["Here 1"].machine == dict.fromkeys(domains(), 1.5)
    assert found["Here 1"].hand == dict.fromkeys(domains(), 3.5)
    assert found["Here 2"].machine == dict.fromkeys(domains(), 4.0)
    assert found["*"].hand["respect"] == round((24 * 3.5 + 11) / 35, 1)


def test_what_the_machine_could_not_score_is_left_out_domain_by_domain(here, analyst):
    nothing = {**dict.fromkeys(domains(), 2), "listening": None}
    for n, person in enumerate(people_in(here.unit, 24)):
        row = played(person, here.unit, assessed=True, machine=4)
        if n < 12:
            Skill.objects.filter(encounter=row).update(domains=nothing)
    found = rows_of(analyst, here.agency)["*"].machine
    assert (found["listening"], found["respect"]) == (4.0, 3.0)
    Skill.objects.update(domains=nothing)
    rows = numbers_of(analyst, here.agency.id, NOW)
    whole = next(r for r in rows if r.whole and r.machine)
    assert (whole.machine["listening"], whole.machine["respect"]) == (None, 2.0)
    assert "hidden" in as_csv([whole])


def test_scores_of_practice_are_never_counted(here, analyst):
    for person in people_in(here.unit, 20):
        played(person, here.unit, machine=4)
    assert all(row.machine is None for row in rows_of(analyst, here.agency).values())


def test_what_is_done_late_or_tried_again_is_not_counted_as_in_time_or_as_practice(here, analyst):
    late = Assignment.objects.create(unit=here.unit, scenario="bridge", due=date(2026, 2, 9))
    for person in people_in(here.unit, 12):
        row = played(person, here.unit, assignment=late)
        branch = played(person, here.unit)
        Encounter.objects.filter(pk=branch.pk).update(parent=row, parent_n=1)
    found = rows_of(analyst, here.agency)["*"]
    assert found.counts["in_time"] is None
    assert found.counts["encounters"] == 12


def test_fewer_than_ten_people_are_hidden_and_so_is_the_next_smallest(here, analyst):
    third = Unit.objects.create(agency=here.agency, name="Here 3")
    for unit, n in ((here.unit, 9), (here.other_unit, 12), (third, 30)):
        for person in people_in(unit, n):
            played(person, unit)
    found = rows_of(analyst, here.agency)
    assert {k: r.counts["encounters"] for k, r in found.items()} == {
        "Here 1": None, "Here 2": None, "Here 3": 30, "*": 51,
    }  # fmt: skip


def test_the_same_is_hidden_whoever_asks(here, analyst):
    """Else a coordinator's unit and an analyst's total would give away a third unit."""
    for unit, n in ((here.unit, 9), (here.other_unit, 12)):
        for person in people_in(unit, n):
            played(person, unit)
    own = Person.objects.create_user("c@here.example", "C")
    RoleGrant.objects.create(
        person=own, role=Role.COORDINATOR, agency=here.agency, unit=here.other_unit
    )
    found = rows_of(own.actor(), here.agency)
    assert list(found) == ["Here 2"]
    assert found["Here 2"].counts["encounters"] is None
    assert rows_of(analyst, here.agency)["*"].counts["encounters"] == 21


def test_only_months_that_are_over_are_counted(here, analyst):
    for person in people_in(here.unit, 12):
        played(person, here.unit, NOW)
        played(person, here.unit, datetime(2025, 3, 1, tzinfo=UTC))
        played(person, here.unit, datetime(2025, 2, 28, 23, 59, tzinfo=UTC))
    rows = numbers_of(analyst, here.agency.id, NOW)
    shown = {r.month for r in rows if r.whole and r.counts["encounters"]}
    assert shown == {date(2025, 3, 1)}
    months = months_before(datetime(2026, 1, 1, tzinfo=UTC))
    assert (months[0], months[-1], len(months)) == (date(2025, 12, 1), date(2025, 1, 1), 12)


def test_nothing_of_another_agency_is_counted(here, elsewhere, analyst):
    for person in people_in(elsewhere.unit, 30):
        played(person, elsewhere.unit)
    assert all(v is None for r in rows_of(analyst, here.agency).values() for v in r.counts.values())


def test_only_analysts_coordinators_and_administrators_see_numbers(here, elsewhere):
    allowed = {Role.ANALYST, Role.COORDINATOR, Role.AGENCY_ADMIN}
    for role, person in here.people.items():
        if role in allowed:
            assert numbers_of(person.actor(), here.agency.id, NOW)
        else:
            with pytest.raises(Refused):
                numbers_of(person.actor(), here.agency.id, NOW)
    for person in elsewhere.people.values():
        with pytest.raises(Refused) as raised:
            numbers_of(person.actor(), here.agency.id, NOW)
        assert raised.value.hidden
    with pytest.raises(Missing):
        numbers_of(here.people[Role.ANALYST].actor(), uuid.uuid4(), NOW)
    assert Entry.objects.filter(outcome="read", kind="agency").count() == 3


def test_the_table_holds_no_formula_and_no_name(here, analyst):
    Unit.objects.filter(pk=here.unit.pk).update(name='=HYPERLINK("x")')
    for unit in (here.unit, here.other_unit):
        for person in people_in(unit, 12):
            played(person, unit)
    text = as_csv(numbers_of(analyst, here.agency.id, NOW))
    rows = list(csv.reader(io.StringIO(text)))
    assert "Somebody" not in text
    assert len({len(row) for row in rows}) == 1
    assert not [c for row in rows for c in row if c[:1] in ("=", "+", "-", "@", "\t", "\r")]
    assert next(row[:6] for row in rows if row[0] == "2026-02" and "HYPER" in row[1]) == [
        "2026-02",
        '\'=HYPERLINK("x")',
        "12",
        "12",
        "hidden",
        "hidden",
    ]


@pytest.mark.parametrize("text", ["=1", " =1", "\t@x", "\r\n-1", "+1", "\uff1d1"])
def test_a_spreadsheet_computes_nothing(text):
    assert plain_cell(text).startswith("'")


def test_questions_asked_of_the_database_do_not_grow(here, analyst):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for n in (11, 15):
        unit = Unit.objects.create(agency=here.agency, name=f"More {n}")
        for person in people_in(unit, n):
            played(person, unit, assessed=True, machine=2, hand=2)
        with CaptureQueriesContext(connection) as asked:
            numbers_of(analyst, here.agency.id, NOW)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_page_says_what_is_hidden_and_why_and_names_nobody(here, browser_of):
    now = datetime.now(UTC)
    last = (now.replace(day=1) - timedelta(days=3)).replace(hour=0)
    for person in people_in(here.unit, 12):
        played(person, here.unit, last)
        played(person, here.unit, last, assessed=True, machine=2, hand=3)
    page = browser_of(here.people[Role.ANALYST]).get(URL)
    text = page.content.decode()
    assert page.status_code == 200
    assert "fewer than 10 people" in text
    assert "Somebody" not in text
    assert "hidden" in text
    assert "2.0" in text
    assert "11 more months are not listed" in text


def test_the_page_is_empty_for_who_may_see_none_and_the_table_is_refused(
    here, elsewhere, confirmed_of
):
    trainee = confirmed_of(here.people[Role.TRAINEE])
    assert "<table" not in trainee.get(URL).content.decode()
    assert trainee.get(f"/numbers/{here.agency.id}/csv/").status_code == 403
    stranger = confirmed_of(elsewhere.people[Role.ANALYST])
    assert stranger.get(f"/numbers/{here.agency.id}/csv/").status_code == 404
    answer = confirmed_of(here.people[Role.ANALYST]).get(f"/numbers/{here.agency.id}/csv/")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
