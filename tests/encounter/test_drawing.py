import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from stepdown.encounter.drawing import (
    CROWDS,
    HEIGHT,
    LABELS_MOST,
    WIDTH,
    WORDS,
    draw_scene,
    extent,
    pins,
    responder_x,
)
from stepdown.encounter.figures import bystander, person, responder
from stepdown.encounter.library import library
from stepdown.encounter.scene import SENTENCES, Bystander, Call, described, scene_of
from stepdown.encounter.vocabulary import BANDS
from tests.encounter.people import play

SCENES = {name: scene_of(play(name).world) for name in sorted(library())}
BRIDGE = SCENES["bridge"]
HOSTILE = ("<script>alert(1)</script>", "\"'><img src=x>", "x" * 400, "a\x00b & c", "字" * 40)
ATTRIBUTES = re.compile(r'([\w-]+)="([^"]*)"')
COLOURS = {"none", *(f"var(--{c})" for c in ("ink", "paper", "line", "faint", "mark", "good",
                                              "warm"))}  # fmt: skip
METRES = (0.5, 0.8, 1.2, 2.0, 4.0, 8.0, 12.0, 30.0, 100.0)
CALLS = (
    Call("call_negotiator", "Call a negotiator", False),
    Call("call_ems", "Call an ambulance", True),
    Call("get_help", "Fetch the woman from number forty", False),
)


def with_stance(scene, **changes):
    return replace(scene, stance=replace(scene.stance, **changes))


def with_around(scene, **changes):
    return replace(scene, around=replace(scene.around, **changes))


def parsed(svg):
    return ElementTree.fromstring(svg)


def texts(svg):
    return [t.text for t in parsed(svg).iter("text")]


def boxes(svg):
    """Return (text, left, right, top, bottom) of every text, on the generous side."""
    found = []
    for text in parsed(svg).iter("text"):
        size, x, y = (float(text.get(k)) for k in ("font-size", "x", "y"))
        wide = extent(text.text, size)
        left = x - {"start": 0, "middle": wide / 2, "end": wide}[text.get("text-anchor")]
        found.append((text.text, left, left + wide, y - 0.75 * size, y + 0.2 * size))
    return found


def overlapping(svg):
    found = boxes(svg)
    return [
        (a[0], b[0])
        for n, a in enumerate(found)
        for b in found[:n]
        if min(a[2], b[2]) - max(a[1], b[1]) > 2 and min(a[4], b[4]) - max(a[3], b[3]) > 2
    ]


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize("band", BANDS)
def test_every_scenario_is_drawn_in_every_band(name, band):
    root = parsed(draw_scene(replace(SCENES[name], band=band)))
    assert (root.tag, root.get("role")) == ("svg", "img")
    assert root.get("viewBox") == f"0 0 {WIDTH} {HEIGHT}"


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize("distance", METRES)
@pytest.mark.parametrize("calls", [(), CALLS], ids=["", "called"])
def test_no_two_labels_overlap_and_none_leaves_the_picture(name, distance, calls):
    svg = draw_scene(replace(SCENES[name], distance=distance, calls=calls))
    assert overlapping(svg) == []
    outside = [b for b in boxes(svg) if b[1] < 0 or b[2] > WIDTH or b[3] < 0 or b[4] > HEIGHT]
    assert outside == []


def test_labels_that_do_overlap_are_found():
    svg = '<svg><text x="10" y="20" font-size="20" text-anchor="start">one</text>'
    svg += '<text x="20" y="24" font-size="20" text-anchor="start">two</text></svg>'
    assert overlapping(svg) == [("two", "one")]


def test_every_band_and_every_way_of_standing_gives_another_figure():
    stance = BRIDGE.stance
    assert len({person(band) for band in BANDS}) == 4
    ways = {
        "side_on": (True, False), "height": ("sitting", "level", "over"),
        "hands": ("open", "neutral", "folded", "belt"), "gaze": ("soft", "normal"),
    }  # fmt: skip
    for what, values in ways.items():
        assert len({responder(replace(stance, **{what: v})) for v in values}) == len(values)


def test_everything_that_can_be_seen_changes_the_picture():
    changed = [
        with_stance(BRIDGE, gaze="fixed"),
        with_stance(BRIDGE, cover=True),
        *(with_stance(BRIDGE, volume=v) for v in ("soft", "loud")),
        with_around(BRIDGE, way_out=True),
        *(with_around(BRIDGE, noise=v) for v in ("quiet", "loud")),
        *(with_around(BRIDGE, light=v) for v in ("soft", "bright")),
        *(with_around(BRIDGE, heat=v) for v in ("warm", "hot")),
        *(with_around(BRIDGE, crowd=v) for v in ("nobody", "several", "many")),
        *(with_around(BRIDGE, voices=v) for v in (1, 2)),
        replace(BRIDGE, distance=9.5),
        replace(BRIDGE, calls=CALLS[:1]),
        replace(BRIDGE, calls=(replace(CALLS[0], here=True),)),
        replace(BRIDGE, others=()),
    ]
    drawn = [re.sub("<desc>.*</desc>", "", draw_scene(s)) for s in (BRIDGE, *changed)]
    assert len(set(drawn)) == len(drawn)


