from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepdown.encounter.library import library
from stepdown.encounter.scenario import HOLE
from stepdown.encounter.scene import (
    NAME_MOST,
    SENTENCES,
    WHO_MOST,
    Scene,
    described,
    metres,
    scene_of,
    shortened,
)
from stepdown.encounter.state import COLUMN
from tests.encounter.people import play

WITHIN = {"settled": (0.0, 3.4), "tense": (3.5, 5.9), "high": (6.0, 7.9), "peak": (8.0, 10.0)}
HIDDEN = ("trust", "threat", "control", "attention", "need", "silence", "listening", "structure")
BRIDGE = play().world


def seen(world=BRIDGE, **columns):
    """Return what can be seen of a world in which some columns differ."""
    live = world.state.copy()
    for name, value in columns.items():
        live[0, COLUMN[name]] = value
    return scene_of(world, live)


def tried(name, move, seeds=40):
    """Return an encounter just after a move that succeeded."""
    for seed in range(seeds):
        encounter = play(name, seed)
        encounter.move(move)
        if move in encounter.world.done:
            return encounter
    raise AssertionError(f"{move} never succeeded in {name}")


def there(scene):
    return {o.id: o.there for o in scene.others}


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(WITHIN)),
    st.lists(st.floats(0, 10), min_size=len(HIDDEN) + 1, max_size=len(HIDDEN) + 1),
)
def test_hidden_numbers_never_change_what_is_seen_within_a_band(band, numbers):
    low, high = WITHIN[band]
    arousal = low + (high - low) * numbers[0] / 10
    hidden = dict(zip(HIDDEN, numbers[1:], strict=True))
    assert seen(arousal=arousal, **hidden) == seen(arousal=low)
    assert seen(arousal=arousal, **hidden).band == band


def test_a_scene_has_no_number_but_the_distance_and_the_voices():
    scene = seen()
    numbers = {f.name for f in fields(Scene) if isinstance(getattr(scene, f.name), float)}
    assert numbers == {"distance"}
    counts = {f.name for f in fields(scene.around) if type(getattr(scene.around, f.name)) is int}
    assert counts == {"voices"}


def test_what_is_seen_draws_nothing_and_changes_nothing():
    before = BRIDGE.state.copy()
    assert scene_of(BRIDGE) == scene_of(BRIDGE)
    assert (BRIDGE.state == before).all()


def test_the_state_between_two_events_is_seen_where_it_is_given():
    assert seen(arousal=9.0).band == "peak"
    assert scene_of(BRIDGE).band == "high"


def test_distance_is_rounded_to_a_tenth_and_grows_after_a_step_back():
    encounter = play()
    near = scene_of(encounter.world).distance
    encounter.move("step_back")
    assert (near, scene_of(encounter.world).distance) == (8.0, 9.5)
    assert seen(distance=3.14159).distance == 3.1


@pytest.mark.parametrize(
    ("distance", "read"), [(0.5, "0.5"), (1.2, "1.2"), (8.0, "8"), (9.5, "9.5"), (12.3, "12")]
)
def test_metres_are_read_as_a_person_would_say_them(distance, read):
    assert metres(distance) == read


def test_an_opened_door_is_a_way_out():
    encounter = tried("emergency_room", "open_door")
    shut = seen(encounter.world, exit=0.0)
    assert not shut.around.way_out
    assert "The way out is blocked." in described(shut)
    assert scene_of(encounter.world).around.way_out
    assert "The way out is open." in described(scene_of(encounter.world))


def test_bystanders_who_were_asked_to_leave_are_gone_and_the_crowd_is_thinner():
    before = scene_of(play().world)
    after = scene_of(tried("bridge", "ask_to_leave").world)
    assert (before.around.crowd, after.around.crowd) == ("few", "nobody")
    assert there(before) == {"partner": True, "walker": True}
    assert there(after) == {"partner": True, "walker": False}
    assert "Turned away or gone: a dog walker who has begun to film." in described(after)


def test_nobody_goes_when_asking_them_to_leave_fails():
    for seed in range(40):
        encounter = play("bridge", seed)
        encounter.move("ask_to_leave")
        if "ask_to_leave" not in encounter.world.done:
            assert all(there(scene_of(encounter.world)).values())
            return
    raise AssertionError("it never failed")


