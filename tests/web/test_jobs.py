from datetime import UTC, datetime, timedelta

import pytest
from django_tasks_db.models import DBTaskResult

from stepdown.web import jobs
from tests.web.running import tasks

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def written(tmp_path, monkeypatch):
    file = tmp_path / "written"
    monkeypatch.setenv("TASKS_WRITE_TO", str(file))
    return file


def test_tasks_are_done_in_their_order_and_no_more_are_left(written):
    for what in "abc":
        tasks.writes.enqueue(what)
    assert jobs.run_ready() == 3
    assert written.read_text() == "a\nb\nc\n"
    assert jobs.run_ready() == 0


def test_a_task_that_fails_stays_failed_and_its_words_are_kept_nowhere(caplog, written):
    task = tasks.fails.enqueue("something private")
    tasks.writes.enqueue("after")
    assert jobs.run_ready() == 2
    assert written.read_text() == "after\n"
    assert jobs.run_ready() == 0
    row = DBTaskResult.objects.get(pk=task.id)
    assert (row.status, row.exception_class_path) == ("FAILED", "builtins.ValueError")
    assert "fails" in row.traceback
    assert "Kim" not in row.traceback
    [line] = caplog.records
    assert line.getMessage() == f"task {task.id} failed: tests.web.running.tasks.fails"


def test_a_task_that_is_there_no_more_fails(caplog):
    task = tasks.writes.enqueue("x")
    DBTaskResult.objects.filter(pk=task.id).update(task_path="stepdown.web.nowhere.gone")
    assert jobs.run_ready() == 1
    assert DBTaskResult.objects.get().exception_class_path == "builtins.ModuleNotFoundError"


def test_what_another_machine_cut_off_is_taken_up_after_an_hour():
    now = datetime.now(UTC)
    tasks.writes.enqueue("x")
    DBTaskResult.objects.get().claim("another")
    assert jobs.take_up("me", now + timedelta(minutes=59)) == 0
    assert jobs.take_up("me", now + timedelta(minutes=61)) == 1
    DBTaskResult.objects.get().claim("another")
    assert jobs.take_up("me", now + timedelta(minutes=61)) == 1
    assert DBTaskResult.objects.get().status == "FAILED"


def test_what_ended_long_ago_is_deleted_and_nothing_else():
    now = datetime.now(UTC)
    tasks.writes.enqueue("done")
    tasks.fails.enqueue("failed")
    jobs.run_ready()
    waiting = tasks.writes.enqueue("waiting")
    assert jobs.prune(now + timedelta(days=13)) == 0
    assert jobs.prune(now + timedelta(days=15)) == 2
    assert str(DBTaskResult.objects.get().id) == waiting.id
