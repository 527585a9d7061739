import uuid
from datetime import timedelta

import pytest

from stepdown.encounter.review.rubric import domains
from stepdown.problems import InputProblems
from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Missing, Refused
from stepdown.web.policy import Role
from stepdown.web.practice import assessing, assigned, assigning, play, polling, watching
from stepdown.web.practice.deeds import read_deed
from stepdown.web.practice.live import stored
from stepdown.web.practice.models import Comment, Encounter, HandScore, Skill
from stepdown.web.practice.polling import opened
from tests.web.conftest import NOW

SAY = read_deed("say", {"text": "Hello, I am Sam. What happened today?"})
STOP = read_deed("stop", {})
SCORES = dict.fromkeys(domains(), 2)


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


@pytest.fixture
def teacher(here):
    return here.people[Role.INSTRUCTOR].actor()


def second_teacher(here, unit=None):
    person = Person.objects.create_user(f"{uuid.uuid4()}@here.example", "Second teacher")
    RoleGrant.objects.create(
        person=person, role=Role.INSTRUCTOR, agency=here.agency, unit=unit or here.unit
    )
    return person


def running(here, pace="turn", scenario="bridge"):
    made = assigning.assign(
        here.people[Role.INSTRUCTOR].actor(), here.unit.id, scenario,
        [here.people[Role.TRAINEE].id], NOW.date(), True, "", NOW,
    )  # fmt: skip
    actor = here.people[Role.TRAINEE].actor()
    row = assigned.begin(actor, made.id, pace, announced=True, now=NOW)
    play.do(actor, row.id, uuid.uuid4(), SAY, NOW)
    row.refresh_from_db()
    return row


def ended(here):
    row = running(here)
    play.do(here.people[Role.TRAINEE].actor(), row.id, uuid.uuid4(), STOP, NOW)
    row.refresh_from_db()
    return row


def happening(row):
    return stored(row.id)[0].data["scenario"]["happenings"][0]["id"]


def test_a_happening_is_set_off_once_whoever_asks_how_often(here, teacher, trainee):
    row = running(here)
    name = happening(row)
    first = assessing.inject(teacher, row.id, name, NOW)
    again = assessing.inject(teacher, row.id, name, NOW)
    other = assessing.inject(second_teacher(here).actor(), row.id, name, NOW)
    assert first.events
    assert first.events == again.events == other.events
    happened = [e for e in stored(row.id) if e.data.get("what") == "happening"]
    assert [e.data["id"] for e in happened] == [name]
    noted = Entry.objects.filter(action="set off a happening in a running assessment")
    assert [(e.actor, e.record) for e in noted] == [(teacher.id, str(row.id))]


def test_what_happened_by_itself_does_not_happen_again(here, teacher, trainee):
    row = running(here)
    name = happening(row)
    deed = read_deed("inject", {"text": name})
    play.do(teacher, row.id, uuid.uuid4(), deed, NOW)
    assert play.do(teacher, row.id, uuid.uuid4(), deed, NOW).events == ()


def test_an_unknown_happening_is_refused_with_words(here, teacher):
    with pytest.raises(InputProblems, match="choose one of the list"):
        assessing.inject(teacher, running(here).id, "no_such", NOW)


def test_nothing_is_set_off_while_the_clock_stands(here, teacher, trainee):
    row = running(here, pace="real")
    play.do(trainee.actor(), row.id, None, read_deed("pause", {}), NOW)
    with pytest.raises(InputProblems, match="wait until the person goes on"):
        assessing.inject(teacher, row.id, happening(row), NOW)
    row.refresh_from_db()
    assert row.seen_at is None


def test_nobody_else_watches_sets_off_comments_or_scores(here, elsewhere, teacher, trainee):
    runs, over = running(here), ended(here)
    allowed = {here.people[Role.INSTRUCTOR].id}
    strangers = [second_teacher(here, here.other_unit)]
    for person in (*here.people.values(), *elsewhere.people.values(), *strangers):
        if person.id in allowed:
            continue
        actor = person.actor()
        for act in (
            lambda a: assessing.room(a, runs.id), lambda a: assessing.room(a, over.id),
            lambda a: assessing.inject(a, runs.id, happening(runs), NOW),
            lambda a: assessing.comment(a, over.id, 1, "x", NOW),
            lambda a: assessing.score(a, over.id, SCORES, "", NOW),
            lambda a: assessing.compared(a, over),
        ):  # fmt: skip
            with pytest.raises(Refused):
                act(actor)
    assert not HandScore.objects.exists()
    assert not Comment.objects.exists()
    with pytest.raises(Missing):
        assessing.room(teacher, uuid.uuid4())


