from __future__ import annotations

from stepdown.cli.changes import lines
from stepdown.retention.curriculum import Item, Pinned, Programme
from stepdown.retention.difference import difference
from tests.retention.lessons import curriculum, module

NAMES = {"techniques": {}, "scenarios": {"bus": "On the bus"}}
LONG = " ".join(f"word{n}" for n in range(90))


def test_a_person_reads_one_plain_line_each():
    before = curriculum(module("listen"), module("room", hours=1.5, title="Room"), module("leave"))
    after = curriculum(
        module("leave", title="Listening"),
        module("listen", hours=2.5, title="Hearing", scenarios=("bus",),
               objectives=(Item(id="first", text="Listen before you ask."),)),
        module("clear", hours=1.0, title="Clear words"),
        about="New.",
    )  # fmt: skip
    assert lines(difference(before, after), NAMES) == (
        "About: {+New.+}",
        "Module “Room” removed: 1.5 hours",
        "Module “Listening” moved from place 3 to 1",
        "Module “Hearing”, title: [-Listening-] {+Hearing+}",
        "Module “Hearing”, hours: 2 → 2.5 (+0.5)",
        "Module “Hearing”, objective 1, text: Listen [-first.-] {+before you ask.+}",
        "Module “Hearing”, scenario bridge removed",
        "Module “Hearing”, scenario “On the bus” added",
        "Module “Clear words” added: 1 hour",
    )


def test_the_hours_in_all_are_told_when_they_differ():
    found = difference(curriculum(), curriculum(module("listen")))
    assert lines(found, NAMES)[-1] == "Hours in all: 5.5 → 2 (-3.5)"


def test_versions_that_a_programme_pins_are_told():
    def programme(*pins: tuple[str, int]) -> Programme:
        listed = tuple(Pinned(id=name, version=version) for name, version in pins)
        return Programme(id="a", title="A", for_whom="All.", modules=listed)

    found = difference(programme(("listen", 1), ("room", 1)), programme(("listen", 2), ("b", 1)))
    assert lines(found, NAMES) == (
        "Module room removed: version 1",
        "Module listen, version: 1 → 2 (+1)",
        "Module b added: version 1",
    )


def test_a_change_at_the_end_of_a_long_text_is_shown():
    before = module(objectives=(Item(id="first", text=f"{LONG} and then they leave."),))
    after = module(objectives=(Item(id="first", text=f"{LONG} and then they stay."),))
    (line,) = lines(difference(before, after), NAMES)
    assert line.startswith("Objective 1, text: … word8")
    assert line.endswith("and then they [-leave.-] {+stay.+} ".strip())


def test_an_added_text_is_shortened():
    after = module(objectives=(Item(id="first", text="Listen first."),
                               Item(id="more", text="word " * 300)))  # fmt: skip
    (line,) = lines(difference(module(), after), NAMES)
    assert line.startswith("Objective 2 added: word")
    assert len(line) < 450
