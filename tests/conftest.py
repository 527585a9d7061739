"""Fixtures that more than one room's tests need."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stepdown.incidents.datasets import DATA_DIR, locate

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def chicago_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Chicago procedural-justice panel: from $STEPDOWN_DATA_DIR, or beside the repository."""
    beside = REPOSITORY.parent / "shared" / "datasets"
    environ = {DATA_DIR: os.environ.get(DATA_DIR) or str(beside)}
    found = locate("chicago-pj", environ, cache=tmp_path_factory.mktemp("no-cache"))
    if found is None:
        pytest.skip(f"the Chicago data are not in {environ[DATA_DIR]}; set ${DATA_DIR}")
    return found
