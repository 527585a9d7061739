from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from stepdown.encounter.library import library
from stepdown.encounter.review.rubric import domains
from stepdown.problems import InputProblems
from stepdown.retention.curriculum import Known
from stepdown.retention.curriculum_file import (
    find_curriculum,
    parsed,
    read_curriculum,
    shipped,
    starter,
    written,
)
from stepdown.technique.reading import reading_grade
from tests.retention.lessons import curricula, curriculum

KNOWN = Known(techniques=tuple(domains()), scenarios=tuple(library()))
SMALL = """\
id: small
title: Small
for_whom: Everybody.
techniques:
  - {id: leave, name: Leaving}
modules:
  - id: listen
    title: Listening
    hours: 2
    delivery: [classroom]
    objectives:
      - {id: first, text: Listen first.}
    techniques: [listening, leave]
    scenarios: [bridge]
"""


def refusal(text: str, known: Known = KNOWN) -> InputProblems | None:
    try:
        parsed(text, "x.yaml", known)
    except InputProblems as error:
        return error
    return None


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(curricula)
def test_what_is_written_reads_back_exactly(any_curriculum):
    text = written(any_curriculum)
    assert parsed(text, "x.yaml") == any_curriculum
    assert written(parsed(text, "x.yaml")) == text


def test_what_is_written_is_for_people_to_read():
    text = written(curriculum(about="Long. " * 40))
    assert text.startswith("id: basics\ntitle: Basics\nfor_whom: Everybody.\nabout: >-\n")
    assert max(map(len, text.splitlines())) <= 110


def test_a_small_file_is_read():
    found = parsed(SMALL, "small.yaml", KNOWN)
    assert (found.id, found.hours, found.modules[0].techniques) == (
        "small", 2.0, ("listening", "leave"),
    )  # fmt: skip


def test_everything_wrong_is_said_at_once_with_its_line():
    broken = (
        SMALL.replace("hours: 2", "hours: two").replace("[classroom]", "[classroom, dance]")
        .replace("[listening, leave]", "[listening, magic]").replace("[bridge]", "[brigde]")
        .replace("title: Small\n", "titel: Small\n")
    )  # fmt: skip
    found = refusal(broken)
    assert sorted(problem.where for problem in found.problems) == [
        "x.yaml: line 1, title",
        "x.yaml: line 10, modules 1, delivery 2",
        "x.yaml: line 13, modules 1, techniques 2",
        "x.yaml: line 14, modules 1, scenarios 1",
        "x.yaml: line 2, titel",
        "x.yaml: line 9, modules 1, hours",
    ]
    fixes = {problem.where.rsplit(", ", 1)[1]: problem.fix for problem in found.problems}
    assert fixes["titel"] == "did you mean `title`?"
    assert fixes["hours"].endswith("the reference of curricula explains every field")
    assert {p.where.rsplit(", ", 1)[1]: p.expected for p in found.problems}["hours"] == "a number"


def test_names_are_free_where_nothing_is_handed_over():
    assert refusal(SMALL.replace("listening", "magic"), Known()) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "fields such as"), ("- a\n", "fields such as"), ("a: [", "YAML"),
        ("a: &x [1]\nb: *x\n", "aliases are not allowed"), ("[" * 3000, "nested too deeply"),
        ('id: "\\ud800"\n', "half a character"), ("id: a\nid: b\n", "YAML"),
        ("!!python/object:os.system x", ""),
    ],
)  # fmt: skip
def test_what_is_no_curriculum_is_refused_and_no_crash(text, said):
    assert said in str(refusal(text))


@pytest.mark.parametrize("old", ["classroom", "listening, leave", "bridge"])
def test_lists_without_end_are_refused_at_once(old):
    found = refusal(SMALL.replace(old, ", ".join([old] * 20_000)), Known())
    assert "at most 200 items" in found.problems[0].expected


def test_a_thousand_broken_files_give_errors_and_never_a_crash():
    rng = random.Random(5)
    refused = 0
    for _ in range(1000):
        lines = SMALL.splitlines()
        for _ in range(rng.randint(1, 3)):
            place = rng.randrange(len(lines))
            cut = rng.randrange(len(lines[place]) + 1)
            extra = rng.choice("{}[]\"'*&%:-\u2028\x07é!| \n")
            lines[place] = lines[place][:cut] + extra + lines[place][cut + rng.randint(0, 2) :]
        refused += refusal("\n".join(lines)) is not None
    assert refused > 300


def test_files_are_read_and_what_cannot_be_is_said(tmp_path: Path):
    (tmp_path / "a.yaml").write_text(SMALL)
    assert read_curriculum(tmp_path / "a.yaml", KNOWN).id == "small"
    (tmp_path / "big.yaml").write_bytes(b"#" * (3 * 1024 * 1024))
    for name in ("big.yaml", "none.yaml", "."):
        with pytest.raises(InputProblems):
            read_curriculum(tmp_path / name)


def test_a_curriculum_is_found_by_its_id_or_its_file(tmp_path: Path):
    (tmp_path / "a.yaml").write_text(SMALL)
    assert find_curriculum("crisis_intervention") is starter()
    assert find_curriculum(str(tmp_path / "a.yaml")).id == "small"
    with pytest.raises(InputProblems, match="crisis_intervention"):
        find_curriculum("crisis")


def test_the_starter_has_sixteen_hours_in_eight_modules():
    assert starter().hours == 16
    assert len(starter().modules) == 8
    assert shipped()["crisis_intervention"] is starter()


def test_the_starter_names_only_what_there_is_and_uses_all_of_it():
    assert parsed(written(starter()), "starter.yaml", KNOWN) == starter()
    taught = {t for m in starter().modules for t in m.techniques}
    assert taught == {*domains(), *(t.id for t in starter().techniques)}
    assert {s for m in starter().modules for s in m.scenarios} == set(library())


def test_every_module_of_the_starter_has_sources_assumptions_and_a_checklist():
    for module in starter().modules:
        assert module.references
        assert module.assumed
        assert len(module.fidelity) >= 2
        for reference in module.references:
            assert reference.shows, reference.id


def test_a_source_is_told_alike_wherever_it_stands():
    told: dict[str, set[tuple[str, str]]] = {}
    for module in starter().modules:
        for reference in module.references:
            told.setdefault(reference.id, set()).add((reference.source, reference.doi))
    assert all(len(sources) == 1 for sources in told.values())


def test_one_module_says_what_to_do_when_talk_fails():
    (module,) = (m for m in starter().modules if m.when_talk_fails)
    steps = {item.id for item in module.when_talk_fails}
    assert {"disengage", "contain", "hand_over", "proportionate_force", "report", "first_aid",
            "own_aftermath"} <= steps  # fmt: skip
    assert {"car_park", "warrant", "robbery"} <= set(module.scenarios)


def test_the_starter_is_plain_and_respectful():
    said = written(starter()).lower()
    for word in ("excited delirium", "psychotic", "crazy", "suspect", "perpetrator", "offender"):
        assert word not in said
    for module in starter().modules:
        for item in (*module.objectives, *module.when_talk_fails, *module.fidelity):
            assert (reading_grade(item.text) or 0) <= 11, item.text
