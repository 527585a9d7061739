from __future__ import annotations

import pytest

from stepdown.encounter.check.check import check_scenario, check_scenarios
from stepdown.encounter.check.responder import ORDER, read_responder, responders
from stepdown.encounter.library import find_scenario, library
from stepdown.encounter.scenario import Scenario
from stepdown.problems import InputProblems


@pytest.mark.parametrize("scenario", library().values(), ids=lambda s: s.id)
def test_every_shipped_label_holds_and_nothing_is_left_to_mend(scenario: Scenario) -> None:
    found = check_scenario(scenario, seeds=60)
    assert found.faults == ()
    assert found.breaches == ()


def test_at_least_three_cannot_be_resolved_by_talk() -> None:
    other = {s.id for s in library().values() if s.resolvable == "by_other_means"}
    assert {"car_park", "robbery", "warrant"} <= other
    assert len([s for s in library().values() if s.language == "en"]) == 14


@pytest.mark.parametrize(("name", "label"), [("brother", "by_other_means"),
                                             ("warrant", "by_talk")])  # fmt: skip
def test_a_mislabelled_scenario_does_not_pass(name: str, label: str) -> None:
    wrong = find_scenario(name).model_copy(update={"resolvable": label})
    assert not check_scenario(wrong, seeds=40).ok


def test_the_numbers_do_not_depend_on_how_many_work_on_it() -> None:
    two = [find_scenario("bus"), find_scenario("robbery")]
    alone = check_scenarios(two, seeds=10)
    assert check_scenarios(two, seeds=10, workers=2) == alone
    assert [c.id for c in alone] == ["bus", "robbery"]


def test_nine_responders_ship_and_their_lines_name_no_scenario() -> None:
    crew = responders()
    assert tuple(crew) == ORDER
    names = {c["name"] for s in library().values() for c in s.person.cast}
    for responder in crew.values():
        for lines in responder.lines.values():
            assert not [x for x in lines if any(n in x.split() for n in names - {"Sam"})]


def test_a_responder_of_ones_own_is_read_and_mistakes_are_named(tmp_path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("id: mine\nsays: Waits.\nrhythm: [wait]\n")
    assert read_responder(path).id == "mine"
    path.write_text("id: mine\nsays: Waits.\nrhythm: [dance]\n")
    with pytest.raises(InputProblems, match="dance"):
        read_responder(path)


def test_two_ship_in_spanish_too_and_its_responders_have_a_line_for_each_english_one() -> None:
    spanish = {s.id: s for s in library().values() if s.language == "es"}
    assert set(spanish) == {"bridge_es", "bus_es"}
    for name, scenario in spanish.items():
        english = library()[name.removesuffix("_es")]
        assert len(scenario.lines) == len(english.lines)
        assert [f.id for f in scenario.facts] == [f.id for f in english.facts]
    for name, theirs in responders().items():
        ours = responders("es")[name]
        assert {b: len(t) for b, t in ours.lines.items()} == {
            b: len(t) for b, t in theirs.lines.items()
        }
        assert ours.rhythm == theirs.rhythm
