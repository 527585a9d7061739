"""Work that is done after the answer: tasks of the queue in the database, done one by one.

A function becomes a task by `django_tasks.task`; `enqueue` it in the transaction of what it is
about. Its arguments are ids alone. A task must do no harm when it is done twice: one that was cut
off, because its process was killed, is taken up once more, and fails if it is cut off again.
"""

from __future__ import annotations

import hashlib
import logging
import os
import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import close_old_connections, transaction
from django_tasks_db.models import DBTaskResult
from filelock import FileLock, Timeout

from stepdown.web.logs import places

Task = DBTaskResult[..., object]
LOG = logging.getLogger("stepdown.web")
WAIT_S, AFTER_A_FAULT_S = 2.0, 60.0
LONGEST = timedelta(hours=1)
"""Whatever runs for longer was cut off, on whichever machine."""
MOST_TIMES = 2
KEPT = timedelta(days=14)


class CutOff(Exception):
    """The process that did a task ended before the task did, twice."""


def run_ready(worker: str = "") -> int:
    """Do every task that is ready now, and return how many there were."""
    worker = worker or f"stepdown-{os.getpid()}"
    done = 0
    while (found := _claimed(worker)) is not None:
        _do(found)
        done += 1
    return done


def take_up(worker: str, now: datetime) -> int:
    """Set tasks back that were cut off, or give them up; return how many.

    Cut off is what runs for longer than any task does, and what `worker` runs: call it only when
    nothing else does tasks in that name.
    """
    if not DBTaskResult.objects.running().exists():
        return 0
    with transaction.atomic():
        running = DBTaskResult.objects.running().select_for_update(skip_locked=True)
        cut = [t for t in running if worker in t.worker_ids[-1:] or _long_ago(t, now)]
        for task in cut:
            if len(task.worker_ids) < MOST_TIMES:
                task.status = "READY"
                task.save(update_fields=["status"])
            else:
                _failed(task, CutOff())
    return len(cut)


def prune(now: datetime) -> int:
    """Delete tasks that ended two weeks ago, and return how many."""
    ended = DBTaskResult.objects.finished().filter(finished_at__lt=now - KEPT)
    return ended.order_by().delete()[0]


def begin(home: Path) -> None:
    """Begin to do tasks in a thread that ends with its process; one process of a site does."""
    threading.Thread(target=_watch, args=(home,), daemon=True, name="jobs").start()


def name_of(home: Path) -> str:
    """Return the name in which a site's processes on one machine do tasks, one at a time."""
    folder = hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:16]
    return f"{socket.gethostname()[:40]}-{folder}"


def _watch(home: Path) -> None:
    while True:
        wait = WAIT_S
        try:
            with FileLock(home / "jobs.lock", timeout=0):
                take_up(name_of(home), datetime.now(UTC))
                run_ready(name_of(home))
        except Timeout:
            pass
        except Exception:
            LOG.exception("a task could not be taken from the queue")
            wait = AFTER_A_FAULT_S
        finally:
            close_old_connections()
        time.sleep(wait)


def _claimed(worker: str) -> Task | None:
    """Take the next task, if there is one; nobody else takes it."""
    if not DBTaskResult.objects.ready().exists():  # without the lock of SQLite's only writer
        return None
    with transaction.atomic():
        found = DBTaskResult.objects.ready().get_locked()
        if found is not None:
            found.claim(worker)
        return found


def _do(task: Task) -> None:
    try:
        given = task.args_kwargs
        task.set_successful(task.task.call(*given["args"], **given["kwargs"]))
    except Exception as error:
        _failed(task, error)


def _failed(task: Task, error: Exception) -> None:
    """Note that a task failed, with the kind of the fault and its place, never its text."""
    LOG.error("task %s failed: %s", task.id, task.task_path, exc_info=error)
    task.status, task.finished_at = "FAILED", datetime.now(UTC)
    task.exception_class_path = f"{type(error).__module__}.{type(error).__qualname__}"
    task.traceback = "\n".join(places(error.__traceback__))
    task.save(update_fields=["status", "finished_at", "exception_class_path", "traceback"])


def _long_ago(task: Task, now: datetime) -> bool:
    return task.started_at is not None and task.started_at < now - LONGEST
