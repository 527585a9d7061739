"""Persons, worlds and small scenarios that several tests need."""

from stepdown.encounter.library import find_scenario
from stepdown.encounter.parameters import parameters
from stepdown.encounter.play import Encounter
from stepdown.encounter.state import rows
from stepdown.technique.coder import Coder

CUES = Coder.cues_only()
FELT = {"arousal": 6.0, "trust": 3.0, "threat": 3.0, "control": 4.0, "attention": 6.0}


def person(profile="humiliation", **changes):
    return parameters(profile, changes)


def state(count=1, **values):
    return rows({**FELT, **values}, count)


def play(name="bridge", seed=1, pace="turn", coder=CUES, **kwargs):
    """Return an encounter, played by rules alone if no other coder is given."""
    events = []
    return Encounter.start(find_scenario(name), seed, coder, events.append, pace, **kwargs)
