from __future__ import annotations

from dataclasses import replace

import pytest
from django.apps import apps

from stepdown.web.privacy.rule import Blank, Keep, Table
from stepdown.web.privacy.rules import TABLES


def wrong_with(tables: tuple[Table, ...]) -> list[str]:
    """Return what is missing from a table of rules, or has no field."""
    by_model = {table.model: table for table in tables}
    wrong = []
    for model in apps.get_models(include_auto_created=True):
        name = model._meta.label
        table = by_model.pop(name, None)
        if table is None:
            wrong.append(f"{name} has no rules")
            continue
        fields = {f.name for f in (*model._meta.concrete_fields, *model._meta.local_many_to_many)}
        personal = {field for side in table.sides for field in side.fields}
        wrong += [f"{name}.{f} has no rule" for f in sorted(fields - personal - set(table.plain))]
        wrong += [f"{name}.{f} is no field" for f in sorted((personal | set(table.plain)) - fields)]
        wrong += [f"{name}.{f} is said twice" for f in sorted(personal & set(table.plain))]
        for side in table.sides:
            wrong += _wrong_with_side(name, side, set(table.plain))
    return wrong + [f"{name} is no table" for name in by_model]


def _wrong_with_side(name, side, plain):
    both = set(side.shown) & set(side.withheld)
    wrong = [f"{name}.{f} is shown and withheld" for f in sorted(both)]
    wrong += [f"{name}.{f}: why withheld?" for f, why in side.withheld.items() if not why]
    if isinstance(side.erase, Keep) and not side.erase.why:
        wrong.append(f"{name}: why kept?")
    if isinstance(side.erase, Blank):
        values, kept = set(side.erase.values), set(side.erase.kept)
        wrong += [f"{name}.{f}: what becomes of it?" for f in side.fields - values - kept]
        wrong += [f"{name}.{f} is blanked and kept" for f in values & kept]
        wrong += [f"{name}.{f} is blanked, not ruled" for f in values - side.fields - plain]
        wrong += [f"{name}.{f}: why kept?" for f, why in side.erase.kept.items() if not why]
    return wrong


def test_every_field_of_every_table_has_a_rule_and_every_rule_a_field():
    assert wrong_with(TABLES) == []


def test_every_field_that_is_not_personal_says_why():
    assert [(t.model, f) for t in TABLES for f, why in t.plain.items() if not why] == []


def test_sides_have_names_of_their_own_that_are_plain_file_names():
    names = [side.name for table in TABLES for side in table.sides]
    assert len(names) == len(set(names))
    assert all(name.replace("_", "").isalpha() and name.isascii() for name in names)


def _without(model, field):
    def cut(table):
        if table.model != model:
            return table
        plain = {k: v for k, v in table.plain.items() if k != field}
        sides = tuple(
            replace(
                s, shown=tuple(f for f in s.shown if f != field),
                withheld={k: v for k, v in s.withheld.items() if k != field},
            )
            for s in table.sides
        )  # fmt: skip
        return replace(table, plain=plain, sides=sides)

    return tuple(cut(table) for table in TABLES)


@pytest.mark.parametrize(
    ("model", "field"),
    [("accounts.Person", "name"), ("practice.Event", "line"), ("sessions.Session", "session_data"),
     ("mfa.Authenticator", "data"), ("contenttypes.ContentType", "model")],
)  # fmt: skip
def test_a_field_without_a_rule_is_found(model, field):
    assert f"{model}.{field} has no rule" in wrong_with(_without(model, field))


def test_a_table_without_rules_and_a_rule_without_a_field_are_found():
    assert "practice.Comment has no rules" in wrong_with(
        tuple(t for t in TABLES if t.model != "practice.Comment")
    )
    more = tuple(
        replace(t, plain={**t.plain, "shoe_size": "why not"}) if t.model == "accounts.Unit" else t
        for t in TABLES
    )
    assert wrong_with(more) == ["accounts.Unit.shoe_size is no field"]
