from __future__ import annotations

import json
import stat
import zipfile

import pytest

from tests.cli.test_audit import stepdown

EMAIL = "kim@north.example"


def _someone():
    from datetime import UTC, datetime, timedelta

    from stepdown.web.accounts.models import Agency, Person, RoleGrant
    from stepdown.web.practice.models import Encounter

    agency = Agency.objects.create(name="North")
    person = Person.objects.create_user("kim@north.example", "Kim")
    RoleGrant.objects.create(person=person, role="trainee", agency=agency)
    Encounter.objects.create(
        person=person, agency=agency, scenario="s", title="t", sector="s", scenario_hash="h",
        seed=1, pace="turn", ended_at=datetime.now(UTC) - timedelta(days=91), n_events=0,
    )  # fmt: skip


def _state():
    from stepdown.web.accounts.models import Person
    from stepdown.web.audit.models import Entry

    person = Person.objects.get()
    return person.name, person.held, sorted(Entry.objects.latest("number").detail.items())


@pytest.fixture
def site(own_site):
    own_site.call(_someone)
    return own_site


def test_a_copy_a_hold_its_end_and_an_erasure(site, tmp_path):
    out = tmp_path / "kim.zip"
    done = stepdown(site, "privacy", "export", EMAIL.upper(), "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    with zipfile.ZipFile(out) as archive:
        assert json.loads(archive.read("me.json"))[0]["email"] == EMAIL
    again = stepdown(site, "privacy", "export", EMAIL, "--out", str(out))
    assert (again.returncode, "File exists" in again.stderr) == (2, True)

    hold = ("privacy", "hold", EMAIL, "--agency", "North", "--reason", "A court asked")
    assert stepdown(site, *hold).returncode == 0
    refused = stepdown(site, "privacy", "erase", EMAIL, "--yes")
    assert (refused.returncode, "legal hold" in refused.stderr) == (2, True)
    unasked = stepdown(site, "privacy", "erase", EMAIL)
    assert (unasked.returncode, "Type the address" in unasked.stdout) == (2, False)
    release = ("privacy", "release", EMAIL, "--agency", "North")
    assert stepdown(site, *release).returncode == 0
    assert stepdown(site, *release).returncode == 1

    erased = stepdown(site, "privacy", "erase", EMAIL, "--yes")
    assert erased.returncode == 0, erased.stderr
    assert site.call(_state) == "('Erased person', False, [('by', 'command'), ('encounters', 1)])"


def test_what_cannot_be_found_or_read_is_said(site):
    nobody = stepdown(site, "privacy", "erase", "nobody@north.example", "--yes")
    assert (nobody.returncode, "nobody@north.example" in nobody.stderr) == (2, True)
    hold = stepdown(site, "privacy", "hold", EMAIL, "--agency", "South", "--reason", "x")
    assert (hold.returncode, "North" in hold.stderr) == (2, True)
    # the encounter was made without a single event
    due = stepdown(site, "privacy", "retain", "--json")
    assert due.returncode == 1
    told = json.loads(due.stdout)
    assert (told["deleted"], told["held"], len(told["failed"])) == (0, 0, 1)


def test_the_rules_are_shown_for_every_table(site):
    told = json.loads(stepdown(site, "privacy", "rules", "--json").stdout)
    tables = {table["table"]: table for table in told}
    assert tables["accounts.Person"]["personal"][0]["withheld"]["password"]
    assert "practice.Event" in stepdown(site, "privacy", "rules").stdout
