"""Tasks of the tests, and a script that puts them into a queue, does them, and says how they are.

The file that a task writes to is named by the environment: arguments of tasks are ids alone.
"""

from __future__ import annotations

import json
import os
import sys
import time
from importlib import import_module
from pathlib import Path

from django_tasks import task


def _write(what: str) -> None:
    with Path(os.environ["TASKS_WRITE_TO"]).open("a") as file:
        file.write(f"{what}\n")


@task()
def writes(what: str) -> None:
    """Write a line, and take a moment, as a task does."""
    _write(what)
    time.sleep(0.01)


@task()
def lasts(what: str) -> None:
    """Write a line, and do not end."""
    _write(what)
    time.sleep(3600)


@task()
def fails(what: str) -> None:
    """Fail with words in the error that are nobody's business."""
    raise ValueError(f"Kim Smith said {what}")


def main(act: str, *given: str) -> object:
    """Do one thing and return what it came to."""
    from django_tasks_db.models import DBTaskResult

    from stepdown.web import jobs

    if act == "enqueue":
        name, count = given
        return [str(globals()[name].enqueue(str(n)).id) for n in range(int(count))]
    if act == "do":
        return jobs.run_ready()
    fields = ("status", "worker_ids", "exception_class_path", "traceback")
    return list(DBTaskResult.objects.order_by("enqueued_at").values(*fields))


if __name__ == "__main__":
    from stepdown.web.setup import prepare_django

    prepare_django()
    here = import_module("tests.web.running.tasks")  # its tasks are found by that name
    sys.stdout.write(json.dumps(here.main(*sys.argv[1:])))
