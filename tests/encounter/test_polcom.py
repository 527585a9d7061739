import json
import os
from pathlib import Path

import pytest

from stepdown.encounter.options import agreement, play_options
from stepdown.encounter.play import Encounter
from stepdown.encounter.polcom import ATTRIBUTION, narrated, read_polcom_scenario
from stepdown.problems import InputProblems
from stepdown.technique.coder import Coder
from tests.encounter.people import CUES

GOOD = "Step back, open your palms and say: 'I'm Ann. That sounds exhausting. What happened?'"
BAD = "Square your shoulders and bark: 'Shut up and stand over there or I will arrest you.'"
TOLD = "You ignore him and walk past without a word."
SPOKEN = "I can see that you are upset. I'll stay with you."
DOCUMENT = {
    "title": "At the ferry",
    "description": "A man has missed the last ferry.",
    "characters": {"man": {"name": "A man with a case"}},
    "stages": [
        {
            "title": "The gate",
            "sceneUpdate": {"desc": "The gate is shut."},
            "npcDialogue": [{"character": "man", "text": "It was early! It left early!"}],
            "options": [
                {"text": GOOD, "type": "positive", "points": 10},
                {"text": BAD, "type": "negative", "points": -5},
                {"text": TOLD, "type": "negative", "points": -5},
                {"text": SPOKEN, "type": "positive", "points": 8},
            ],
        },
        {"title": "The end", "npcDialogue": [], "options": []},
    ],
}


def written(tmp_path, document):
    path = tmp_path / "ferry.json"
    path.write_text(json.dumps(document))
    return path


def scenario(tmp_path):
    return read_polcom_scenario(written(tmp_path, DOCUMENT))


def test_what_is_quoted_is_said_and_what_is_told_is_done(tmp_path):
    good, bad, told, spoken = scenario(tmp_path).chapters[0].choices
    assert good.say == "I'm Ann. That sounds exhausting. What happened?"
    assert set(good.moves) == {"step_back", "open_hands"}
    assert "face" in bad.moves
    assert "raise_voice" in bad.moves
    assert told.say == ""
    assert told.felt.arousal > 0
    assert spoken.say == SPOKEN


def test_authors_and_licence_stay_named(tmp_path):
    assert scenario(tmp_path).attribution == ATTRIBUTION
    assert "CC BY 4.0" in ATTRIBUTION


def test_the_better_options_leave_the_person_calmer(tmp_path):
    options = play_options(scenario(tmp_path), Coder.load())
    found = agreement([options])
    assert found["pairs"] == 4
    assert found["pair_agreement"] == 1.0
    assert 0 <= found["length_only_agreement"] <= 1


def test_options_and_own_words_can_both_be_played(tmp_path):
    events = []
    encounter = Encounter.start(scenario(tmp_path), 1, CUES, events.append)
    assert encounter.world.last_said == "It was early! It left early!"
    assert encounter.choose(9) == []
    encounter.say("That is bad luck.")
    encounter.choose(0)
    assert {e.data.get("choice") for e in events} >= {"0.0"}
    assert encounter.over or encounter.world.chapter == 1


def test_acts_that_are_told_become_moves_by_rule():
    assert narrated("You crouch down to eye level")[0] == ("sit",)
    assert narrated("hand resting on your holster")[0] == ("hand_on_weapon",)
    assert narrated("You grab him by the arm")[1].arousal > 0
    assert narrated("")[0] == ()


@pytest.mark.parametrize(
    "document",
    [{}, [], {"title": "x"}, {"title": "x", "stages": 3}, {"title": "x", "stages": [{}]},
     {"title": "x", "stages": [{"options": [{"points": 1}]}]}, {"stages": []}],
    ids=range(7),
)  # fmt: skip
def test_what_is_no_polcom_file_is_an_error_and_no_crash(tmp_path, document):
    with pytest.raises(InputProblems, match="POL-COM"):
        read_polcom_scenario(written(tmp_path, document))


def test_broken_json_is_an_error(tmp_path):
    path = tmp_path / "x.json"
    path.write_bytes(b"\xff{")
    with pytest.raises(InputProblems):
        read_polcom_scenario(path)


def test_on_the_published_scenarios_the_person_agrees_with_the_authors():
    beside = Path(__file__).resolve().parents[2].parent / "shared" / "datasets"
    folder = Path(os.environ.get("STEPDOWN_DATA_DIR") or beside) / "polcom"
    files = sorted(folder.glob("*.json"))
    if not files:
        pytest.skip(f"POL-COM is not in {folder}; set $STEPDOWN_DATA_DIR")
    coder = Coder.load()
    found = agreement([play_options(read_polcom_scenario(f), coder) for f in files])
    assert found["pairs"] >= 40
    assert found["pair_agreement"] >= 0.72
    assert found["pair_agreement"] > found["length_only_agreement"]
