import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
import zipfile
from contextlib import suppress

import pytest

from tests.web.running.killing import HURRIED, Trainee
from tests.web.running.serving import STEPDOWN
from tests.web.site import ENGINE


def account(path):
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("manifest.json"))["manifest"]


def left(facts):
    """What a restore leaves as it was in a record."""
    ended = ("django_session", "usersessions_usersession", "accounts_token", "audit_entry")
    tables = {name: rows for name, rows in facts["tables"].items() if name not in ended}
    return tables, facts["migrations"]


def said(done):
    return " ".join(done.stderr.split())


@pytest.fixture(scope="module")
def backed(made, tmp_path_factory):
    """A site at rest and a backup of it."""
    folder = tmp_path_factory.mktemp("backed")
    site = made.copy(folder / "site")
    site.command("backup", folder / "a.zip")
    return site, folder / "a.zip"


def test_a_backup_made_while_people_write_is_whole_and_counts_one_moment(made, sites, tmp_path):
    site = sites()
    site.start("--threads", "3", first=HURRIED)
    people = [Trainee(site, p["session"], p["encounters"]) for p in made.people]
    threads = [threading.Thread(target=p.play) for p in people]
    for thread in threads:
        thread.start()
    while sum(len(p.acknowledged) for p in people) < 6:
        time.sleep(0.02)
    before = sum(len(p.acknowledged) for p in people)
    done = json.loads(site.command("backup", tmp_path / "a.zip", "--json").stdout)
    after = sum(len(p.acknowledged) for p in people)
    for person in people:
        person.stop.set()
    for thread in threads:
        thread.join()
    site.kill()
    assert [p.faults for p in people] == [[], [], []]
    assert (done["opened"], done["broken"]) == (True, [])
    held = account(tmp_path / "a.zip")["facts"]["tables"]
    assert before <= held["practice_act"] <= after + len(people)
    other = sites()
    other.command("restore", tmp_path / "a.zip", "--force")
    (tmp_path / "none.json").write_text("[]")
    found = other.script("tally", tmp_path / "none.json")
    assert found["wrong"] == []
    assert found["acts"] == held["practice_act"]


def test_only_its_owner_can_read_a_backup_and_nothing_else_is_left(backed):
    _, path = backed
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir() if p.name != "site"] == ["a.zip"]
    found = account(path)
    assert found["engine"] == ENGINE
    assert found["facts"]["tables"]["accounts_person"] == 4
    assert "accounts.0001_initial" in found["facts"]["migrations"]
    assert found["facts"]["entries"] == 36


def test_in_a_folder_a_backup_is_named_by_its_time_and_other_files_are_spared(sites, tmp_path):
    site, folder = sites(), tmp_path / "backups"
    site.command("backup", f"{folder}/")
    (found,) = folder.iterdir()
    assert found.name.startswith("stepdown-20")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    time.sleep(1)
    site.command("backup", f"{folder}/")
    assert len(list(folder.iterdir())) == 2
    (tmp_path / "letter.txt").write_text("Dear all")
    refused = site.command("backup", tmp_path / "letter.txt", check=False)
    assert refused.returncode == 2
    assert "a file that is there already" in said(refused)
    assert (tmp_path / "letter.txt").read_text() == "Dear all"
    before = found.read_bytes()
    assert site.command("backup", found, check=False).returncode == 2
    assert found.read_bytes() == before


def test_a_restored_site_is_the_one_that_was_backed_up(backed, made, sites, tmp_path):
    _, path = backed
    other = sites()
    other.start()
    trainee = made.people[0]
    sent = {"kind": "say", "key": "6e5a9f55-0000-4000-8000-000000000001", "text": "Hello there."}
    act = f"/encounters/{trainee['encounters'][0]}/act/"
    assert other.post(act, sent, trainee["session"])[0] == 302
    other.kill()
    refused = other.command("restore", path, check=False)
    assert refused.returncode == 2
    assert "holds a record of 4 people" in said(refused)
    dry = other.command("restore", path, "--dry-run").stdout
    assert "Nothing was changed" in dry
    done = json.loads(other.command("restore", path, "--force", "--json").stdout)
    assert done["done"]
    again = json.loads(other.command("backup", tmp_path / "b.zip", "--json").stdout)["manifest"]
    assert left(again["facts"]) == left(account(path)["facts"])
    aside = account(done["aside"])["facts"]["tables"]
    assert aside["practice_act"] == 1
    other.command("restore", done["aside"], "--force")
    session = other.script("session", trainee["person"])
    other.start()
    status, _, page = other.get(f"/encounters/{trainee['encounters'][0]}/", session)
    assert status == 200
    assert "Hello there." in page


