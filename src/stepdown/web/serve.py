"""Serve a site from this machine: make everything ready, say how to open it, and go on."""

from __future__ import annotations

import os
import webbrowser
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from stepdown.problems import InputProblems, Problem
from stepdown.progress import Progress, silent
from stepdown.web.environment import Environment, Mode
from stepdown.web.server import Server, bound, loopback
from stepdown.web.setup import has, migrate, prepare_django, usual

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a site is to be served."""

    mode: Mode = "site"
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    threads: int = 4
    fresh: bool = False
    open: bool = False
    people: int = 0
    """With the demonstration: how many people are trained at least."""


def serve_site(
    wanted: Wanted,
    say: Say,
    progress: Progress = silent,
    environ: MutableMapping[str, str] | None = None,
) -> Server:
    """Return a server that is ready to run until told to stop. Raises InputProblems."""
    given = os.environ if environ is None else environ
    _check(wanted, given)
    address = bound(wanted.host, wanted.port)
    port = address.getsockname()[1]
    if loopback(wanted.host):
        usual(given, {"STEPDOWN_LOG_LEVEL": "ERROR"})
        if not has(given, "STEPDOWN_PROXY") and not has(given, "STEPDOWN_HOSTS"):
            usual(given, {"STEPDOWN_HTTPS": "0"})  # nobody but this machine comes here
    given.setdefault("OPENBLAS_NUM_THREADS", "1")
    site = prepare_django(wanted.mode, given, own=True)
    root = f"http://{_named(wanted.host)}:{port}"
    lines, first = _made_ready(wanted, site, root, progress, given)

    def ready() -> None:
        for line in (*lines, "Ctrl-C ends it."):
            say(line)
        if wanted.open:
            with suppress(webbrowser.Error):
                webbrowser.open(first)

    return Server(address, wanted.workers, wanted.threads, ready)


def _made_ready(
    wanted: Wanted, site: Environment, root: str, progress: Progress, environ: Mapping[str, str]
) -> tuple[list[str], str]:
    """Make tables and people; return what to print, and the address to open first."""
    now = datetime.now(UTC)
    if wanted.mode == "demo":
        from stepdown.web import demo, demo_site

        demo_site.make(site, environ, fresh=wanted.fresh, people=wanted.people, progress=progress)
        return [f"The demonstration is at {root}/", *demo.logins()], f"{root}/"
    migrate(site)
    if wanted.mode == "alone":
        from stepdown.web import alone

        link = root + alone.link(site, now)
        return [f"Open this link to practise by yourself:\n  {link}"], link
    lines = [f"The site is at {root}/"]
    from stepdown.web.first import DAYS, lacks_administrator, link_for_first

    if not lacks_administrator():
        return lines, f"{root}/"
    link = root + link_for_first(now).path
    told = f"No administrator yet. This link makes you one, once, within {DAYS} days:\n  {link}"
    return [*lines, told], link


def _check(wanted: Wanted, environ: MutableMapping[str, str]) -> None:
    """Refuse what would let others in without https, or put invented people into a real record."""
    if wanted.mode != "site" and has(environ, "STEPDOWN_DATABASE_URL"):
        problem = Problem(
            "STEPDOWN_DATABASE_URL", "given", f"not given: {wanted.mode} has a database of its own",
            f"leave it out: env -u STEPDOWN_DATABASE_URL stepdown serve --{wanted.mode}",
        )  # fmt: skip
        raise InputProblems("the database", [problem])
    if loopback(wanted.host):
        return
    if wanted.mode != "site":
        problem = Problem(
            "--host", wanted.host, "an address of this machine alone, such as 127.0.0.1",
            f"leave --host out; {wanted.mode} is for one's own machine",
        )  # fmt: skip
        raise InputProblems("the address", [problem])
    missing = [n for n in ("STEPDOWN_HTTPS", "STEPDOWN_HOSTS") if not has(environ, n)]
    if missing:
        raise InputProblems(
            f"the address {wanted.host}, which others can reach",
            [
                Problem(name, "not given", "said on purpose", "see docs/how-to/deploy.md; "
                        "on one's own machine leave --host out")
                for name in missing
            ],
        )  # fmt: skip


def _named(host: str) -> str:
    return f"[{host}]" if ":" in host else host
