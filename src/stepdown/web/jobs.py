"""Work that is done after the answer: tasks of the queue in the database, done one by one.

A function becomes a task by `django_tasks.task`; `enqueue` it in the transaction of what it is
about. Its arguments are ids alone. What does it is a thread of each process that serves the site.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from pathlib import Path

from django.db import close_old_connections, transaction
from filelock import FileLock, Timeout

LOG = logging.getLogger("stepdown.web")
WAIT_S = 2.0


def run_ready() -> int:
    """Do every task that is ready now, and return how many there were."""
    from django_tasks_db.management.commands.db_worker import Worker
    from django_tasks_db.models import DBTaskResult

    worker = Worker(
        queue_names=["*"], interval=0, batch=True, backend_name="default", startup_delay=False,
        max_tasks=None, worker_id=f"stepdown-{os.getpid()}", excluded_queue_names=[],
    )  # fmt: skip
    done = 0
    while True:
        with transaction.atomic():
            found = DBTaskResult.objects.ready().get_locked()
            if found is None:
                return done
            found.claim(worker.worker_id)
        worker.run_task(found)
        done += 1


def begin(home: Path) -> None:
    """Begin to do tasks in a thread that ends with its process; one process does at a time."""
    threading.Thread(target=_watch, args=(home,), daemon=True, name="jobs").start()


def _watch(home: Path) -> None:
    while True:
        try:
            with FileLock(home / "jobs.lock", timeout=0):
                run_ready()
        except Timeout:
            pass
        except Exception:
            LOG.exception("a task could not be taken from the queue")
        finally:
            close_old_connections()
        time.sleep(WAIT_S)