def test_practice_is_never_opened_to_anybody_else(here, teacher, trainee):
    from stepdown.encounter.library import library

    row = play.start(trainee.actor(), library()["bridge"], "bridge", "turn", NOW)
    for act in (
        lambda: assessing.room(teacher, row.id),
        lambda: assessing.inject(teacher, row.id, "x", NOW),
        lambda: assessing.comment(teacher, row.id, 1, "x", NOW),
        lambda: assessing.score(teacher, row.id, SCORES, "", NOW),
    ):
        with pytest.raises(Refused):
            act()


def test_opening_the_room_is_noted_once_and_watching_on_is_not(here, teacher):
    row = running(here)
    assessing.room(teacher, row.id)
    mark = opened(teacher, row.id)
    for _ in range(5):
        assessing.room(teacher, row.id, mark)
    assert Entry.objects.filter(outcome="read", record=row.id).count() == 1
    for bad in ("", "x", opened(teacher, uuid.uuid4()),
                opened(second_teacher(here).actor(), row.id)):  # fmt: skip
        assessing.room(teacher, row.id, bad)
    assert Entry.objects.filter(outcome="read", record=row.id).count() == 5


def test_a_mark_of_a_running_assessment_does_not_cover_reading_it_after_its_end(here, teacher):
    row = running(here)
    assessing.room(teacher, row.id)
    mark = opened(teacher, row.id)
    play.do(here.people[Role.TRAINEE].actor(), row.id, uuid.uuid4(), STOP, NOW)
    read = Entry.objects.filter(outcome="read", record=str(row.id))
    before = read.count()
    assessing.room(teacher, row.id, mark)
    assert read.count() == before + 1
    assessing.room(teacher, row.id, opened(teacher, row.id, ended=True))
    assert read.count() == before + 1


def test_a_mark_is_given_back_while_it_holds_and_so_ends_some_day(here, teacher, monkeypatch):
    row, seen = running(here), Entry.objects.filter(outcome="read")
    mark = opened(teacher, row.id)
    assert opened(teacher, row.id, mark=mark) == mark
    assert opened(here.people[Role.COORDINATOR].actor(), row.id, mark=mark) != mark
    assert opened(teacher, here.unit.id, mark=mark) != mark
    assert opened(teacher, row.id, ended=True, mark=mark) != mark
    monkeypatch.setattr(polling, "LONGEST_S", -1)
    assert seen.count() == 0
    assessing.room(teacher, row.id, mark)
    assert seen.count() == 1


def test_a_mark_opens_nothing_by_itself(here, elsewhere, teacher):
    row = running(here)
    stranger = elsewhere.people[Role.INSTRUCTOR].actor()
    with pytest.raises(Refused):
        assessing.room(stranger, row.id, opened(stranger, row.id))


def test_comments_are_kept_beside_the_turn_and_noted_without_their_words(here, teacher):
    row = ended(here)
    made = assessing.comment(teacher, row.id, 1, " Good\x00 opening.\r\nNamed himself. ", NOW)
    assert (made.n, made.text) == (1, "Good opening.\nNamed himself.")
    entry = Entry.objects.get(action="comment on an assessment")
    assert (entry.record, entry.detail) == (str(row.id), {"n": 1})


@pytest.mark.parametrize(("n", "text", "told"), [
    (1, "  ", "write it"), (1, "x" * 1001, "1000 characters at most"),
    (99, "x", "a turn of this encounter"), (-1, "x", "a turn of this encounter"),
])  # fmt: skip
def test_a_comment_that_cannot_be_kept_says_why(here, teacher, n, text, told):
    with pytest.raises(InputProblems, match=told):
        assessing.comment(teacher, ended(here).id, n, text, NOW)


def test_a_running_assessment_is_neither_scored_nor_commented(here, teacher):
    row = running(here)
    for act in (lambda: assessing.score(teacher, row.id, SCORES, "", NOW),
                lambda: assessing.comment(teacher, row.id, 1, "x", NOW)):  # fmt: skip
        with pytest.raises(InputProblems, match="wait until it has ended"):
            act()