def test_the_distance_is_written_and_both_stand_further_apart_after_a_step_back():
    encounter = play()
    assert "8 m" in texts(draw_scene(scene_of(encounter.world)))
    encounter.move("step_back")
    assert "9.5 m" in texts(draw_scene(scene_of(encounter.world)))
    places = [responder_x(d) for d in METRES]
    assert places == sorted(places, reverse=True)
    assert len(set(places[:-1])) == len(places) - 1


def test_an_open_way_out_is_told_by_word_and_shape():
    blocked, free = (draw_scene(with_around(BRIDGE, way_out=v)) for v in (False, True))
    assert "blocked" in texts(blocked)
    assert "way out" in texts(free)
    assert "blocked" not in texts(free)


@pytest.mark.parametrize("distance", METRES)
def test_the_crowd_is_as_large_as_its_level_wherever_both_stand(distance):
    for crowd, number in CROWDS.items():
        scene = with_around(replace(BRIDGE, distance=distance), crowd=crowd)
        svg = draw_scene(scene)
        assert svg.count(bystander()) == number
        where = re.findall(r"translate\(([\d.]+ [\d.]+)\) scale\(1\)\"?>" + re.escape(bystander()),
                           svg)  # fmt: skip
        assert len(set(where)) == number


def test_those_who_have_gone_are_not_in_the_picture():
    gone = tuple(replace(o, there=False) for o in BRIDGE.others)
    assert "a dog walker" in texts(draw_scene(BRIDGE))
    assert "a dog walker" not in texts(draw_scene(replace(BRIDGE, others=gone)))


def test_whoever_was_called_has_a_pin_that_says_whether_they_are_here():
    placed = pins(replace(BRIDGE, calls=CALLS))
    assert [(p.text, p.kind) for p in placed[:2]] == [
        ("negotiator", "coming"), ("ambulance", "here"),
    ]  # fmt: skip


def test_a_long_list_of_others_is_cut_in_the_picture_and_whole_in_the_description():
    many = tuple(Bystander(f"o{i}", f"the person number {i}", True) for i in range(20))
    scene = replace(BRIDGE, others=many)
    assert len(pins(scene)) <= LABELS_MOST
    assert "the person number 19" in parsed(draw_scene(scene)).find("desc").text


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_names_are_escaped_and_shortened(hostile):
    world = play().world
    world = replace(world, cast={**world.cast, "name": hostile})
    scene = scene_of(world)
    scene = replace(scene, others=(Bystander("o", hostile, True),),
                    calls=(Call("own", hostile, False),))  # fmt: skip
    svg = draw_scene(scene)
    assert "<script" not in svg
    assert "<img" not in svg
    assert all(len(t) <= 18 for t in texts(svg))
    assert overlapping(svg) == []


@pytest.mark.parametrize("name", SCENES)
def test_a_strict_policy_of_content_lets_the_picture_be(name):
    svg = draw_scene(with_stance(replace(SCENES[name], calls=CALLS), gaze="fixed"))
    assert "style" not in svg
    assert "<script" not in svg
    assert not re.search(r"\son\w+=|href|url\(", svg)
    used = {value for key, value in ATTRIBUTES.findall(svg) if key in ("fill", "stroke")}
    assert used <= COLOURS


@pytest.mark.parametrize("name", SCENES)
def test_the_description_says_in_words_what_the_picture_shows(name):
    root = parsed(draw_scene(SCENES[name]))
    assert root.find("desc").text == " ".join(described(SCENES[name]))
    assert SCENES[name].name in root.find("title").text


@pytest.mark.parametrize("name", SCENES)
def test_every_word_of_the_picture_can_be_translated(name):
    asked = []

    def say(template):
        asked.append(template)
        return template

    for loud in (with_around(SCENES[name], noise="loud", heat="hot"), SCENES[name]):
        for way_out in (True, False):
            draw_scene(with_around(replace(loud, calls=CALLS), way_out=way_out), say)
    assert set(asked) <= {*WORDS, *SENTENCES}
    spoken = draw_scene(SCENES[name], lambda t: t.replace("You", "Tú"))
    assert "Tú" in texts(spoken)


def test_words_are_large_enough_for_a_phone():
    sizes = {float(t.get("font-size")) for t in parsed(draw_scene(BRIDGE)).iter("text")}
    assert min(sizes) * 320 / WIDTH > 10
