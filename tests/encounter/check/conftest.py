from __future__ import annotations

import pytest

from stepdown.encounter.check.responder import responders
from stepdown.encounter.check.script import Script, write_script
from stepdown.encounter.library import find_scenario
from stepdown.technique.coder import Coder


@pytest.fixture(scope="session")
def coder() -> Coder:
    return Coder.load()


@pytest.fixture(scope="session")
def scripts(coder: Coder) -> dict[str, Script]:
    crew = list(responders().values())
    return {
        name: write_script(find_scenario(name), crew, coder)
        for name in ("brother", "car_park", "robbery", "street_knife")
    }