def test_an_empty_site_takes_a_backup_without_being_forced(backed, tmp_path):
    site, path = backed
    if ENGINE == "postgresql":
        from tests.web.running.serving import Running, made

        empty = Running(tmp_path / "new", made('CREATE DATABASE "fresh"', "fresh"))
    else:
        empty = type(site)(tmp_path / "new")
    done = json.loads(empty.command("restore", path, "--json").stdout)
    assert (done["done"], done["aside"], done["held"]) == (True, None, 0)


def test_a_backup_that_was_cut_off_changes_nothing(backed, tmp_path):
    site, path = backed
    cut = tmp_path / "cut.zip"
    cut.write_bytes(path.read_bytes()[:-9000])
    done = site.command("restore", cut, "--force", check=False)
    assert done.returncode == 2
    assert "a whole backup" in said(done)
    assert "Traceback" not in done.stderr


def test_a_backup_of_another_key_is_taken_only_when_told_so(backed, sites):
    _, path = backed
    other = sites()
    environ = {**other.environ, "STEPDOWN_SECRET_KEY": "another key that is long enough to be one"}
    for more, code in (([], 2), (["--other-key"], 0)):
        done = subprocess.run(
            [*STEPDOWN, "restore", path, "--force", *more], env=environ, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        assert ("its seal does not fit" in said(done)) is bool(code)


def test_a_backup_of_the_other_engine_or_of_a_newer_version_is_refused(backed, tmp_path):
    from stepdown.web import archive
    from tests.web.site import KEY

    site, path = backed
    found = archive.read(path, KEY)
    with zipfile.ZipFile(path) as old:
        (tmp_path / "database").write_bytes(old.read("database"))
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[ENGINE]
    facts = archive.Facts(
        found.facts.tables, (*found.facts.migrations, "practice.9999_from_the_future"),
        found.facts.entries, found.facts.head,
    )  # fmt: skip
    made = archive.Manifest(1, "9.9.9", other, found.made_at, facts, found.size, found.sha256)
    (tmp_path / "x.zip").touch()
    archive.write(tmp_path / "x.zip", made, tmp_path / "database", KEY)
    done = site.command("restore", tmp_path / "x.zip", "--force", check=False)
    assert done.returncode == 2
    assert f"a backup of {ENGINE}" in said(done)
    assert "made by version 9.9.9, which is newer" in said(done)


def test_a_broken_audit_chain_is_backed_up_and_said_loudly(sites, tmp_path):
    site = sites()
    site.run([sys.executable, "-c", BREAK])
    done = site.command("backup", tmp_path / "a.zip", check=False)
    assert done.returncode == 1
    assert "entry 5 was changed" in done.stdout
    other = sites()
    refused = other.command("restore", tmp_path / "a.zip", check=False)
    assert "an unbroken chain" in said(refused)


BREAK = """
from stepdown.web.setup import prepare_django
prepare_django()
from django.db import connection
with connection.cursor() as c:
    if connection.vendor == "sqlite":
        c.execute("SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='audit_entry'")
        for (name,) in c.fetchall():
            c.execute(f"DROP TRIGGER {name}")
    else:
        c.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
    c.execute("UPDATE audit_entry SET action = 'nothing' WHERE number = 5")
"""


@pytest.mark.parametrize("delay", [0.0, 0.15])
def test_a_backup_that_is_killed_leaves_no_file_and_can_be_made_again(backed, tmp_path, delay):
    site, _ = backed
    new = tmp_path / "a.zip"
    killed(site, ["backup", str(new)], new.parent / ".a.zip.part", delay)
    if new.exists():
        pytest.skip("it was done before it was killed")
    site.command("backup", new)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.zip"]


@pytest.mark.parametrize("delay", [0.0, 0.2, 0.5])
def test_a_restore_that_is_killed_leaves_what_was_there_or_all_of_the_new(
    backed, sites, tmp_path, delay
):
    _, path = backed
    other = sites()
    other.script("people_more")
    work = other.home / "web" / "site" / ".restore.work"
    killed(other, ["restore", str(path), "--force"], work, delay)
    found = json.loads(other.command("backup", tmp_path / "b.zip", "--json").stdout)
    people = found["manifest"]["facts"]["tables"]["accounts_person"]
    assert people in (4, 5)
    assert (found["opened"], found["broken"]) == (True, [])
    if people == 4:
        assert left(found["manifest"]["facts"]) == left(account(path)["facts"])


def killed(site, given, sign, delay):
    """Run a command and kill it and all it runs, `delay` seconds after `sign` is there."""
    process = subprocess.Popen(
        [*STEPDOWN, *given], env=site.environ, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while not sign.exists() and process.poll() is None:
        time.sleep(0.005)
    time.sleep(delay)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
