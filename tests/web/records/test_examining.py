import uuid
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stepdown.problems import InputProblems
from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Missing, Refused
from stepdown.web.policy import Role
from stepdown.web.records import examining
from stepdown.web.records.examining import Result
from stepdown.web.records.models import Exam
from tests.web.conftest import NOW
from tests.web.records.refreshed import examined, trainees

DAY = date(2026, 2, 20)


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


@pytest.fixture
def teacher(here):
    return here.people[Role.INSTRUCTOR].actor()


def problems(actor, unit, day, results):
    with pytest.raises(InputProblems) as raised:
        examining.note_exams(actor, unit.id, day, results, NOW)
    assert not Exam.objects.exists()
    return raised.value.problems


def test_exams_of_several_people_are_noted_with_who_gave_them(here, teacher, trainee):
    other = trainees(here.unit, 1)[0]
    results = [Result(trainee.id, {"listening": "3"}), Result(other.id, {"clarity": 0})]
    made = examining.note_exams(teacher, here.unit.id, DAY, results, NOW)
    assert {(e.person_id, e.day, e.by_id, str(e.scores)) for e in made} == {
        (trainee.id, DAY, teacher.id, "{'listening': 3}"),
        (other.id, DAY, teacher.id, "{'clarity': 0}"),
    }
    noted = Entry.objects.filter(kind="exam", outcome="done")
    assert {entry.record for entry in noted} == {str(exam.id) for exam in made}
    assert "listening" not in str(list(noted.values()))


def test_the_same_sent_twice_is_noted_once(here, teacher, trainee):
    for n in (1, 0):
        made = examining.note_exams(
            teacher, here.unit.id, DAY, [Result(trainee.id, {"listening": "3"})], NOW
        )
        assert len(made) == n
    assert Exam.objects.count() == 1


def test_other_scores_of_the_same_day_are_refused_until_the_first_are_taken_back(
    here, teacher, trainee
):
    first = examined(trainee, here.unit, DAY, listening=3)
    again = [Result(trainee.id, {"listening": "2"})]
    with pytest.raises(InputProblems, match="take the earlier one back"):
        examining.note_exams(teacher, here.unit.id, DAY, again, NOW)
    examining.take_back(teacher, first.id, NOW)
    examining.note_exams(teacher, here.unit.id, DAY, again, NOW)
    kept = {(e.scores["listening"], e.withdrawn_at) for e in Exam.objects.all()}
    assert kept == {(3, NOW), (2, None)}


def test_everything_wrong_is_said_at_once_and_nothing_is_noted(here, elsewhere, teacher, trainee):
    stranger = elsewhere.people[Role.TRAINEE]
    results = [
        Result(trainee.id, {"listening": "5", "clarity": "-1", "respect": "2.5", "magic": "1"}),
        Result(trainee.id, {"listening": "3"}),
        Result(stranger.id, {"listening": "3"}),
        Result(trainees(here.unit, 1)[0].id, {}),
    ]
    found = problems(teacher, here.unit, NOW.date() + timedelta(days=1), results)
    told = " / ".join(f"{p.where}: {p.given}" for p in found)
    for given in ("2026-03-03", "5", "-1", "2.5", "magic", "given twice", "no score"):
        assert given in told
    assert str(stranger.id) in told
    assert stranger.name not in told


@pytest.mark.parametrize("score", ["<script>", "\u202e3", "\x00", "٣", "3" * 500, "", "nan", True])
def test_what_is_no_score_is_refused(here, teacher, trainee, score):
    (found,) = problems(teacher, here.unit, DAY, [Result(trainee.id, {"listening": score})])
    assert len(found.given) <= 20


@pytest.mark.parametrize("day", [None, date(2015, 1, 1), date(2026, 3, 3)])
def test_a_day_that_cannot_be_is_refused(here, teacher, trainee, day):
    (found,) = problems(teacher, here.unit, day, [Result(trainee.id, {"listening": "3"})])
    assert found.where == "the day"


def test_nobody_is_noted_where_nobody_is_given(here, teacher):
    assert problems(teacher, here.unit, DAY, [])


def test_nobody_notes_or_takes_back_an_exam_of_their_own(here):
    both = here.people[Role.INSTRUCTOR]
    RoleGrant.objects.create(person=both, role=Role.TRAINEE, agency=here.agency, unit=here.unit)
    actor = Person.objects.get(pk=both.pk).actor()
    assert problems(actor, here.unit, DAY, [Result(both.id, {"listening": "4"})])
    exam = examined(both, here.unit, DAY, listening=0)
    with pytest.raises(Refused):
        examining.take_back(actor, exam.id, NOW)
    examining.take_back(here.people[Role.COORDINATOR].actor(), exam.id, NOW)


