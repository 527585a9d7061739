"""A site with a database of its own, which several processes write to: nothing is rolled back."""

from __future__ import annotations

import inspect
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from tests.web.site import ENGINE, KEY, postgres_url

BEGIN = """
import sys

import django

django.setup()


def begin():
    print("ready", flush=True)
    input()


"""


@dataclass(frozen=True, slots=True)
class OwnSite:
    """The environment of a site; functions run in processes of their own, on its database."""

    environ: dict[str, str]

    def call(self, function: Callable[..., object], *given: str) -> str:
        """Run a function of a test in a new process and return what it returned, as text."""
        process = self._start(f"print({function.__name__}(*sys.argv[1:]))", function, given)
        told, wrong = process.communicate(timeout=120)
        assert process.returncode == 0, wrong
        return told.strip()

    def at_once(self, function: Callable[..., object], all_given: Sequence[Sequence[str]]) -> None:
        """Run a function in many processes; each calls its first argument, which waits for all."""
        run = f"{function.__name__}(begin, *sys.argv[1:])"
        processes = [self._start(run, function, given) for given in all_given]
        for process in processes:
            assert process.stdout.readline() == "ready\n", process.communicate()[1]
        for process in processes:
            process.stdin.write("\n")
            process.stdin.flush()
        told = [process.communicate(timeout=120) for process in processes]
        assert [p.returncode for p in processes] == [0] * len(processes), told

    def _start(
        self, run: str, function: Callable[..., object], given: Sequence[str]
    ) -> subprocess.Popen[str]:
        code = BEGIN + textwrap.dedent(inspect.getsource(function)) + f"\n\n{run}\n"
        return subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", code, *given], env=self.environ, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip


def make_own_site(folder: Path) -> OwnSite:
    """Make an empty site, on the kind of database that the tests run on."""
    made = _empty()
    if ENGINE == "postgresql":
        return OwnSite(_environ(folder, _postgres(template=made)))
    file = folder / "own.sqlite3"
    shutil.copyfile(made, file)
    return OwnSite(_environ(folder, f"sqlite:///{file}"))


@cache
def _empty() -> str:
    """Make the tables once: a file, or the name of a database, that others are copied from."""
    folder = Path(tempfile.mkdtemp(prefix="stepdown-own-"))
    file = folder / "empty.sqlite3"
    url = _postgres() if ENGINE == "postgresql" else f"sqlite:///{file}"
    command = [sys.executable, "-W", "ignore", "-m", "django", "migrate", "-v", "0"]
    environ = _environ(folder, url)
    subprocess.run(command, env=environ, check=True, capture_output=True, timeout=300)
    return urlsplit(url).path[1:] if ENGINE == "postgresql" else str(file)


def _environ(folder: Path, url: str) -> dict[str, str]:
    return {
        **os.environ, "DJANGO_SETTINGS_MODULE": "stepdown.web.settings", "STEPDOWN_SECRET_KEY": KEY,
        "STEPDOWN_HOME": str(folder), "STEPDOWN_LOG_LEVEL": "ERROR", "STEPDOWN_HTTPS": "0",
        "STEPDOWN_DATABASE_URL": url,
    }  # fmt: skip


def _postgres(template: str = "template1") -> str:
    """Make a database and return its address."""
    import psycopg

    url, name = postgres_url(), f"own_{uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return urlsplit(url)._replace(path=f"/{name}").geturl()