def test_every_domain_needs_a_score_from_0_to_4(here, teacher):
    row = ended(here)
    given = {**SCORES, "position": 5, "respect": "four", "kindness": 3}
    del given["clarity"]
    with pytest.raises(InputProblems) as raised:
        assessing.score(teacher, row.id, given, "x" * 1001, NOW)
    assert len(raised.value.problems) == 5
    for bad in (True, 2.0, "2.5", "-1", "02", None, [2]):
        with pytest.raises(InputProblems):
            assessing.score(teacher, row.id, {**SCORES, "position": bad}, "", NOW)
    assert not HandScore.objects.exists()


def test_scores_are_saved_once_and_cannot_be_changed_after_the_machines_were_seen(here, teacher):
    row = ended(here)
    made = assessing.score(teacher, row.id, SCORES, "fair", NOW)
    assert assessing.score(teacher, row.id, SCORES, "fair", NOW + timedelta(1)) == made
    others, compared = assessing.compared(teacher, row)
    assert not others
    for change in ({**SCORES, "position": 3}, SCORES):
        with pytest.raises(InputProblems, match="the machine's were seen"):
            assessing.score(teacher, row.id, change, "another note", NOW)
    made.refresh_from_db()
    assert made.domains == SCORES
    assert Entry.objects.filter(action="score an assessment by hand").count() == 1
    assert [(c.own, c.machine) for c in compared] == [
        (2, Skill.objects.get(encounter=row).domains[c.id]) for c in compared
    ]


def test_the_machines_scores_are_not_even_worked_out_before_one_has_scored(
    here, teacher, monkeypatch
):
    row = ended(here)
    monkeypatch.setattr(assessing, "skill_of", lambda row: pytest.fail("worked out"))
    with pytest.raises(Refused):
        assessing.compared(teacher, row)
    assessing.comments(teacher, row)
    assert not Skill.objects.exists()


def test_a_second_instructor_is_blind_to_the_first_until_they_have_scored(here, teacher):
    row = ended(here)
    second = second_teacher(here).actor()
    assessing.score(teacher, row.id, SCORES, "first", NOW)
    assessing.comment(teacher, row.id, 1, "of the first", NOW)
    assessing.comment(second, row.id, 1, "of the second", NOW)
    with pytest.raises(Refused):
        assessing.compared(second, row)
    assert [c.text for c in assessing.comments(second, row)] == ["of the second"]
    assessing.score(second, row.id, {**SCORES, "respect": 4}, "", NOW)
    [first], compared = assessing.compared(second, row)
    assert (first.note, compared[0].others) == ("first", (2,))
    assert len(assessing.comments(second, row)) == 2


def test_the_trainee_reads_what_was_written_and_scores_nothing(here, teacher, trainee):
    row = ended(here)
    assessing.comment(teacher, row.id, 1, "Well begun.", NOW)
    assert [c.text for c in assessing.comments(trainee.actor(), row)] == ["Well begun."]
    with pytest.raises(Refused):
        assessing.score(trainee.actor(), row.id, SCORES, "", NOW)


def test_seeing_the_scores_is_noted(here, teacher):
    row = ended(here)
    assessing.score(teacher, row.id, SCORES, "", NOW)
    assessing.compared(teacher, row)
    action = "see the machine's and other people's scores of an assessment"
    assert Entry.objects.filter(action=action, outcome="read", record=row.id).count() == 1


def test_what_is_watched_holds_no_hidden_number(here):
    row = running(here)
    shown = watching.watched(row)
    assert shown["changed"]
    numbers = [e.n for e in shown["entries"]]
    assert numbers[:2] == [0, 1]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] < row.n_events
    later = watching.watched(row, since=row.n_events, seen=shown["seen"])
    assert (later["entries"], later["changed"], later["happenings"]) == ([], False, None)


def test_the_transcript_has_what_was_read_without_what_was_true(here, trainee):
    row = running(here)
    read = read_deed("assess", {"arousal": "6", "risk": "self_harm"})
    play.do(trainee.actor(), row.id, uuid.uuid4(), read, NOW)
    row = Encounter.objects.get(pk=row.pk)
    events = stored(row.id)
    turn = watching.transcript(events, play.resumed(row)[0].world)[-1]
    assert turn.entry is None
    assert turn.read == (("arousal", "6"), ("risk", "self_harm"))
