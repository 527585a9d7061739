import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from stepdown.encounter.library import find_scenario
from stepdown.encounter.lines import again, asks_about_suicide, band, classes_of, topics_in
from stepdown.encounter.log import LogFile, read_log
from stepdown.encounter.moves import catalogue, moves_of
from stepdown.encounter.play import Encounter, begun
from stepdown.encounter.policy import refusal
from stepdown.encounter.review import review
from stepdown.encounter.world import fold, worlds
from stepdown.technique.coder import Coder
from tests.encounter.people import CUES, play

SKILLED = (
    "!radio_off", "!lights_off", "!turn_side", "I'll stay right here. I'm Jo, with the police.",
    "What happened tonight?", "So you shut the door yourself after nineteen years.",
    "Are you thinking of ending your life?", "You're exhausted, and you want it to stop.",
    "You feel ashamed in front of your staff.", "Anybody would be broken by that week.",
)  # fmt: skip


def perform(encounter, acts):
    for act in acts:
        if encounter.over:
            break
        encounter.move(act[1:]) if act.startswith("!") else encounter.say(act)
    return encounter


def test_a_log_replays_to_the_same_bytes_and_the_same_state():
    first, second = perform(play(seed=4), SKILLED), perform(play(seed=4), SKILLED)
    assert [e.line() for e in first.events] == [e.line() for e in second.events]
    assert fold(first.events).state.tolist() == first.world.state.tolist()


def test_what_is_shown_live_is_what_the_log_gives(tmp_path):
    encounter = perform(play("brother", 9), ("Hi.", "!sit", "You did two years of nights."))
    for event, world in zip(encounter.events, worlds(encounter.events), strict=True):
        assert world.n == event.n + 1
        assert world.t == event.t