def test_taken_back_twice_it_is_noted_once(here, teacher, trainee):
    exam = examined(trainee, here.unit, DAY, listening=3)
    for later in (NOW, NOW + timedelta(days=1)):
        assert examining.take_back(teacher, exam.id, later).withdrawn_at == NOW
    assert Entry.objects.filter(action="exam taken back").count() == 1


def test_who_does_not_teach_the_unit_notes_and_takes_back_nothing(here, elsewhere, trainee):
    exam = examined(trainee, here.unit, DAY, listening=3)
    people = [trainee, here.people[Role.AGENCY_ADMIN], *elsewhere.people.values()]
    for person in people:
        with pytest.raises(Refused):
            examining.note_exams(person.actor(), here.unit.id, DAY, [], NOW)
        with pytest.raises(Refused):
            examining.take_back(person.actor(), exam.id, NOW)
    with pytest.raises(Missing):
        examining.take_back(trainee.actor(), uuid.uuid4(), NOW)
    exam.refresh_from_db()
    assert exam.withdrawn_at is None


def test_exams_are_noted_by_the_page(here, browser_of, trainee):
    browser = browser_of(here.people[Role.INSTRUCTOR])
    to = f"/exams/units/{here.unit.id}/note/"
    assert trainee.name in browser.get(to).content.decode()
    sent = {"day": "2026-02-20", f"score-{trainee.id}-listening": "3",
            f"score-{trainee.id}-clarity": ""}  # fmt: skip
    answer = browser.post(to, sent, follow=True)
    assert "1 exam is noted." in answer.content.decode()
    assert "noted already" in browser.post(to, sent, follow=True).content.decode()
    assert [e.scores for e in Exam.objects.all()] == [{"listening": 3}]


def test_a_form_that_is_wrong_comes_back_as_it_was_filled_in(here, browser_of, trainee):
    browser = browser_of(here.people[Role.INSTRUCTOR])
    sent = {"day": "yesterday", f"score-{trainee.id}-listening": "3",
            f"score-{trainee.id}-clarity": '"><script>'}  # fmt: skip
    answer = browser.post(f"/exams/units/{here.unit.id}/note/", sent)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert f'name="score-{trainee.id}-listening" value="3"' in page
    assert '"><script>' not in page
    assert "no day" in page
    assert "&quot;&gt;&lt;script&gt;" in page


def test_a_half_is_refused_in_words_and_never_cut_off(here, browser_of, trainee):
    browser = browser_of(here.people[Role.INSTRUCTOR])
    to = f"/exams/units/{here.unit.pk}/note/"
    assert "maxlength" not in browser.get(to).content.decode()
    field = f"score-{trainee.pk}-clarity"
    page = browser.post(to, {"day": DAY.isoformat(), field: "3.5"})
    text = page.content.decode()
    assert page.status_code == 400
    assert "3.5; needed: a whole number from 0 to 4, or nothing" in " ".join(text.split())
    assert f'name="{field}" value="3.5"' in text
    assert not Exam.objects.exists()


def test_a_person_of_another_unit_sent_by_hand_is_refused_not_dropped(here, browser_of):
    side = trainees(here.other_unit, 1)[0]
    browser = browser_of(here.people[Role.INSTRUCTOR])
    sent = {"day": "2026-02-20", f"score-{side.id}-listening": "3"}
    assert browser.post(f"/exams/units/{here.unit.id}/note/", sent).status_code == 400
    assert not Exam.objects.exists()


def test_the_list_notes_that_it_was_read_and_hides_the_button_from_whom_it_concerns(
    here, browser_of, trainee
):
    examined(trainee, here.unit, DAY, listening=3)
    page = browser_of(here.people[Role.INSTRUCTOR]).get(f"/exams/units/{here.unit.id}/")
    assert "take back" in page.content.decode()
    assert Entry.objects.filter(kind="exams", outcome="read").count() == 1


def test_many_exams_take_no_more_queries_than_few(here, browser_of):
    browser = browser_of(here.people[Role.INSTRUCTOR])

    def asked_for(n):
        for person in trainees(here.unit, n):
            examined(person, here.unit, DAY, listening=3)
        counts = []
        for to in ("", "note/"):
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(f"/exams/units/{here.unit.id}/{to}").status_code == 200
            counts.append(len(queries))
        return counts

    asked_for(1)
    assert asked_for(1) == asked_for(60)
