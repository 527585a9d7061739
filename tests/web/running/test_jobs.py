"""The queue of a site that really runs, and is really killed."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import suppress
from http.client import HTTPException

import pytest

from tests.web.running.serving import ROOT, free_port

MODULE = [sys.executable, "-m", "tests.web.running.tasks"]


@pytest.fixture
def written(tmp_path, monkeypatch):
    file = tmp_path / "written"
    file.touch()
    monkeypatch.setenv("TASKS_WRITE_TO", str(file))
    return lambda: file.read_text().split()


def wait_for(holds, most_s=60.0):
    until = time.monotonic() + most_s
    while not holds():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.05)


def test_a_task_that_was_cut_off_is_taken_up_once_more_and_then_fails(sites, written):
    site = sites()
    site.script("tasks", "enqueue", "lasts", 1)
    site.start()
    wait_for(lambda: written() == ["0"])
    assert site.interrupt()[0] == 0, "a task that runs keeps no server from ending"
    assert site.script("tasks", "list")[0]["status"] == "RUNNING"
    site.start()
    wait_for(lambda: written() == ["0", "0"])
    site.kill()
    site.script("tasks", "enqueue", "writes", 1)
    site.start()
    wait_for(lambda: site.script("tasks", "list")[1]["status"] == "SUCCESSFUL")
    cut, _ = site.script("tasks", "list")
    assert (cut["status"], cut["exception_class_path"]) == ("FAILED", "stepdown.web.jobs.CutOff")
    assert len(cut["worker_ids"]) == 2
    assert written() == ["0", "0", "0"], "what was cut off twice was begun again"


def test_processes_that_do_tasks_at_once_do_each_once(sites, written):
    site = sites()
    site.script("tasks", "enqueue", "writes", 60)
    doers = [
        subprocess.Popen([*MODULE, "do"], cwd=ROOT, env=site.environ, stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    counts = [json.loads(doer.communicate(timeout=120)[0]) for doer in doers]
    assert sum(counts) == 60
    assert sorted(map(int, written())) == list(range(60))
    assert {row["status"] for row in site.script("tasks", "list")} == {"SUCCESSFUL"}


def test_another_server_than_ours_does_tasks_too(sites, written):
    site = sites()
    site.script("tasks", "enqueue", "writes", 1)
    site.port = free_port()
    command = [sys.executable, "-m", "gunicorn", "stepdown.web.wsgi", "--preload",
               "--bind", f"127.0.0.1:{site.port}", "--worker-class", "gthread"]  # fmt: skip
    site.process = subprocess.Popen(
        command, cwd=ROOT, env=site.environ, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip

    def answers():
        with suppress(OSError, HTTPException):
            return site.get("/health/")[0] == 200
        return False

    wait_for(answers)
    wait_for(lambda: written() == ["0"])
