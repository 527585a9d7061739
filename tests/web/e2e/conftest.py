"""A browser, and a site that really runs, with people of every role in it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.web.running.serving import Running, empty
from tests.web.site import ENGINE


@dataclass(frozen=True, slots=True)
class Site:
    """The site, and what is in it, by name."""

    running: Running
    ids: dict[str, Any]

    def address(self, path: str) -> str:
        """Return the whole address of a page; names in braces are ids."""
        return f"http://127.0.0.1:{self.running.port}{path.format(**self.ids)}"

    def page(self, name: str) -> str:
        """Return the whole address of a page about training, by its name."""
        return self.address(self.ids["pages"][name])

    def lately(self, what: str, key: str) -> None:
        """Let a session have `begun` just now, or whoever has one have `proved` who they are."""
        self.running.run([sys.executable, "-m", "tests.web.e2e.lately", what, key])


NEVER_IDLE = "from stepdown.web import settings; settings.IDLE_S = settings.LONGEST_S"
"""A role that no test uses for half an hour is still signed in."""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site, served for all tests of a process."""
    running = empty(tmp_path_factory.mktemp("e2e"), ENGINE)
    running.command("site", "prepare")
    made = running.run([sys.executable, "-m", "tests.web.e2e.people"])
    ids = json.loads(made.stdout)
    running.start("--workers", "1", first=NEVER_IDLE)
    yield Site(running, ids)
    running.kill()


@pytest.fixture
def page_of(browser: Any, site: Site) -> Iterator[Callable[..., Any]]:
    """Return a page in which somebody of a role is signed in; scripts that fail fail the test.

    `proved`: they have just proved who they are; else that was an hour ago.
    """
    contexts, wrong = [], []

    def opened(role: str | None, *, proved: bool = False, **given: Any) -> Any:
        given.setdefault("viewport", {"width": 1280, "height": 900})
        context = browser.new_context(**given)
        contexts.append(context)
        if role is not None:
            key = site.ids["sessions"][role]
            if proved:
                site.lately("proved", key)
            context.add_cookies(
                [{"name": "stepdown-session", "value": key, "url": site.address("/")}]
            )
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []
