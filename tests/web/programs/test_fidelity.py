from datetime import timedelta

import pytest

from stepdown.problems import InputProblems
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Refused
from stepdown.web.policy import Role
from stepdown.web.programs import curricula, fidelity, rescheduling
from stepdown.web.programs.models import FidelityMark
from tests.web.conftest import NOW
from tests.web.programs.making import a_module, a_programme, a_session

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def teacher(here):
    return here.people[Role.INSTRUCTOR]


@pytest.fixture
def module(here):
    return a_module(here.agency)


@pytest.fixture
def session(here, teacher, module):
    return a_session(here, module, NOW, teacher)


def test_the_latest_mark_counts_and_the_history_stays(teacher, session):
    actor = teacher.actor()
    assert fidelity.mark(actor, session.id, {"opening": "done", "talk": "done"}, LATER) == 2
    again = {"opening": "done", "talk": "not_done"}
    assert fidelity.mark(actor, session.id, again, LATER + timedelta(1)) == 1
    assert fidelity.mark(actor, session.id, again, LATER + timedelta(2)) == 0
    opening, talk = fidelity.checklist(session, teacher.id)
    assert (opening.latest, talk.latest) == ("done", "not_done")
    assert [mark.row.mark for mark in talk.marks] == ["not_done", "done"]
    assert Entry.objects.filter(action=fidelity.MARK).count() == 2


def test_unknown_lines_and_marks_are_refused_and_nothing_is_kept(teacher, session):
    with pytest.raises(InputProblems) as error:
        fidelity.mark(teacher.actor(), session.id, {"opening": "great", "x": "done"}, LATER)
    assert len(error.value.problems) == 2
    assert not FidelityMark.objects.exists()


def test_nothing_is_marked_before_it_begins_or_where_it_was_cancelled(teacher, session):
    with pytest.raises(InputProblems, match="has not begun"):
        fidelity.mark(teacher.actor(), session.id, {"opening": "done"}, NOW - timedelta(1))
    rescheduling.cancel(teacher.actor(), session.id, "A flood", NOW)
    with pytest.raises(InputProblems, match="cancelled"):
        fidelity.mark(teacher.actor(), session.id, {"opening": "done"}, LATER)


def test_only_who_teaches_the_unit_marks(here, elsewhere, session):
    for person in (
        here.people[Role.TRAINEE], here.people[Role.ANALYST], elsewhere.people[Role.INSTRUCTOR],
    ):  # fmt: skip
        with pytest.raises(Refused):
            fidelity.mark(person.actor(), session.id, {"opening": "done"}, LATER)


def test_what_was_kept_to_is_added_up_by_unit_over_sessions_that_have_begun(
    here, teacher, module, session
):
    programme = curricula.opened(a_programme(here.agency, "whole", module))
    other = a_session(here, module, NOW, teacher, unit=here.other_unit)
    whole = a_session(here, module, NOW, teacher, everybody=True)
    gone = a_session(here, module, NOW, teacher)
    a_session(here, module, NOW + timedelta(days=9), teacher)
    a_session(here, a_module(here.agency), NOW, teacher)
    actor = here.people[Role.COORDINATOR].actor()
    fidelity.mark(actor, session.id, {"opening": "done", "talk": "not_applicable"}, NOW)
    fidelity.mark(actor, other.id, {"opening": "not_done"}, NOW)
    fidelity.mark(actor, whole.id, {"opening": "done"}, NOW)
    rescheduling.cancel(actor, gone.id, "A flood", NOW)
    units = [here.unit, here.other_unit]
    (kept,) = fidelity.kept_to(here.agency.id, programme, units, LATER, everybody=True)
    assert kept.sessions == 3
    assert (
        kept.whole.observed.done,
        kept.whole.observed.not_done,
        kept.whole.observed.not_applicable,
    ) == (2, 1, 1)
    assert kept.whole.observed.unmarked == 2
    assert [(unit, of.observed.done, of.observed.not_done) for unit, of in kept.units] == [
        (here.unit, 1, 0), (here.other_unit, 0, 1), (None, 1, 0),
    ]  # fmt: skip
    (own,) = fidelity.kept_to(here.agency.id, programme, [here.unit], LATER, everybody=False)
    assert (own.sessions, own.whole.observed.done, own.whole.observed.not_done) == (1, 1, 0)


def test_what_a_teacher_marks_of_their_own_session_is_counted_apart_and_covers_no_observer(
    here, teacher, module, session, browser_of
):
    chief = here.people[Role.COORDINATOR]
    fidelity.mark(chief.actor(), session.id, {"opening": "not_done", "talk": "done"}, NOW)
    fidelity.mark(teacher.actor(), session.id, {"opening": "done"}, LATER)
    opening, talk = fidelity.checklist(session, chief.id)
    assert (opening.latest, talk.latest) == ("not_done", "done")
    opening, talk = fidelity.checklist(session, teacher.id)
    assert (opening.latest, talk.latest) == ("done", "")
    row = a_programme(here.agency, "whole", module)
    (kept,) = fidelity.kept_to(
        here.agency.id, curricula.opened(row), [here.unit], LATER, everybody=False
    )
    assert [(text, both.observed.done, both.observed.not_done, both.own.done, both.own.unmarked)
            for text, both in kept.lines] == [
        ("Began with a scenario", 0, 1, 1, 0), ("Everybody spoke", 1, 0, 0, 1),
    ]  # fmt: skip
    assert (kept.whole.observed.done, kept.whole.own.done) == (1, 1)
    page = browser_of(teacher).get(f"/sessions/{session.id}/").text
    for shown in ("marked by who taught it", "marked by an observer", "You taught this session"):
        assert shown in page
    page = browser_of(chief).get(f"/sessions/progress/{row.id}/kept/").text
    assert "Began with a scenario" in page
    assert "Marked by who taught it" in page
