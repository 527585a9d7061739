"""Many encounters side by side end as each would alone."""

from __future__ import annotations

import numpy as np
import pytest

from stepdown.encounter.check.bot import watch
from stepdown.encounter.check.columns import ENDS
from stepdown.encounter.check.crowd import Crowd, Outcomes
from stepdown.encounter.check.script import Script
from stepdown.encounter.parameters import parameters
from stepdown.technique.coders import coder_for


def play(script: Script, seeds: int, first: int = 0) -> Outcomes:
    person = script.scenario.person
    crew = len(script.responders)
    who = np.repeat(np.arange(crew), seeds)
    numbers = np.tile(np.arange(first, first + seeds, dtype=np.uint64), crew)
    return Crowd(script, parameters(person.profile, person.parameters), who, numbers).play()


@pytest.mark.parametrize("name", ["brother", "car_park", "robbery", "bridge_es"])
def test_every_responder_ends_at_the_same_second_as_in_an_encounter_played_alone(
    scripts: dict[str, Script], name: str
) -> None:
    script = scripts[name]
    found = play(script, 1, first=7)
    for n in range(len(script.responders)):
        end = watch(script, n, 7, coder_for(script.scenario.language))[-1]
        hurt = [bool(end.data["injured"].get(w)) for w in ("responder", "person", "other")]
        assert (end.data["how"], end.t, hurt) == (
            ENDS[found.ending[n]], found.seconds[n], list(found.hurt[n]),
        ), script.responders[n].id  # fmt: skip


def test_the_same_seeds_give_the_same_whoever_plays_beside_them(
    scripts: dict[str, Script],
) -> None:
    script = scripts["street_knife"]
    many, few = play(script, 12), play(script, 4)
    for n in range(len(script.responders)):
        assert (many.ending[many.who == n][:4] == few.ending[few.who == n]).all()
        assert (many.seconds[many.who == n][:4] == few.seconds[few.who == n]).all()


def test_every_encounter_ends_within_the_time_there_is(scripts: dict[str, Script]) -> None:
    for script in scripts.values():
        found = play(script, 10)
        assert (found.ending >= 0).all()
        assert (found.seconds <= script.scenario.minutes * 60).all()
