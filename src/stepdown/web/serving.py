"""Whether a site is served: each process that serves it holds a lock, which nothing else does."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from stepdown.problems import InputProblems, Problem
from stepdown.web.copies import engine

LOCK = "served.lock"
PATIENCE_S = 3.0
"""Seconds until a server has noticed that a process of ours was killed."""


def say_served(home: Path) -> None:
    """Say until this process and its forks end that the site is served; wait for a restore."""
    with suppress(OSError):  # a folder that cannot be written to keeps nobody from being served
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        fcntl.flock(_opened(home), fcntl.LOCK_SH)


@contextmanager
def unserved(home: Path) -> Iterator[None]:
    """Let nobody serve the site while a block runs. Raises InputProblems if somebody does."""
    handle = _opened(home)
    try:
        _wait_for(handle)
        _wait_for_users()
        yield
    finally:
        os.close(handle)


def _opened(home: Path) -> int:
    return os.open(home / LOCK, os.O_RDWR | os.O_CREAT, 0o600)


def _wait_for(handle: int) -> None:
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise _refused("is served now") from None
            time.sleep(0.1)
        else:
            return


def _wait_for_users() -> None:
    until = time.monotonic() + PATIENCE_S
    while users := engine().users():
        if time.monotonic() > until:
            raise _refused(f"its database is open in {users} other connections")
        time.sleep(0.1)


def _refused(given: str) -> InputProblems:
    problem = Problem("the site", given, "a site that nobody uses meanwhile",
                      "stop it (systemctl stop stepdown, or Ctrl-C), then restore")  # fmt: skip
    return InputProblems("the restore", [problem])
