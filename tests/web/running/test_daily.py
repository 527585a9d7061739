from datetime import UTC, datetime, timedelta

import pytest
from filelock import FileLock

from stepdown.web import daily
from stepdown.web.policy import Role
from stepdown.web.practice import play
from stepdown.web.practice.models import Event
from tests.web.practice.test_play import SAY, begin

pytestmark = pytest.mark.django_db


def test_words_whose_time_is_over_go_once_a_day(here, tmp_path):
    trainee = here.people[Role.TRAINEE]
    row = begin(trainee)
    play.do(trainee.actor(), row.id, None, SAY, row.started_at)
    later = row.started_at + timedelta(days=91)
    assert daily.once(tmp_path, later)
    assert not Event.objects.filter(encounter=row).exists()
    assert not daily.once(tmp_path, datetime.now(UTC) + timedelta(hours=23))
    assert daily.once(tmp_path, datetime.now(UTC) + timedelta(hours=25))


def test_two_processes_do_not_both(tmp_path):
    with FileLock(tmp_path / "retained.lock"):
        assert not daily.once(tmp_path, datetime.now(UTC))
