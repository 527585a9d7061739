import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from stepdown.encounter.play import Encounter as Played
from stepdown.problems import InputProblems
from stepdown.technique.coders import coder_for
from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.audit.models import Entry
from stepdown.web.limits import A_MINUTE
from stepdown.web.permission import Refused
from stepdown.web.policy import Role
from stepdown.web.practice import uploading
from stepdown.web.practice.models import ScenarioFile
from stepdown.web.practice.scenarios import listed, scenario_of
from tests.web.conftest import NOW
from tests.web.practice.broken import BROKEN
from tests.web.practice.malformed import malformed, sound

URL = "/scenarios/"


@pytest.fixture
def teacher(here):
    return here.people[Role.INSTRUCTOR].actor()


def add(actor, agency, text=None, name="ours.yaml"):
    content = sound() if text is None else text
    return uploading.add(actor, agency.id, name, content.encode(), NOW)


def version(n):
    return sound().replace("title:", f"title: Number {n} #", 1)


def test_a_sound_file_can_be_practised_by_the_agency_alone(here, elsewhere, teacher):
    row = add(teacher, here.agency)
    assert (row.name, row.digest, row.text) == ("bridge", scenario_of(teacher, str(row.id)).digest,
                                                sound())  # fmt: skip
    assert str(row.id) in {item.key for item in listed(here.people[Role.TRAINEE].actor())}
    stranger = elsewhere.people[Role.TRAINEE].actor()
    assert str(row.id) not in {item.key for item in listed(stranger)}
    with pytest.raises(Refused):
        scenario_of(stranger, str(row.id))


def test_a_version_never_changes_and_a_new_one_is_a_new_row(here, teacher):
    first, second = add(teacher, here.agency, version(1)), add(teacher, here.agency, version(2))
    assert first.id != second.id
    first.refresh_from_db()
    assert first.text == version(1)
    with pytest.raises(InputProblems, match="a version that is there"):
        add(teacher, here.agency, version(1) + "\n# only a remark\n")
    assert ScenarioFile.objects.count() == 2


def test_withdrawn_with_all_its_versions_it_comes_back_when_added_again(here, teacher):
    first, second = add(teacher, here.agency, version(1)), add(teacher, here.agency, version(2))
    uploading.withdraw(teacher, second.id, NOW)
    assert not [item for item in listed(teacher) if item.own]
    back = add(teacher, here.agency, version(1))
    assert back.id == first.id
    assert [item.key for item in listed(teacher) if item.own] == [str(first.id)]


def test_who_may_add_and_who_may_withdraw(here, elsewhere, teacher):
    row = add(teacher, here.agency)
    for role, person in here.people.items():
        if role not in (Role.INSTRUCTOR, Role.COORDINATOR):
            for act in (lambda a: add(a, here.agency, version(9)),
                        lambda a: uploading.find(a, row.id),
                        lambda a: uploading.withdraw(a, row.id, NOW)):  # fmt: skip
                with pytest.raises(Refused):
                    act(person.actor())
    for person in elsewhere.people.values():
        with pytest.raises(Refused) as raised:
            uploading.find(person.actor(), row.id)
        assert raised.value.hidden
        with pytest.raises(Refused):
            add(person.actor(), here.agency, version(3))
    other = Person.objects.create_user("o@here.example", "Other")
    RoleGrant.objects.create(
        person=other, role=Role.INSTRUCTOR, agency=here.agency, unit=here.other_unit
    )
    uploading.find(other.actor(), row.id)
    with pytest.raises(Refused):
        uploading.withdraw(other.actor(), row.id, NOW)
    uploading.withdraw(here.people[Role.COORDINATOR].actor(), row.id, NOW)


def test_adding_and_withdrawing_are_noted_without_the_text(here, teacher):
    row = add(teacher, here.agency)
    uploading.withdraw(teacher, row.id, NOW)
    noted = Entry.objects.filter(kind="scenario", outcome="done").order_by("number")
    assert [e.record for e in noted] == [str(row.id)] * 2
    assert noted[0].detail == {"digest": row.digest}


def test_everything_wrong_is_said_at_once_with_its_line(here, teacher):
    text = sound().replace("minutes:", "minutes: -3 #", 1).replace("profile:", "profile: x #", 1)
    text = text.replace("sector:", "sectr:", 1)
    with pytest.raises(InputProblems) as raised:
        add(teacher, here.agency, text)
    places = [p.where for p in raised.value.problems]
    assert len(places) == 4
    for field in ("minutes", "sectr"):
        line = next(n for n, x in enumerate(text.split("\n"), 1) if x.startswith(f"{field}:"))
        assert f"ours.yaml: line {line}, {field}" in places


