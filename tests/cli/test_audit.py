from __future__ import annotations

import json
import subprocess
import sys

RUN = "from stepdown.cli import app; app()"


def stepdown(site, *given):
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", RUN, *given], env=site.environ, text=True,
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip


def _some_entries():
    from stepdown.web.audit.log import note
    from stepdown.web.policy import Actor

    return [note(Actor(), f"act {n}").seal for n in range(5)][-1]


def _tamper(what):
    from django.db import connection

    from stepdown.web.audit.triggers import keep, release

    verbs, editor = ("update", "delete", "truncate"), connection.schema_editor()
    release(editor, "audit_entry", verbs)
    with connection.cursor() as cursor:
        cursor.execute(what)
    keep(editor, "audit_entry", verbs)


def test_a_whole_log_is_said_to_be_whole_with_its_seal(own_site):
    head = own_site.call(_some_entries)
    done = stepdown(own_site, "audit", "verify", "--head", head)
    assert done.returncode == 0, done.stderr
    assert "entries: 5" in done.stdout
    assert head in done.stdout
    told = json.loads(stepdown(own_site, "audit", "verify", "--json").stdout)
    assert told == {"entries": 5, "head": head, "broken": [], "replaced": None}


def _restored(replaced):
    from stepdown.web.audit.log import note
    from stepdown.web.policy import Actor

    note(Actor(), "restored", "site", detail={"head": "0", "replaced": replaced})


def test_the_end_of_a_record_that_was_replaced_is_found_in_the_restore(own_site):
    own_site.call(_some_entries)
    own_site.call(_restored, "5f0c")
    done = stepdown(own_site, "audit", "verify", "--head", "5f0c")
    assert done.returncode == 0, done.stdout
    assert "was replaced by the restore of 20" in done.stdout
    other = stepdown(own_site, "audit", "verify", "--head", "77aa")
    assert other.returncode == 1
    assert "or it is of the record that the restore of 20" in other.stdout


def test_a_broken_log_names_its_entries_and_fails(own_site):
    head = own_site.call(_some_entries)
    own_site.call(_tamper, "UPDATE audit_entry SET action = 'x' WHERE number = 2")
    done = stepdown(own_site, "audit", "verify")
    assert (done.returncode, "entry 2 was changed" in done.stdout) == (1, True)
    own_site.call(_tamper, "DELETE FROM audit_entry WHERE number = 5")
    done = stepdown(own_site, "audit", "verify", "--head", head, "--json")
    assert done.returncode == 1
    assert [told[:7] for told in json.loads(done.stdout)["broken"]] == ["entry 2", "the ent"]


def test_a_site_without_tables_is_told_what_to_do(own_site, tmp_path):
    own_site.environ["STEPDOWN_DATABASE_URL"] = f"sqlite:///{tmp_path / 'other.sqlite3'}"
    done = stepdown(own_site, "audit", "verify")
    assert done.returncode == 2
    assert "stepdown site prepare" in done.stderr
