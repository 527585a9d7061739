from __future__ import annotations

import pytest

from stepdown.evaluation.same_scene.read import Reading
from stepdown.evaluation.same_scene.results import SameSceneResults
from tests.evaluation.same_scene.cases import analysed_once


@pytest.fixture(scope="session")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Reading, SameSceneResults]:
    """The simulated agency as it was read, and what was found in it."""
    return analysed_once(tmp_path_factory.getbasetemp())