@pytest.mark.parametrize(("name", "content", "told"), [
    ("a.yml", b"id: x", "as NAME.yaml"), ("a.yaml.exe", b"id: x", "as NAME.yaml"),
    ("", b"id: x", "as NAME.yaml"), ("a.yaml", bytes(300 * 1024), "128 KB at most"),
    ("a.yaml", b"id: x\ntitle: \xe9\n", "line 2"), ("a.yaml", b"", "fields such as id"),
    ("../../etc/a.yaml", b"- 1", "^a.yaml"),
])  # fmt: skip
def test_what_is_no_scenario_file_is_refused_with_words(here, teacher, name, content, told):
    with pytest.raises(InputProblems, match=told):
        uploading.add(teacher, here.agency.id, name, content, NOW)


@pytest.mark.parametrize("escape", ["\\0", "\\u202e", "\\e", "\\x85"])
def test_a_sign_that_cannot_be_seen_is_named(here, teacher, escape):
    text = sound().replace("attribution:", "attribution_:", 1) + f'\nattribution: "a{escape}"\n'
    text = text if "attribution_:" not in text else text.replace("attribution_:", "#", 1)
    with pytest.raises(InputProblems, match="attribution"):
        add(teacher, here.agency, text)


def test_broken_files_are_answered_in_words_and_nothing_is_half_stored(
    here, browser_of, monkeypatch
):
    monkeypatch.setitem(A_MINUTE, "bring", 10**6)
    client = browser_of(here.people[Role.INSTRUCTOR])
    kept = 0
    for name, content in malformed(BROKEN, seed=1):
        file = SimpleUploadedFile(name, content, "application/yaml")
        answer = client.post(f"{URL}add/", {"agency": here.agency.id, "file": file})
        text = answer.content.decode()
        assert answer.status_code in (302, 400), name
        if answer.status_code == 302:
            kept += 1
        else:
            assert 'class="problems"' in text, name
            assert "nothing was stored" in text, name
        assert ScenarioFile.objects.count() == kept
    assert kept < 0.4 * BROKEN


def test_whatever_is_accepted_can_be_played_and_shown(here, teacher):
    played, wordless = 0, []
    for name, content in malformed(18, seed=2):
        try:
            row = uploading.add(teacher, here.agency.id, name, content, NOW)
        except InputProblems as error:
            wordless += [p for p in error.problems if not (p.where and p.expected and p.fix)]
            continue
        scenario = uploading.scenario(row)
        uploading.warnings(scenario)
        encounter = Played.start(scenario, 3, coder_for("en"), lambda event: None)
        encounter.say("Hello, what happened?")
        encounter.advance(60)
        played += 1
    assert played == ScenarioFile.objects.count()
    assert not wordless


def test_the_page_of_a_version_shows_what_it_lacks(here, teacher, browser_of):
    row = add(teacher, here.agency, re.sub(r"(?ms)^sources:.*?(?=^\w)", "", sound()))
    page = browser_of(here.people[Role.INSTRUCTOR]).get(f"{URL}{row.id}/")
    lacks = uploading.warnings(uploading.scenario(row))
    assert lacks
    assert page.content.decode().count('<th scope="row">') == len(lacks)


def test_it_is_handed_out_as_the_file_that_it_was(here, elsewhere, teacher, browser_of):
    row = add(teacher, here.agency)
    url = f"{URL}{row.id}/download/"
    answer = browser_of(here.people[Role.INSTRUCTOR]).get(url)
    assert answer.content.decode() == sound()
    assert answer["Content-Disposition"] == f'attachment; filename="bridge-{row.digest}.yaml"'
    assert browser_of(here.people[Role.TRAINEE]).get(url).status_code == 404
    assert browser_of(elsewhere.people[Role.INSTRUCTOR]).get(url).status_code == 404


def test_a_file_that_was_not_sent_or_is_far_too_large_is_answered_in_words(here, browser_of):
    client = browser_of(here.people[Role.INSTRUCTOR])
    answer = client.post(f"{URL}add/", {"agency": here.agency.id})
    assert (answer.status_code, b"choose one" in answer.content) == (400, True)
    large = SimpleUploadedFile("a.yaml", bytes(4 * 1024 * 1024))
    answer = client.post(f"{URL}add/", {"agency": here.agency.id, "file": large})
    assert answer.status_code == 413
    for agency in ("", "x", uuid.uuid4()):
        file = SimpleUploadedFile("a.yaml", sound().encode())
        answer = client.post(f"{URL}add/", {"agency": agency, "file": file})
        assert answer.status_code in (400, 404)
    assert not ScenarioFile.objects.exists()


def test_the_list_shows_own_agencies_alone(here, elsewhere, teacher, browser_of):
    add(teacher, here.agency)
    add(elsewhere.people[Role.INSTRUCTOR].actor(), elsewhere.agency)
    text = browser_of(here.people[Role.INSTRUCTOR]).get(URL).content.decode()
    assert ("Here instructor" in text, "Elsewhere instructor" in text) == (True, False)
    assert "<table" not in browser_of(here.people[Role.TRAINEE]).get(URL).content.decode()
