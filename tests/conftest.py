"""Fixtures that more than one room's tests need."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stepdown.incidents.datasets import DATA_DIR, locate
from tests.web.own import OwnSite, make_own_site
from tests.web.site import use_site

use_site()
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
"""A browser that stays open keeps a loop running where other tests use the database."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update"
)
REPOSITORY = Path(__file__).resolve().parents[1]


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores: some tests wait for a browser, a server, a disk."""
    return (os.cpu_count() or 1) + 1


def dataset(name: str, cache: Path) -> Path:
    """Find a registered dataset in $STEPDOWN_DATA_DIR, or beside the repository; else skip."""
    beside = REPOSITORY.parent / "shared" / "datasets"
    environ = {DATA_DIR: os.environ.get(DATA_DIR) or str(beside)}
    found = locate(name, environ, cache=cache)
    if found is None:
        pytest.skip(f"{name} is not in {environ[DATA_DIR]}; set ${DATA_DIR}")
    return found


@pytest.fixture(scope="session")
def chicago_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Chicago procedural-justice panel."""
    return dataset("chicago-pj", tmp_path_factory.mktemp("no-cache"))


@pytest.fixture(scope="session")
def seattle_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seattle's scenes at which officers used different levels of force."""
    return dataset("seattle-same-scene", tmp_path_factory.mktemp("no-cache"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A browser, one for all tests of a process."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("no browser: install chromium (Debian: apt-get install chromium)")
    sync = pytest.importorskip("playwright.sync_api")
    with sync.sync_playwright() as play:
        running = play.chromium.launch(executable_path=path, args=QUIET.split())
        yield running
        running.close()


@pytest.fixture
def own_site(tmp_path: Path) -> OwnSite:
    """A site with a database of its own, for tests with several processes."""
    return make_own_site(tmp_path)