@pytest.mark.parametrize(
    ("name", "move", "gone"),
    [
        ("bus", "ask_to_leave", {"passengers", "headphones"}),
        ("bus_es", "ask_to_leave", {"passengers", "headphones"}),
        ("bridge_es", "ask_to_leave", {"walker"}),
        ("brother", "ask_to_leave", {"children", "aunt"}),
        ("car_park", "ask_to_leave", {"couple"}),
        ("domestic", "ask_to_leave", {"neighbour", "walkways"}),
        ("domestic", "quiet_room", set()),
        ("dementia_ward", "partner_back", {"guard"}),
        ("robbery", "ask_to_leave", {"customers"}),
        ("warrant", "family_in", {"sister", "nephew"}),
        ("street_knife", "partner_back", set()),
    ],
)
def test_a_move_sends_away_whom_it_names_and_nobody_else(name, move, gone):
    world = replace(play(name).world, done=(move,))
    assert {who for who, near in there(scene_of(world)).items() if not near} == gone


def test_who_was_called_is_on_the_way_and_then_here():
    encounter = play()
    encounter.move("call_ems")
    (call,) = scene_of(encounter.world).calls
    assert (call.id, call.label, call.here) == ("call_ems", "Call an ambulance", False)
    assert "Call an ambulance: on the way." in described(scene_of(encounter.world))
    arrived = replace(encounter.world, arrived=("call_ems",))
    assert "Call an ambulance: here." in described(scene_of(arrived))


def test_whoever_sat_down_sits_until_they_stand():
    encounter = play()
    assert scene_of(encounter.world).stance.height == "level"
    encounter.move("sit")
    assert scene_of(encounter.world).stance.height == "sitting"
    encounter.move("stand")
    assert scene_of(encounter.world).stance.height == "over"


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"facing": 0}, "You stand at an angle to {name}."),
        ({"facing": 1}, "You face {name} squarely."),
        ({"over": 0.6}, "You stand over {name}."),
        ({"hands": 0}, "Your hands are open and in sight."),
        ({"hands": 0.3}, "Your hands are at your sides."),
        ({"hands": 0.5}, "Your arms are folded."),
        ({"hands": 1}, "One hand is on your belt."),
        ({"gaze": 0}, "You look away now and then."),
        ({"gaze": 1}, "You stare at {name}."),
        ({"volume": 3}, "You speak softly."),
        ({"volume": 8}, "You speak loudly."),
        ({"pace": 3}, "You speak slowly."),
        ({"pace": 8}, "You speak fast."),
        ({"cover": 1}, "You are behind cover."),
        ({"noise": 2}, "It is quiet."),
        ({"noise": 8}, "It is loud."),
        ({"glare": 1}, "The light is soft."),
        ({"glare": 9}, "The light is harsh."),
        ({"heat": 9}, "It is hot."),
        ({"crowd": 0}, "Nobody else stands close."),
        ({"crowd": 9}, "Many people are around."),
        ({"voices": 1}, "One other person talks too."),
        ({"distance": 30}, "{name} is about 30 m away."),
    ],
)
def test_what_moves_set_is_said(columns, sentence):
    assert sentence.replace("{name}", seen().name) in described(seen(**columns))


def test_every_number_of_voices_is_counted():
    assert "3 others talk too." in described(seen(voices=3))


@pytest.mark.parametrize("name", sorted(library()))
def test_every_sentence_that_is_used_is_listed(name):
    used = []
    for band, (low, _) in WITHIN.items():
        for extreme in (0.0, 0.4, 1.0):
            columns = dict.fromkeys(("facing", "over", "hands", "gaze", "cover", "exit"), extreme)
            levels = ("volume", "pace", "noise", "glare", "heat", "crowd")
            world = replace(play(name).world, done=("ask_to_leave", "quiet_room"))
            columns |= dict.fromkeys(levels, 10 * extreme) | {"voices": 4 * extreme}
            scene = seen(world, arousal=low, **columns)
            told = described(scene, lambda template: used.append(template) or template)
            assert scene.band == band
            assert not any(HOLE.search(t) for t in told)
    assert set(used) <= set(SENTENCES)
    assert len(set(used)) > 25


def test_sentences_are_translated_before_their_holes_are_filled():
    told = described(seen(), lambda s: s.replace("is about {metres} m away", "a {metres} metros"))
    assert told[0] == f"{seen().name} a 8 metros."


def test_sentences_are_listed_once_and_are_sentences():
    assert len(set(SENTENCES)) == len(SENTENCES)
    assert all(s.endswith(".") for s in SENTENCES)


def test_a_name_cannot_fill_a_hole_or_run_on():
    hostile = "{metres}{call} " + "x" * 400
    scene = scene_of(replace(BRIDGE, cast={**BRIDGE.cast, "name": hostile}))
    assert len(scene.name) <= NAME_MOST
    assert described(scene)[0].startswith("{metres}{call} xxx")


def test_a_text_is_shortened_at_a_word_on_one_line():
    assert shortened("short", 10) == "short"
    assert shortened("one two\nthree four", 14) == "one two three…"
    assert len(shortened("x" * 400, WHO_MOST)) == WHO_MOST
