from __future__ import annotations

import hashlib

import pytest
from pydantic import ValidationError

from stepdown.retention.curriculum import (
    Item,
    Known,
    Module,
    Pinned,
    Programme,
    Reference,
    Text,
    digest,
    unknown,
)
from tests.retention.lessons import curriculum, fits, module


def test_the_hours_of_a_curriculum_are_those_of_its_modules():
    modules = [module(f"m{n}", hours=hours) for n, hours in enumerate((0.1, 0.2, 1.75))]
    assert curriculum(*modules).hours == 2.05


def test_nothing_can_be_changed_afterwards():
    with pytest.raises(ValidationError, match="frozen"):
        module().title = "Other"


@pytest.mark.parametrize(
    "hours", [0, -1, 400.01, 1.005, float("nan"), float("inf"), "2", True, None]
)
def test_hours_are_a_number_with_two_decimals(hours):
    with pytest.raises(ValidationError):
        module(hours=hours)


@pytest.mark.parametrize(("hours", "minutes"), [(2, 120), (1.75, 105), (0.17, 10), (0.33, 20)])
def test_hours_are_told_in_whole_minutes(hours, minutes):
    assert module(hours=hours).minutes == minutes


@pytest.mark.parametrize("text", ["", "  ", "\n", "a\x00", "a\tb", "a\r\nb", "\ud800", "x" * 2001])
def test_texts_hold_something_that_can_be_shown(text):
    assert not fits(Text)(text)


def test_texts_lose_the_space_around_them():
    assert Item(id="a", text="  Listen.\n").text == "Listen."


@pytest.mark.parametrize("name", ["", "Listen", "1a", "a b", "a.b", "é", "a" * 62, "a\n"])
def test_ids_are_plain(name):
    with pytest.raises(ValidationError):
        module(name)


def test_nothing_stands_in_a_list_twice():
    twice = (Item(id="a", text="x"), Item(id="a", text="y"))
    for changed in (
        {"objectives": twice}, {"techniques": ("listening", "listening")},
        {"delivery": ("online", "online")},
    ):  # fmt: skip
        with pytest.raises(ValidationError, match="there twice"):
            module(**changed)
    with pytest.raises(ValidationError, match="there twice: listen"):
        curriculum(module("listen"), module("listen", hours=1.0))


def test_a_programme_pins_a_module_once():
    pins = [{"id": "listen", "version": 1}, {"id": "listen", "version": 2}]
    with pytest.raises(ValidationError, match="there twice"):
        Programme(id="a", title="A", for_whom="All.", modules=pins)


@pytest.mark.parametrize(
    "missing", [{"objectives": ()}, {"delivery": ()}, {"delivery": ("dance",)}, {"extra": 1}]
)
def test_what_a_module_needs_is_needed(missing):
    with pytest.raises(ValidationError):
        module(**missing)


@pytest.mark.parametrize("link", [{"doi": "doi:10.1/x"}, {"url": "javascript:alert(1)"}])
def test_links_of_references_are_links(link):
    with pytest.raises(ValidationError):
        Reference(id="a", source="A", **link)


def test_the_digest_is_that_of_canonical_json():
    content = Pinned(id="listen", version=2)
    said = '{"id":"listen","version":2}'
    assert digest(content) == hashlib.sha256(said.encode()).hexdigest()


def test_what_is_left_empty_is_not_part_of_the_digest():
    full = module(assumed=(), when_talk_fails=())
    assert "assumed" not in full.as_dict()
    assert digest(full) == digest(Module.model_validate(full.as_dict()))


def test_the_digest_sees_order_and_every_letter():
    one = module(techniques=("listening", "respect"))
    assert digest(one) != digest(module(techniques=("respect", "listening")))
    assert digest(module(title="Café")) != digest(module(title="Cafe"))


def test_what_is_not_known_is_found_with_its_place():
    known = Known(techniques=("listening",), scenarios=("bus",))
    whole = curriculum(module(techniques=("listening", "leave", "magic")), module("b"))
    assert [(place, given) for place, given, _ in unknown(whole.as_dict(), known)] == [
        (("modules", 0, "techniques", 2), "magic"),
        (("modules", 0, "scenarios", 0), "bridge"),
        (("modules", 1, "scenarios", 0), "bridge"),
    ]


def test_a_technique_that_a_curriculum_declares_is_known_in_it_only():
    known = Known(techniques=("listening",))
    leaving = module(techniques=("leave",))
    assert not list(unknown(curriculum(leaving).as_dict(), known))
    assert [given for _, given, _ in unknown(leaving.as_dict(), known)] == ["leave"]


def test_a_technique_of_the_rubric_is_not_declared_anew():
    document = curriculum(module()).as_dict()
    document["techniques"] = [{"id": "leave", "name": "Leave"}, {"id": "bus", "name": "Renamed"}]
    known = Known(techniques=("bus", *module().techniques))
    ((place, given, expected),) = unknown(document, known)
    assert (place, given) == (("techniques", 1, "id"), "bus")
    assert expected == "the id of none that the rubric has already"


def test_where_nothing_is_handed_over_anything_may_be_named():
    assert not list(unknown(curriculum(module(techniques=("magic",))).as_dict(), Known()))


def test_a_pin_that_was_never_published_is_found():
    pins = [{"id": "listen", "version": 3}, {"id": "room", "version": 1}]
    programme = Programme(id="a", title="A", for_whom="All.", modules=pins)
    known = Known(modules=(Pinned(id="listen", version=1), Pinned(id="listen", version=2),
                           Pinned(id="room", version=1)))  # fmt: skip
    assert list(unknown(programme.as_dict(), known)) == [
        (("modules", 0), "listen, version 3", "a published version of it; there is: 1, 2")
    ]


@pytest.mark.parametrize(
    "broken",
    [{}, {"modules": [1, None]}, {"modules": "x"}, {"techniques": 3}, {"techniques": [[], {}]},
     {"modules": [{"techniques": [1, []], "id": []}], "techniques": [{"id": []}, {"id": None}]},
     {"modules": [{"id": [], "version": {}}]}],
)  # fmt: skip
def test_looking_for_unknown_names_survives_any_document(broken):
    known = Known((), (), (Pinned(id="a", version=1),))
    try:
        list(unknown(broken, known))
    except TypeError as error:
        pytest.fail(str(error))
