import os
from datetime import UTC, datetime, timedelta

import pytest
from filelock import FileLock

from stepdown.web import daily
from stepdown.web.policy import Role
from stepdown.web.practice import play
from stepdown.web.practice.models import Event
from stepdown.web.records.models import StagedRoster
from tests.web.practice.test_play import SAY, begin
from tests.web.records.rostered import PLAIN, look

pytestmark = pytest.mark.django_db


def test_words_whose_time_is_over_go_once_a_day(here, tmp_path):
    trainee = here.people[Role.TRAINEE]
    row = begin(trainee)
    play.do(trainee.actor(), row.id, None, SAY, row.started_at)
    later = row.started_at + timedelta(days=91)
    assert daily.once(tmp_path, later) == list(daily.duties())
    assert not Event.objects.filter(encounter=row).exists()
    assert daily.once(tmp_path, datetime.now(UTC) + timedelta(hours=23)) == ["tidied"]
    assert not daily.once(tmp_path, datetime.now(UTC) + timedelta(minutes=59))
    assert daily.once(tmp_path, datetime.now(UTC) + timedelta(hours=25)) == list(daily.duties())


def test_a_roster_that_was_not_applied_is_deleted_in_the_hour_after_a_day(here, tmp_path):
    begun = datetime.now(UTC)
    assert "tidied" in daily.once(tmp_path, begun)
    look(here.people[Role.COORDINATOR].actor(), here.agency, PLAIN + "1,Ann,Here 1,,,,,\n",
         begun + timedelta(minutes=1))  # fmt: skip
    for hours in range(1, 25):
        at = begun + timedelta(hours=hours)
        for name in daily.once(tmp_path, at):
            os.utime(tmp_path / name, (at.timestamp(), at.timestamp()))
    assert StagedRoster.objects.exists()
    daily.once(tmp_path, begun + timedelta(hours=25))
    assert not StagedRoster.objects.exists()


def test_two_processes_do_not_both(tmp_path):
    with FileLock(tmp_path / "daily.lock"):
        assert not daily.once(tmp_path, datetime.now(UTC))


def test_what_fails_keeps_nothing_else_from_being_done_and_is_tried_again(
    tmp_path, monkeypatch, caplog
):
    def fails(now):
        raise OSError("a word of somebody's")

    done = []
    monkeypatch.setattr(daily, "duties", lambda: {"one": fails, "two": done.append})
    now = datetime.now(UTC)
    assert daily.once(tmp_path, now) == ["two"]
    assert daily.once(tmp_path, now) == []
    assert "what is due failed: one" in caplog.text
    monkeypatch.setattr(daily, "duties", lambda: {"one": done.append, "two": done.append})
    assert daily.once(tmp_path, now) == ["one"]
    assert done == [now, now]
