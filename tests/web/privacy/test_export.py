from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.db.models import CharField, GenericIPAddressField, JSONField, TextField

from stepdown.web.audit.models import Entry
from stepdown.web.permission import Refused
from stepdown.web.policy import Role
from stepdown.web.practice.models import Event
from stepdown.web.privacy.export import export
from stepdown.web.privacy.rule import rows_of
from stepdown.web.privacy.rules import TABLES
from tests.web.conftest import NOW

TEXTS = (CharField, TextField, JSONField, GenericIPAddressField)
OF_A_LIST = {("role", "roles"), ("type", "second_factors"), ("pace", "encounters"),
             ("pace", "encounters_of_no_agency"), ("mark", "checklists_i_marked"),
             ("kind", "audiences_i_said"), ("seed_by", "rollouts_i_drew")}  # fmt: skip
"""Fields that hold one of a few words, and so no mark."""


def unzipped(person, actor=None):
    packed = b"".join(export(actor or person.actor(), person.pk, NOW))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def texts(person, side_fields):
    """Yield (side, field, value) of every text that is kept about somebody."""
    for table in TABLES:
        for side in table.sides:
            for row in rows_of(table, side, person):
                for name in side_fields(side):
                    if isinstance(row._meta.get_field(name), TEXTS):
                        yield side.name, name, str(getattr(row, name))


def marks(value):
    return [part for part in value.replace("'", '"').split('"') if part.startswith("anna-")]


def test_the_people_of_these_tests_have_a_mark_in_every_personal_text(two):
    marked = {(side, name) for side, name, value in texts(two.anna, lambda s: s.fields)
              if "anna-" in value or value == "192.0.2.1"}  # fmt: skip
    wanted = {
        (side.name, name)
        for table in TABLES
        for side in table.sides
        for name in side.fields
        if isinstance(table.of._meta.get_field(name), TEXTS)
    }
    others = {"what_others_did_with_my_record", "legal_holds_i_set", "sessions"}
    assert {
        w for w in wanted - marked if w[0] not in others and (w[1], w[0]) not in OF_A_LIST
    } == set()


def test_an_export_holds_everything_that_is_kept_about_a_person(two):
    two.anna.encounters.update(ended_at=NOW)
    files = unzipped(two.anna)
    whole = "\n".join(files.values())
    for side, name, value in texts(two.anna, lambda s: s.shown):
        for mark in marks(value) or [value]:
            assert mark in whole, (side, name)


def test_an_export_holds_nothing_of_anybody_else(two):
    files = unzipped(two.anna)
    whole = "\n".join(files.values())
    assert "bert-" not in whole
    assert "192.0.2.2" not in whole
    teacher = two.place.people[Role.INSTRUCTOR]
    named = {name for name, text in files.items() if teacher.name in text}
    assert named == {
        "comments_on_my_assessments.json",
        "scores_of_my_assessments.json",
        "exams.json",
    }
    assert str(teacher.pk) not in whole


def test_an_export_holds_no_secret(two):
    whole = "\n".join(unzipped(two.anna).values())
    secrets = ("password", "totp", "digest", "link", "key", "tok", "toksecret", "confirmation")
    assert [s for s in secrets if f"anna-{s}" in whole.replace("anna-token", "")] == []


def test_what_instructors_wrote_on_my_assessment_and_what_i_wrote_on_others_are_mine(two):
    files = unzipped(two.anna)
    mine = json.loads(files["comments_on_my_assessments.json"])
    assert {row["text"] for row in mine} == {"anna-here-comment", "anna-alone-comment"}
    assert {row["by"] for row in mine} <= {two.place.people[Role.INSTRUCTOR].name, None}
    made = json.loads(files["comments_i_made.json"])
    assert [row["text"] for row in made] == ["anna-madecomment"]
    assert "encounter" not in made[0]


def test_the_log_of_each_encounter_is_a_file_that_the_review_command_could_read(two):
    two.anna.encounters.update(ended_at=NOW)
    row = two.anna.encounters.get(agency=two.place.agency)
    Event.objects.create(encounter=row, n=1, line='{"n": 1}')
    files = unzipped(two.anna)
    assert files[f"encounters/{row.pk}.jsonl"] == 'anna-here-words\n{"n": 1}\n'


def test_of_a_running_assessment_neither_words_nor_seed_are_given_until_it_has_ended(two):
    row = two.anna.encounters.get(agency=two.place.agency)
    files = unzipped(two.anna)
    assert f"encounters/{row.pk}.jsonl" not in files
    assert "anna-here-words" not in "".join(files.values())
    [listed] = [r for r in json.loads(files["encounters.json"]) if r["id"] == str(row.pk)]
    assert "seed" not in listed
    assert "assessment that still runs" in files["READ ME.txt"]
    practice = two.anna.encounters.get(agency=None)
    assert f"encounters/{practice.pk}.jsonl" in files
    two.anna.encounters.filter(pk=row.pk).update(ended_at=NOW)
    files = unzipped(two.anna)
    assert files[f"encounters/{row.pk}.jsonl"] == "anna-here-words\n"
    assert '"seed": 7' in files["encounters.json"]


def test_names_of_files_are_ours_whatever_a_person_is_called(two):
    two.anna.name = "../../../etc/passwd"
    two.anna.save()
    names = list(unzipped(two.anna))
    assert not [n for n in names if ".." in n or n.startswith("/") or "\\" in n]
    assert len(names) == len(set(names))


def test_an_export_says_what_it_leaves_out_and_why(two):
    told = unzipped(two.anna)["READ ME.txt"]
    assert "me.json" in told
    assert "not given: password (a secret" in told


def test_only_the_person_themselves_exports_and_it_is_noted(two):
    for role in (Role.AGENCY_ADMIN, Role.SITE_ADMIN, Role.INSTRUCTOR):
        with pytest.raises(Refused):
            export(two.place.people[role].actor(), two.anna.pk, NOW)
    assert Entry.objects.filter(action="exported").count() == 0
    unzipped(two.anna)
    entry = Entry.objects.get(action="exported")
    assert (entry.actor, entry.record) == (two.anna.pk, str(two.anna.pk))


def test_an_export_comes_in_pieces_and_asks_as_often_for_many_encounters_as_it_must(
    two, django_assert_max_num_queries
):
    with django_assert_max_num_queries(93):
        pieces = list(export(two.anna.actor(), two.anna.pk, NOW))
    assert len(pieces) > 10
