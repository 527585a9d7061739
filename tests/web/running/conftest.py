"""Sites that run in processes of their own, each on a copy of one template."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.web.running.serving import Running, Template, template
from tests.web.site import ENGINE


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A site with tables and people, on the engine that is tested."""
    return template(tmp_path_factory.mktemp("template"), ENGINE)


@pytest.fixture
def sites(
    made: Template, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Running]]:
    """Give sites of their own, not yet served; in the end none is served any more."""
    given: list[Running] = []

    def another() -> Running:
        folder: Path = tmp_path_factory.mktemp("site")
        given.append(made.copy(folder / "home"))
        return given[-1]

    yield another
    for site in given:
        site.kill()
