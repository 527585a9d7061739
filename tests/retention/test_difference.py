from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stepdown.retention.curriculum import Item, Module, Part, Pinned, Programme
from stepdown.retention.difference import Difference, Step, difference
from tests.retention.lessons import curricula, curriculum, module, modules, texts

quick = settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=50)


def named(part: Any) -> str:
    return part if isinstance(part, str) else part["id"]


def applied(before: Part, found: Difference) -> Any:
    """Do to a document what a difference says was done."""
    document = before.model_dump(mode="json")
    lists: dict[tuple[str, ...], list[tuple[int, Any]]] = {}
    for change in found.changes:
        if change.kind == "changed":
            at(document, change.where[:-1])[change.where[-1]] = change.after
    for change in found.changes:
        if change.kind == "changed":
            continue
        *path, name = change.where
        parts = at(document, path)
        here = lists.setdefault(tuple(path), [])
        if change.kind == "added":
            here.append((change.place, change.after))
            continue
        part = next(p for p in parts if named(p) == name)
        parts.remove(part)
        if change.kind == "moved":
            here.append((change.after, part))
    for path, placed in lists.items():
        parts = at(document, list(path))
        for place, part in sorted(placed, key=lambda pair: pair[0]):
            parts.insert(place - 1, part)
    return document


def at(document: Any, path: Any) -> Any:
    for step in path:
        if isinstance(document, list):
            document = next(part for part in document if named(part) == step)
        else:
            document = document[step]
    return document


@quick
@given(curricula, curricula)
def test_doing_what_a_difference_says_leads_from_one_to_the_other(before, after):
    found = difference(before, after)
    assert type(after).model_validate(applied(before, found)) == after
    assert bool(found) == (before != after)


@quick
@given(st.data())
def test_parts_taken_out_put_in_moved_and_changed_are_all_accounted_for(data):
    before = data.draw(curricula)
    mixed = data.draw(st.permutations([*before.modules, *data.draw(st.lists(modules, max_size=3))]))
    kept: dict[str, Module] = {}
    for each in mixed[: data.draw(st.integers(1, len(mixed)))]:
        title = data.draw(st.sampled_from([each.title, "Other"]))
        kept.setdefault(each.id, each.model_copy(update={"title": title}))
    after = before.model_copy(update={"modules": tuple(kept.values())})
    found = difference(before, after)
    assert type(after).model_validate(applied(before, found)) == after
    assert bool(found) == (before != after)
    assert len({(c.kind, c.where) for c in found.changes}) == len(found.changes)


@given(modules)
def test_nothing_differs_from_itself(any_module):
    found = difference(any_module, Module.model_validate(any_module.as_dict()))
    assert not found


FIELDS = {
    "id": "other", "title": "Another title", "hours": 399.99,
    "delivery": "drop", "objectives": "add", "techniques": "add", "scenarios": "add",
    "when_talk_fails": "add", "fidelity": "add", "references": "add", "assumed": "add",
}  # fmt: skip
NEW = {
    "techniques": "zzzzzzzzz", "scenarios": "zzzzzzzzz",
    "references": {"id": "zzzzzzzzz", "source": "Somebody 2020"},
}  # fmt: skip


@quick
@given(modules, st.sampled_from(sorted(FIELDS)), st.integers(0, 4))
def test_one_field_that_changed_is_one_entry(before, field, place):
    document = before.model_dump(mode="json")
    if FIELDS[field] == "drop":
        every = ["classroom", "scenario", "practical", "online", "roll_call"]
        if len(document[field]) == len(every):
            document[field].pop()
        else:
            document[field].append(next(d for d in every if d not in document[field]))
    elif FIELDS[field] == "add":
        new = NEW.get(field, {"id": "zzzzzzzzz", "text": "New."})
        document[field].insert(min(place, len(document[field])), new)
    else:
        if document[field] == FIELDS[field]:
            return
        document[field] = FIELDS[field]
    found = difference(before, Module.model_validate(document))
    assert len(found.changes) == 1
    assert found.changes[0].where[0] == field


def test_every_field_of_a_module_is_among_those_mutated():
    assert set(FIELDS) == set(Module.model_fields)


@quick
@given(modules, texts, st.data())
def test_a_text_that_changed_within_a_list_is_one_entry(before, text, data):
    n = data.draw(st.integers(0, len(before.objectives) - 1))
    old = before.objectives[n]
    new = Item(id=old.id, text=text)
    after = before.model_copy(
        update={"objectives": (*before.objectives[:n], new, *before.objectives[n + 1 :])}
    )
    changes = difference(before, after).changes
    expected = [] if new == old else [("objectives", old.id, "text")]
    assert [change.where for change in changes] == expected


@quick
@given(curricula, st.data())
def test_one_module_that_moved_is_one_entry(before, data):
    order = list(before.modules)
    moved = order.pop(data.draw(st.integers(0, len(order) - 1)))
    order.insert(data.draw(st.integers(0, len(order))), moved)
    after = before.model_copy(update={"modules": tuple(order)})
    changes = difference(before, after).changes
    assert len(changes) == (0 if before == after else 1)
    assert all(change.kind == "moved" for change in changes)


def test_hours_in_all_are_those_of_all_modules_before_and_after():
    assert difference(curriculum(), curriculum(module("listen"))).hours == (5.5, 2.0)


def test_a_step_knows_the_title_of_a_part_or_its_place():
    before = curriculum(module("room", title="The room"), module("listen"))
    after = curriculum(
        module("listen", objectives=(Item(id="new", text="New."),
                                     Item(id="first", text="Listen before you ask."))),
        module("room", title="The room"),
    )  # fmt: skip
    changed = next(c for c in difference(before, after).changes if c.kind == "changed")
    assert changed.steps == (
        Step("modules", "listen", "Listening", 1), Step("objectives", "first", "", 2), Step("text"),
    )  # fmt: skip
    assert changed.where == ("modules", "listen", "objectives", "first", "text")


def test_versions_that_a_programme_pins_are_compared():
    def programme(*pins: tuple[str, int]) -> Programme:
        listed = tuple(Pinned(id=name, version=version) for name, version in pins)
        return Programme(id="a", title="A", for_whom="All.", modules=listed)

    found = difference(programme(("listen", 1), ("room", 1)), programme(("listen", 2), ("b", 1)))
    assert [(c.kind, c.where) for c in found.changes] == [
        ("removed", ("modules", "room")), ("changed", ("modules", "listen", "version")),
        ("added", ("modules", "b")),
    ]  # fmt: skip


def test_a_difference_is_json():
    found = difference(curriculum(), curriculum(module("x"), about="A\nb"))
    again = json.loads(json.dumps(found.as_dict()))
    assert set(again) == {"changes", "hours"}
    assert set(again["changes"][0]) == {"kind", "where", "before", "after", "place"}


def test_things_of_two_kinds_are_not_compared():
    with pytest.raises(TypeError):
        difference(module(), curriculum())
