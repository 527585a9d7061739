from __future__ import annotations

import pytest

from stepdown.encounter.library import find_scenario
from stepdown.encounter.lint import faults
from stepdown.encounter.scenario import Scenario

BUS = find_scenario("bus").model_dump(mode="json", exclude_defaults=True)


def spoiled(**changes: object) -> Scenario:
    return Scenario.read({**BUS, **changes})


def kinds(scenario: Scenario) -> set[str]:
    return {f.kind for f in faults(scenario)}


def with_line(**line: object) -> Scenario:
    return spoiled(lines=[*BUS["lines"], line])


@pytest.mark.parametrize(
    ("scenario", "kind"),
    [
        (spoiled(lines=[x for x in BUS["lines"] if x.get("on") != ["silence"]
                        and "silence" not in x.get("on", [])]), "reply"),
        (with_line(on=["device"], say="Ow."), "unreachable"),
        (with_line(say=BUS["lines"][0]["say"].upper()), "repeated"),
        (spoiled(opening="Notwithstanding considerable institutional complexities, "
                 "the characteristically uncooperative individual deliberately antagonises "
                 "everybody throughout the transportation establishment."), "reading"),
        (spoiled(cues={**BUS["cues"], "tense": [*BUS["cues"]["tense"], "She shakes her head."]}),
         "pronoun"),
        (spoiled(policy=[]), "policy"),
        (with_line(say="I took all the pills."), "method"),
        (with_line(say="They call me a psycho."), "slur"),
        (spoiled(facts=[*BUS["facts"], {"id": "secret", "what": "Nobody hears of it."}]), "fact"),
        (spoiled(debrief=["Why?"]), "debrief"),
        (spoiled(sources=[]), "sources"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)  # fmt: skip
def test_each_fault_is_found(scenario: Scenario, kind: str) -> None:
    assert kind in kinds(scenario)


def test_a_scenario_without_faults_has_none() -> None:
    assert faults(find_scenario("bus")) == ()
