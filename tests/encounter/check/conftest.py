from __future__ import annotations

import pytest

from stepdown.encounter.check.responder import responders
from stepdown.encounter.check.script import Script, write_script
from stepdown.encounter.library import find_scenario
from stepdown.technique.coder import Coder
from stepdown.technique.coders import coder_for


@pytest.fixture(scope="session")
def coder() -> Coder:
    return Coder.load()


@pytest.fixture(scope="session")
def scripts() -> dict[str, Script]:
    chosen = map(find_scenario, ("brother", "car_park", "robbery", "street_knife", "bridge_es"))
    return {
        s.id: write_script(s, list(responders(s.language).values()), coder_for(s.language))
        for s in chosen
    }
