from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import date, datetime, timedelta

import pytest

from stepdown.problems import InputProblems
from stepdown.retention.curriculum import Known, Pinned, Programme, digest
from stepdown.retention.publishing import Published, assembled, publish, publish_curriculum
from tests.retention.lessons import FIRST_DAY, curriculum, module, published

NEXT_DAY = FIRST_DAY + timedelta(days=1)


def refused(call, *arguments, **named) -> list[str]:
    with pytest.raises(InputProblems) as raised:
        call(*arguments, **named)
    assert all(p.where and p.given and p.expected and p.fix for p in raised.value.problems)
    return [problem.where for problem in raised.value.problems]


def test_versions_are_numbered_dated_and_say_why():
    first = publish(None, module(), " New. ", FIRST_DAY)
    assert (first.number, first.day, first.reason) == (1, FIRST_DAY, "New.")
    assert first.digest == digest(module())
    second = publish(first, module(hours=3.0), "More practice.", FIRST_DAY)
    assert (second.number, second.content.hours) == (2, 3.0)
    assert first.content.hours == 2.0


def test_a_published_version_cannot_change():
    first = publish(None, module(), "New.", FIRST_DAY)
    with pytest.raises(FrozenInstanceError):
        first.number = 2
    with pytest.raises(InputProblems, match="a content that was changed"):
        replace(first, content=module(title="Other"))


def test_everything_that_is_wrong_with_publishing_is_said_at_once():
    first = publish(None, module(), "New.", FIRST_DAY)
    known = Known(techniques=(), scenarios=("bridge",))
    before = FIRST_DAY - timedelta(days=1)
    assert refused(publish, first, module(), " \n", before, known) == [
        "the reason", "the day", "listen, after version 1", "listen: techniques.0",
    ]  # fmt: skip


@pytest.mark.parametrize("reason", ["", "  ", "\x00", "x" * 2001, "\ud800"])
def test_a_version_needs_a_reason(reason):
    assert refused(publish, None, module(), reason, FIRST_DAY) == ["the reason"]


def test_a_day_has_no_time():
    assert refused(publish, None, module(), "New.", datetime(2028, 1, 1)) == ["the day"]


def test_the_same_day_is_no_day_before():
    first = publish(None, module(), "New.", FIRST_DAY)
    assert publish(first, module(hours=1.0), "Shorter.", FIRST_DAY).number == 2


def test_a_version_keeps_its_id():
    first = publish(None, module(), "New.", FIRST_DAY)
    assert refused(publish, first, module("other"), "Why.", FIRST_DAY) == ["the id"]


def test_a_programme_pins_what_was_published():
    known = Known(modules=(Pinned(id="listen", version=1),))
    pins = (Pinned(id="listen", version=2),)
    programme = Programme(id="a", title="A", for_whom="All.", modules=pins)
    assert refused(publish, None, programme, "New.", FIRST_DAY, known) == ["a: modules.0"]


def test_a_curriculum_is_published_with_its_modules():
    found = published()
    assert [m.pin for m in found.modules] == list(found.programme.content.modules)
    assert {m.number for m in found.modules} == {1}
    assert found.curriculum == curriculum()
    assert found.hours == 5.5


def test_a_module_that_did_not_change_keeps_its_version():
    first = published()
    changed = curriculum(module("listen", hours=3.0), module("room", hours=1.5), module("leave"))
    second = publish_curriculum(first, changed, "More listening.", NEXT_DAY)
    assert [(m.content.id, m.number) for m in second.modules] == [
        ("listen", 2), ("room", 1), ("leave", 1),
    ]  # fmt: skip
    assert second.programme.number == 2
    assert second.modules[1].day == FIRST_DAY
    assert first.curriculum == curriculum()


def test_a_module_that_left_and_comes_back_goes_on_with_its_number():
    first = published()
    without = curriculum(module("listen"), module("room", hours=1.5))
    second = publish_curriculum(first, without, "Taken out.", NEXT_DAY)
    again = curriculum(module("listen"), module("room", hours=1.5), module("leave", hours=4.0))
    third = publish_curriculum(second, again, "Back.", NEXT_DAY, earlier=first.modules)
    assert [m.number for m in third.modules] == [1, 1, 2]
    same = curriculum(module("listen"), module("room", hours=1.5), module("leave"))
    third = publish_curriculum(second, same, "Back.", NEXT_DAY, earlier=first.modules)
    assert third.modules[2] == first.modules[2]


def test_a_new_order_is_a_change():
    modules = (module("listen"), module("room"))
    first = published(*modules)
    second = publish_curriculum(first, curriculum(*modules[::-1]), "Room first.", NEXT_DAY)
    assert second.programme.number == 2
    assert {m.number for m in second.modules} == {1}


def test_publishing_a_curriculum_says_everything_that_is_wrong_at_once():
    first = published()
    known = Known(techniques=("listening",), scenarios=())
    changed = curriculum(module("listen", hours=3.0), id="other")
    found = refused(publish_curriculum, first, changed, "", FIRST_DAY - timedelta(1), known)
    assert found == ["the reason", "the day", "the day", "other: modules.0.scenarios.0", "the id"]
    assert refused(publish_curriculum, first, curriculum(), "Why.", NEXT_DAY) == [
        "basics, after version 1"
    ]


def test_a_programme_is_put_together_from_the_versions_it_pins():
    first = published()
    second = publish_curriculum(
        first, curriculum(module("listen", hours=3.0)), "Only listening.", NEXT_DAY
    )
    every = (*first.modules, *second.modules)
    assert assembled(first.programme, every) == first
    assert assembled(second.programme, every) == second


def test_a_pinned_version_that_is_missing_is_named():
    first = published()
    with pytest.raises(InputProblems, match="no version 1 of room"):
        assembled(first.programme, [m for m in first.modules if m.content.id != "room"])


def test_published_values_are_values():
    assert published() == published()
    assert hash(published().programme.content) == hash(published().programme.content)
    assert isinstance(published(), Published)
    assert published(day=date(2028, 3, 1)) != published()
