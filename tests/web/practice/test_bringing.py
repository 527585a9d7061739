import json

import pytest

from stepdown.encounter.library import library
from stepdown.encounter.play import Encounter as Played
from stepdown.encounter.review import review
from stepdown.problems import InputProblems
from stepdown.technique.coders import coder_for
from stepdown.web.audit.models import Entry
from stepdown.web.limits import A_MINUTE
from stepdown.web.permission import Refused
from stepdown.web.policy import Actor, Role
from stepdown.web.practice import bringing, play
from stepdown.web.practice.bringing import MOST_TOLD, bring, read
from stepdown.web.practice.forgetting import forget_words
from stepdown.web.practice.live import stored
from stepdown.web.practice.models import Encounter, Event, Skill
from stepdown.web.practice.reviewing import reviewed
from tests.web.conftest import NOW
from tests.web.practice.broken import BROKEN
from tests.web.practice.mutated import mutated
from tests.web.practice.played import ended, log_of


def terminal(key="emergency_room", stop=True, pace="turn"):
    """Return the log of an encounter that was played in a terminal."""
    written = []
    played = Played.start(library()[key], 3, coder_for("en"), written.append, pace)
    played.say("I'm Jo. I'm the nurse in charge here. You are worried about her.")
    played.move("one_voice")
    played.assess({"arousal": 7.0, "wants": "to be left alone"})
    played.wait(5)
    if stop:
        played.stop()
    return b"".join(event.line() for event in written)


LOG = terminal()


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


def changed(change, log=LOG):
    records = [json.loads(line) for line in log.splitlines()]
    change(records)
    return b"".join(json.dumps(r).encode() + b"\n" for r in records)


def test_a_log_of_the_terminal_becomes_private_practice(here, trainee):
    row, new = bring(trainee.actor(), LOG, "emergency_room-3.jsonl", NOW)
    row.refresh_from_db()
    assert new
    assert log_of(row) == LOG
    assert (row.assessed, row.person, row.unit, row.agency) == (
        False, trainee, here.unit, here.agency,
    )  # fmt: skip
    assert (row.title, row.scenario, row.seed, row.how, row.pace) == (
        "The waiting room", "emergency_room", 3, "stopped", "turn",
    )  # fmt: skip
    assert row.ended_at == NOW
    assert reviewed(row) == review(stored(row.id))
    assert Skill.objects.get(encounter=row).turns == 2
    assert Entry.objects.filter(action="log brought in", record=str(row.id)).count() == 1


def test_the_same_log_twice_is_told_and_not_doubled(trainee):
    row, _ = bring(trainee.actor(), LOG, "a.jsonl", NOW)
    again, new = bring(trainee.actor(), LOG, "another name.jsonl", NOW)
    assert (again.id, new) == (row.id, False)
    assert Encounter.objects.count() == 1


def test_what_was_played_here_is_known_when_it_comes_back(trainee):
    row = ended(trainee)
    assert bring(trainee.actor(), log_of(row), "a.jsonl", NOW) == (row, False)


def test_the_same_log_of_two_people_is_two_encounters(here, trainee):
    bring(trainee.actor(), LOG, "a.jsonl", NOW)
    assert bring(here.people[Role.INSTRUCTOR].actor(), LOG, "a.jsonl", NOW)[1]


def test_a_log_may_come_back_when_its_words_were_deleted(trainee):
    row, _ = bring(trainee.actor(), LOG, "a.jsonl", NOW)
    forget_words(row, NOW)
    assert bring(trainee.actor(), LOG, "a.jsonl", NOW)[1]


def test_a_log_that_was_left_without_an_end_can_be_looked_back_on_and_tried_again(trainee):
    row, _ = bring(trainee.actor(), terminal(stop=False), "a.jsonl", NOW)
    assert (row.how, reviewed(row).outcome) == ("", "not ended")
    branch = play.retry(trainee.actor(), row.id, 2, NOW)
    assert stored(branch.id) == stored(row.id)[:2]


def test_a_log_in_real_pace_keeps_it(trainee):
    row, _ = bring(trainee.actor(), terminal(pace="real"), "a.jsonl", NOW)
    assert row.pace == "real"


def test_a_scenario_of_one_s_own_may_be_in_it(trainee):
    def own(records):
        records[0]["scenario"] |= {"id": "mine", "title": "Mine alone"}

    row, _ = bring(trainee.actor(), changed(own), "a.jsonl", NOW)
    assert (row.scenario, row.title) == ("mine", "Mine alone")