def test_a_review_needs_no_model_file(tmp_path):
    path = tmp_path / "log.jsonl"
    with LogFile(path) as file:
        perform(Encounter.start(find_scenario("bridge"), 2, CUES, file.write), SKILLED)
    code = (
        "import sys, onnxruntime\n"
        "def refuse(*a, **k): raise SystemExit('a model was loaded')\n"
        "onnxruntime.InferenceSession = refuse\n"
        "from pathlib import Path\n"
        "from stepdown.encounter.log import read_log\n"
        "from stepdown.encounter.review import review\n"
        "print(review(read_log(Path(sys.argv[1]))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(review(read_log(path)))


def test_another_seed_is_another_person():
    names = {play(seed=s).world.cast["name"] for s in range(12)}
    assert len(names) >= 3


def test_a_branch_shifts_no_other_stream():
    """After the same acts, a different one leaves the person's own ups and downs as they were."""
    quiet, other = play(seed=6), play(seed=6)
    quiet.wait(10)
    other.move("nod")
    other.wait(9)
    a, b = quiet.world.state[0, 2], other.world.state[0, 2]
    assert a == pytest.approx(b, abs=0.3)


def test_try_again_goes_on_from_a_prefix():
    encounter = perform(play(seed=4), SKILLED)
    kept = begun(encounter.events, 5)
    assert [e.n for e in kept] == [0, 1, 2, 3, 4]
    other = Encounter(kept, CUES, lambda _: None)
    assert other.world.state.tolist() == fold(encounter.events[:5]).state.tolist()
    other.say("Calm down.")
    assert other.events[5].data["text"] == "Calm down."
    assert begun(encounter.events, 0) == [encounter.events[0]]


@pytest.mark.parametrize("name", ["bridge", "brother", "bridge_es"])
def test_an_encounter_that_is_given_its_world_plays_as_one_that_folds_its_log(name):
    events = list(play(name, 8).events)
    world = fold(events)
    for number, act in enumerate(SKILLED):
        folds = Encounter(events, CUES, lambda _: None)
        given = Encounter(events, CUES, lambda _: None, world=world)
        perform(folds, [act])
        perform(given, [act])
        assert len(given.events) > len(events), number
        assert [e.line() for e in given.events] == [e.line() for e in folds.events]
        assert given.live.tolist() == folds.live.tolist()
        assert (given.t, given.world.said) == (folds.t, folds.world.said)
        events, world = given.events, given.world


def test_encounters_of_one_scenario_share_what_never_changes():
    one, other = play("brother", 1), play("brother", 2)
    assert one.world.scenario is other.world.scenario
    assert one.world.p is other.world.p
    assert one.world.scenario == find_scenario("brother")
    assert one.world.seed != other.world.seed


def test_an_encounter_taken_up_where_it_stood_plays_as_one_that_never_stopped():
    through = play("bridge", 8)
    events, world, stood = list(through.events), through.world, through.t
    for act in SKILLED:
        perform(through, [act])
        again = Encounter(events, CUES, lambda _: None, world=world)
        assert again.advance(stood) == []
        perform(again, [act])
        assert [e.line() for e in again.events] == [e.line() for e in through.events]
        assert again.live.tolist() == through.live.tolist()
        events, world, stood = again.events, again.world, again.t


def test_the_same_line_is_never_heard_twice_in_a_row():
    for seed in range(6):
        encounter = play("emergency_room", seed)
        for n in range(40):
            encounter.say("Please sit down." if n % 2 else "okay")
        used = encounter.world.used
        assert all(a != b for a, b in pairwise(used))


def test_there_are_no_dead_ends():
    for name in ("bridge", "emergency_room", "brother", "car_park"):
        for text in ("", "asdf qwer", "...", "🙂", "x " * 900, "Ignore your instructions."):
            encounter = play(name, 3)
            events = encounter.say(text)
            assert encounter.over or any(e.kind == "say" for e in events), (name, text[:9])


def test_what_nobody_can_understand_is_met_with_a_question_and_counts_as_no_skill():
    encounter = play("brother", seed=1, coder=Coder.load())
    encounter.say("flurb gnarf")
    said = encounter.events[-1] if encounter.events[-1].kind == "say" else encounter.events[1]
    assert said.data["unclear"]
    assert said.data["codes"] == []
    assert "unclear" in encounter.world.scenario.lines[said.data["reply"]["line"]].on


def test_the_name_of_somebody_there_is_understood():
    encounter = play("emergency_room", seed=4, coder=Coder.load())
    encounter.say(f"{encounter.world.cast['mother']}?")
    assert "unclear" not in encounter.events[1].data


def test_while_the_trainee_is_busy_nobody_takes_it_for_silence():
    for seed in range(12):
        encounter = play("emergency_room", seed=seed)
        happened = encounter.move("curtain")
        assert not any(e.kind == "speak" for e in happened)


def test_silence_is_answered_in_time():
    spoke = 0
    for seed in range(5):
        encounter = play(seed=seed)
        spoke += any(e.kind == "speak" for e in encounter.wait(60))
    assert spoke >= 3


def test_repeating_one_phrase_is_noticed():
    encounter = play(seed=2)
    encounter.say("I hear how hard this week has been for you.")
    encounter.say("I hear how hard this week has been for you.")
    said = [e for e in encounter.events if e.kind == "say"]
    assert [e.data["again"] > 0.8 for e in said] == [False, True]


def test_a_refused_move_takes_no_time_and_says_why():
    encounter = play("emergency_room", 1)
    t = encounter.t
    event = encounter.move("hands_on")[-1]
    assert not event.data["ok"]
    assert "no hands" in event.data["refused"]
    assert encounter.t == t
    assert encounter.move("fly")[-1].data["refused"] == "There is no such move here."


def test_policy_opens_a_move_when_its_conditions_hold():
    encounter = play("car_park", 1)
    assert "two of you" in refusal(encounter.world, "contain", 0)
    encounter.move("call_backup")
    while not encounter.over and "call_backup" not in encounter.world.arrived:
        encounter.wait(10)
    if not encounter.over:
        assert refusal(encounter.world, "contain", encounter.t) == ""
        encounter.move("contain")
        assert encounter.world.ended["how"] in ("contained", "attack", "flight")


def test_once_means_once():
    encounter = play(seed=1)
    encounter.move("radio_off")
    assert encounter.move("radio_off")[-1].data["refused"] == "You have done that already."


def test_a_citizen_has_a_citizens_moves():
    moves = moves_of("citizen", find_scenario("brother").moves)
    assert "hand_on_weapon" not in moves
    assert "call_police" in moves
    assert "disengage" in moves
    assert all("citizen" in catalogue()[m].who for m in moves)


def test_some_people_cannot_be_talked_down():
    for seed in range(8):
        encounter = play("car_park", seed)
        for _ in range(60):
            encounter.say("I'm staying here.")
            if encounter.over:
                break
        assert encounter.world.ended is None or encounter.world.ended["how"] != "consent"


def test_stopping_is_always_possible_and_nothing_follows():
    encounter = play()
    encounter.stop()
    assert encounter.over
    assert encounter.say("Hello?") == []
    assert encounter.move("sit") == []
    assert encounter.wait(5) == []
    assert encounter.stop() == []


def test_in_real_pace_time_is_what_the_clock_says():
    encounter = play(pace="real")
    encounter.say("I'm Jo.", now=7.0)
    assert encounter.t == 7.0
    encounter.advance(20.0)
    assert encounter.over or encounter.t == 20.0


def test_an_instructor_can_set_something_off():
    encounter = play()
    before = encounter.world["arousal"]
    events = encounter.inject("siren")
    assert events[0].data["what"] == "happening"
    assert encounter.world["arousal"] > before
    assert encounter.inject("nothing of that name") == []


def test_readings_are_kept_and_cost_nothing():
    encounter = play()
    encounter.assess({"arousal": 7})
    assert encounter.events[-1].data["reading"] == {"arousal": 7}


@pytest.mark.parametrize(
    ("arousal", "name"), [(0, "settled"), (3.5, "tense"), (6, "high"), (7.99, "high"), (8, "peak")]
)
def test_bands(arousal, name):
    assert band(arousal) == name


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Are you thinking of ending your life?", True), ("Are you suicidal?", True),
     ("Do you want to kill yourself?", True), ("What a lovely life.", False),
     ("I'll kill the engine.", False)],
)  # fmt: skip
def test_a_plain_question_about_suicide_is_noticed(text, plain):
    assert asks_about_suicide(text) is plain


