import datetime as dt

import pytest

from stepdown.problems import InputProblems
from stepdown.retention.hours_rules import (
    find_jurisdiction,
    jurisdictions,
    parsed_jurisdiction,
    read_jurisdiction,
)

RULE = """
  - effective_from: {start}
    {until}
    cycle: {{months: 12, anchor: calendar_year}}
    hours: 8
    source: Policy 4.2
    read_at: our handbook
    read_on: 2026-01-01
"""


def text(*rules, head="id: ours\nname: Ours\n"):
    return head + "rules:" + "".join(rules)


def rule(start="2020-01-01", until="", **change):
    made = RULE.format(start=start, until=until and f"effective_until: {until}")
    for old, new in change.values():
        assert old in made
        made = made.replace(old, new)
    return made


def test_what_ships_are_examples_and_say_so():
    assert len(jurisdictions()) == 3
    for found in jurisdictions().values():
        assert found.example
        assert found.name.startswith("Example")
        assert all(r.source.startswith("assumed") for r in found.rules)


def test_rules_are_in_force_on_their_first_and_last_day():
    found = parsed_jurisdiction(text(rule(until="2024-02-29"), rule("2024-03-01")), "x.yaml")
    assert found.rule_on(dt.date(2019, 12, 31)) is None
    assert found.rule_on(dt.date(2024, 2, 29)) is found.rules[0]
    assert found.rule_on(dt.date(2024, 3, 1)) is found.rules[1]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (text(rule(), rule("2024-03-01")), "in force on one day"),
        (text(rule("2024-03-01", "2025-01-01"), rule("2020-01-01")), "not in order"),
        (text(rule(until="2019-01-01")), "before `effective_from`"),
        (text(rule("0001-01-01")), "1000-01-01"),
        (text(rule(a=("months: 12", "months: 24"))), "calendar year has 12 months"),
        (text(rule(a=("calendar_year", "fixed"))), "`start` goes with"),
        (text(rule(a=("hours: 8", "hours: -1"))), "at least 0"),
        (text(rule(a=("hours: 8", "hours: 8.1"))), "multiple of 0.25"),
        (text(rule(a=("hours: 8", "hours: 2\n    topics: [{id: a, name: A, hours: 3}]"))),
         "more hours than there are"),
        (text(rule(a=("hours: 8", "hours: 8\n    topics: [{id: a, name: A, hours: 1}, "
                      "{id: a, name: B, hours: 1}]"))), "twice"),
        (text(rule(a=("hours: 8", "hours: 8\n    topics: [{id: a, name: Talk, hours: 1}, "
                      "{id: b, name: TALK, hours: 1}]"))), "a name of its own"),
        (text(rule(a=("hours: 8", "hours: 8\n    topics: [{id: a, name: All training, "
                      "hours: 1}]"))), "other than `All training`"),
        (text(rule(a=("    read_on: 2026-01-01\n", ""))), "read_on"),
        (text(rule(a=("    source: Policy 4.2\n", ""))), "source"),
        (text(rule(), head="id: ours\nname: Ours\nseat_hours: 4\n"), "seat_hours"),
        ("id: ours\nname: Ours\nrules: []\n", "rules"),
    ],
)  # fmt: skip
def test_rules_that_do_not_agree_with_themselves_are_refused_with_the_line(given, said):
    with pytest.raises(InputProblems, match=said) as error:
        parsed_jurisdiction(given, "ours.yaml")
    assert error.value.problems[0].where.startswith("ours.yaml: line ")


def test_rules_are_found_by_id_or_file(tmp_path):
    (tmp_path / "ours.yaml").write_text(text(rule()))
    assert find_jurisdiction("example_yearly") is jurisdictions()["example_yearly"]
    assert find_jurisdiction(str(tmp_path / "ours.yaml")) == read_jurisdiction(
        tmp_path / "ours.yaml"
    )
    with pytest.raises(InputProblems, match="example_yearly"):
        find_jurisdiction("texas")
