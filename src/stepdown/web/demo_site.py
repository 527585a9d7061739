"""The demonstration as a site on this machine: made when it is not there, or anew when asked."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from stepdown.problems import StepdownError
from stepdown.progress import Progress, silent
from stepdown.web.environment import Environment
from stepdown.web.setup import make_folder, migrate, prepare_django


def make(
    site: Environment, environ: Mapping[str, str], *, fresh: bool = False, people: int = 0,
    progress: Progress = silent,
) -> None:  # fmt: skip
    """Make the demonstration in its own folder, unless it is there; `fresh` makes it anew.

    `people`: how many are trained at least; if another number is there, it is made anew. It is
    made in a process of its own, because the coder's threads would not survive the fork of a
    server. Raises StepdownError if that fails.
    """
    if not fresh and _made_for(site) == people:
        migrate(site)
        return
    command = [sys.executable, "-m", "stepdown.web.demo_site", str(people)]
    environ = dict(environ)
    with subprocess.Popen(  # noqa: S603
        command, env=environ, stdout=subprocess.PIPE, text=True
    ) as process:
        for line in process.stdout or ():
            done, total, what = line.rstrip().split(" ", 2)
            progress(what, int(done), int(total))
    if process.returncode:
        raise StepdownError("The demonstration could not be made; what is above says why.")


def make_anew(
    site: Environment, now: datetime, progress: Progress = silent, people: int = 0
) -> None:
    """Make the demonstration in place of the one that is there, if one is."""
    from django.conf import settings
    from django.db import connection

    from stepdown.web import demo

    make_folder(site.home)
    _whole(site).unlink(missing_ok=True)
    database = str(settings.DATABASES["default"]["NAME"])
    for end in ("", "-wal", "-shm"):
        Path(f"{database}{end}").unlink(missing_ok=True)
    migrate(site)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")
    demo.fill(now, progress, people)
    connection.close()
    _whole(site).write_text(f"{people}\n", encoding="ascii")


def _made_for(site: Environment) -> int | None:
    """Return for how many people the demonstration was made; None if there is no whole one."""
    try:
        return int(_whole(site).read_text(encoding="ascii") or 0)
    except (OSError, ValueError):
        return None


def _whole(site: Environment) -> Path:
    """Return the file that says that the demonstration was made to its end."""
    return site.home / "whole"


if __name__ == "__main__":
    make_anew(
        prepare_django("demo", own=True), datetime.now(UTC),
        lambda what, done, total: print(done, total, what, flush=True),  # noqa: T201
        int(sys.argv[1]),
    )  # fmt: skip