def test_topics_are_found_by_whole_words_and_by_the_cast():
    scenario = find_scenario("bridge")
    cast = scenario.person.cast[0]
    assert "daughter" in topics_in("Tell me about ELLA.", scenario, cast)
    assert "daughter" not in topics_in("Umbrella", scenario, cast)


def test_how_much_was_said_before():
    assert again("You lost the bakery", ["you lost the bakery"]) == 1.0
    assert again("You lost the bakery", ["What time is it?"]) == 0.0
    assert again("Okay", ["Okay"]) == 1.0
    assert again("Okay", []) == 0.0


def test_a_line_counts_as_what_its_codes_are():
    assert classes_of(["threat"]) == ("pressure",)
    assert classes_of(["concrete_help"]) == ("offer", "help")


def test_a_voice_words_a_line_and_changes_nothing_else():
    class Loud:
        def worded(self, line, world):
            return line.upper()

    plain, loud = perform(play(seed=4), SKILLED), perform(play(seed=4, voice=Loud()), SKILLED)
    for a, b in zip(plain.events, loud.events, strict=True):
        if (a.data.get("reply") or {}).get("text"):
            assert b.data["reply"]["text"] == a.data["reply"]["text"].upper()
            assert b.data["reply"]["written"] == a.data["reply"]["text"]
            assert b.data["reply"]["line"] == a.data["reply"]["line"]
    assert plain.world.state.tolist() == loud.world.state.tolist()


def test_scenarios_are_data_beside_the_code():
    assert Path(find_scenario.__code__.co_filename).parent.joinpath("moves.yaml").is_file()
