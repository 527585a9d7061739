"""Time every page of an agency of 1,000 people that has a year of training behind it.

Run: make bench-year. Makes the demonstration for 1,000 people in a folder of its own, serves it
with `stepdown serve`, signs in as each role, follows every link, and asks for each page 30 times,
one after another. Writes benchmarks/year.md.
"""

from __future__ import annotations

import argparse
import http.cookiejar
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

HERE = Path(__file__).parent
PEOPLE, TIMES, BAR_MS, PORT = 1000, 30, 300, 8139
OF_A_ROUTE = 2
"""Addresses of one route that are timed: the first two that are met."""
ROLES = ("trainee", "instructor", "coordinator", "administrator")
LEFT_OUT = frozenset({"account_logout", "language"})


@dataclass
class Page:
    """A page as one role sees it: its route, how long each answer took, how large it is."""

    role: str
    route: str
    path: str
    ms: list[float] = field(default_factory=list)
    kilobytes: float = 0.0

    @property
    def p95(self) -> float:
        """The time within which 95 % of the answers came."""
        return statistics.quantiles(self.ms, n=20, method="inclusive")[18]


class Links(HTMLParser):
    """Collects where the links of a page lead."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the address of a link."""
        to = dict(attrs).get("href") if tag == "a" else None
        if to:
            self.found.append(to)


class Browser:
    """Somebody who is signed in."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.jar = http.cookiejar.CookieJar()
        self.open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path: str) -> tuple[int, str, bytes, str]:
        """Return status, kind, body and the path that was led to."""
        with self.open.open(f"{self.root}{path}", timeout=60) as answer:
            led = urllib.parse.urlsplit(answer.url).path
            return answer.status, answer.headers.get_content_type(), answer.read(), led

    def sign_in(self, email: str, password: str) -> None:
        """Sign in by the form."""
        body = self.get("/account/login/")[2].decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', body)
        assert token
        form = {"csrfmiddlewaretoken": token[1], "login": email, "password": password}
        asked = urllib.request.Request(
            f"{self.root}/account/login/", urllib.parse.urlencode(form).encode(),
            {"Referer": f"{self.root}/account/login/"},
        )  # fmt: skip
        with self.open.open(asked, timeout=60) as answer:
            assert "login" not in answer.url, f"{email} was not let in"


@contextmanager
def served(home: Path) -> Iterator[str]:
    """Make the demonstration and serve it."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("STEPDOWN_", "DJANGO_"))}
    environ["STEPDOWN_HOME"] = str(home)
    command = [
        sys.executable, "-c", "from stepdown.cli import app; app()", "serve", "--demo", "--people",
        str(PEOPLE), "--port", str(PORT), "--no-open",
    ]  # fmt: skip
    process = subprocess.Popen(command, env=environ)
    root = f"http://127.0.0.1:{PORT}"
    try:
        _wait(root)
        yield root
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(root: str) -> None:
    until = time.monotonic() + 900
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{root}/health/", timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    raise TimeoutError("the site did not answer in a quarter of an hour")


def pages(browser: Browser, role: str) -> list[Page]:
    """Follow every link from the first page on; return the pages met, few of each route."""
    from django.urls import Resolver404, resolve

    met: dict[str, list[str]] = defaultdict(list)
    found, waiting, seen = [], ["/"], set()
    while waiting:
        path = waiting.pop(0)
        bare = path.split("?")[0]
        if path in seen:
            continue
        seen.add(path)
        try:
            name = resolve(bare).view_name
        except Resolver404:
            continue
        if name in LEFT_OUT or len(met[name]) >= OF_A_ROUTE or name.startswith("api-"):
            continue
        try:
            status, kind, body, led = browser.get(path)
        except urllib.error.HTTPError as error:
            if error.code >= 500:
                raise
            continue
        if status != 200 or led != bare:
            continue
        met[name].append(path)
        found.append(Page(role, name, path, kilobytes=len(body) / 1024))
        if kind == "text/html":
            reader = Links()
            reader.feed(body.decode())
            waiting += [
                to for link in reader.found
                if (to := urllib.parse.urljoin(path, link.split("#")[0])).startswith("/")
            ]  # fmt: skip
    return found


def timed(browser: Browser, page: Page, times: int) -> None:
    """Ask for a page so many times, one after another."""
    for _ in range(times):
        begun = time.perf_counter()
        browser.get(page.path)
        page.ms.append(1000 * (time.perf_counter() - begun))


def report(found: list[Page], made: str, times: int) -> str:
    """Return the report: the slowest pages first, then what all came to."""
    slow = [p for p in found if p.p95 > BAR_MS]
    rows = "\n".join(
        f"| {p.route} | {p.role} | {statistics.median(p.ms):.0f} | {p.p95:.0f} | {max(p.ms):.0f} "
        f"| {p.kilobytes:.0f} | {'yes' if p.p95 <= BAR_MS else 'NO'} |"
        for p in sorted(found, key=lambda p: -p.p95)
    )
    return f"""# A year of an agency of {PEOPLE:,} people: every page

Written by `make bench-year`: `stepdown serve --demo --people {PEOPLE}` on SQLite (one process, four
threads), {made}; signed in as four roles, every link followed, each page asked for
{times} times, one after another, by a client on the same machine ({os.cpu_count()} cores,
{platform.machine()}). Milliseconds until the last byte; the first answer, with nothing kept ready,
is among them.

{len(found)} pages; slower than {BAR_MS} ms at the 95th percentile: {len(slow)}.

| page | as | median | 95 % | longest | KB | within {BAR_MS} ms |
|---|---|---|---|---|---|---|
{rows}
"""


def main() -> None:
    """Make, serve, follow, time, write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=TIMES)
    parser.add_argument("--home", type=Path, help="a folder in which the demonstration may be")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = given.home or Path(folder)
        os.environ |= {
            "STEPDOWN_HOME": str(home), "STEPDOWN_MODE": "demo", "STEPDOWN_HTTPS": "0",
            "STEPDOWN_SECRET_KEY": "only to read the table of addresses, no site",
            "DJANGO_SETTINGS_MODULE": "stepdown.web.settings",
        }  # fmt: skip
        import django

        django.setup()
        from stepdown.web import demo

        begun = time.perf_counter()
        with served(home) as root:
            made = "made before" if given.home else f"made in {time.perf_counter() - begun:.0f} s"
            found = []
            for role in ROLES:
                browser = Browser(root)
                browser.sign_in(f"{role}@{demo.HOST}", demo.PASSWORD)
                theirs = pages(browser, role)
                for page in theirs:
                    timed(browser, page, given.times)
                    print(role, page.path, f"{page.p95:.0f} ms", flush=True)
                found += theirs
    (HERE / "year.md").write_text(report(found, made, given.times), encoding="utf-8")


if __name__ == "__main__":
    main()