def test_a_line_that_was_never_finished_is_left_out(trainee):
    row, _ = bring(trainee.actor(), LOG + b'{"n":', "a.jsonl", NOW)
    assert log_of(row) == LOG


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (LOG, "a.txt", "a file ending .jsonl"), (LOG, "", "a file ending .jsonl"),
        (b"", "a.jsonl", "an empty file"), (b" \n\n", "a.jsonl", "an empty file"),
        (LOG + b" " * 2**21, "a.jsonl", "2 MB at most"), (b"hello\n", "a.jsonl", "one event"),
        (b"{}\n" * 2001, "a.jsonl", "2,000 lines"), (LOG.splitlines()[0], "a.jsonl", "start"),
    ],
)  # fmt: skip
def test_what_is_no_log_is_refused_clearly(content, name, told):
    with pytest.raises(InputProblems, match=told):
        read(content, name)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda r: r[0].update(seed=2**63), "a seed below"),
        (lambda r: r[0].update(engine=99), "install the version"),
        (lambda r: r[0]["scenario"].update(title="a\x00b"), "a line of text"),
        (lambda r: r[0]["scenario"].update(sector="\ud800"), "characters that there are"),
        (lambda r: r[1].update(extra="\ud800"), "characters that there are"),
        (lambda r: r[-1].update(how="won"), "consent"),
        (lambda r: r[2].update(move="fly"), "its scenario|own scenario"),
        (lambda r: r.append({**r[-1], "n": len(r)}), "the last event"),
        (lambda r: r.insert(1, r[0]), "event 1|one start"),
        (lambda r: r[1]["reply"].update(line=9999), "own scenario"),
    ],
)  # fmt: skip
def test_an_edited_log_is_refused_and_it_is_said_where(change, told):
    with pytest.raises(InputProblems, match=told) as raised:
        read(changed(change), "a.jsonl")
    assert all(p.where and p.given and p.fix for p in raised.value.problems)


def test_everything_wrong_is_said_at_once(trainee):
    def three(records):
        records[1]["words"] = -1
        records[2]["n"] = 77
        records[3]["kind"] = "dance"

    with pytest.raises(InputProblems) as raised:
        bring(trainee.actor(), changed(three), "a.jsonl", NOW)
    text = str(raised.value)
    assert all(f"line {n}" in text for n in (2, 3, 4))
    assert not Encounter.objects.exists()


def test_of_endless_problems_some_are_told_and_the_rest_counted():
    with pytest.raises(InputProblems) as raised:
        read(b"x\n" * 500, "a.jsonl")
    assert len(raised.value.problems) == MOST_TOLD + 1
    assert "400 more" in raised.value.problems[-1].given


def test_more_acts_than_an_encounter_has_are_refused(monkeypatch):
    monkeypatch.setattr(bringing, "MOST_ACTS", 1)
    with pytest.raises(InputProblems, match="150 things"):
        read(LOG, "a.jsonl")


def test_a_file_s_name_is_shown_without_its_folders_or_signs():
    with pytest.raises(InputProblems) as raised:
        read(b"x\n", "../../etc/\x07" + "n" * 200 + ".jsonl")
    assert ".." not in str(raised.value)
    assert "\x07" not in str(raised.value)


def test_nobody_brings_in_a_log_who_is_not_signed_in(db):
    with pytest.raises(Refused):
        bring(Actor(), LOG, "a.jsonl", NOW)


def test_mutated_logs_are_refused_clearly_or_kept_whole(trainee, browser_of, monkeypatch):
    monkeypatch.setitem(A_MINUTE, "bring", 10**6)
    browser, kept = browser_of(trainee), 0
    for log in mutated(LOG, BROKEN, seed=1):
        status = sent(browser, log)
        assert status in (302, 400, 413)
        kept += status == 302
    assert 0 < kept < 0.5 * BROKEN
    assert Event.objects.values("encounter").distinct().count() == Encounter.objects.count()
    for row in Encounter.objects.all()[:25]:
        for path in ("review/", "log/", "review/page/"):
            assert browser.get(f"/encounters/{row.id}/{path}").status_code == 200


def sent(browser, log):
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("log.jsonl", log)
    answer = browser.post("/mine/bring/", {"log": file})
    if answer.status_code == 400:
        assert b"expected" in answer.content
        assert b"Traceback" not in answer.content
    return answer.status_code
