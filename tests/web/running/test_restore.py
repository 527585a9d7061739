import json
import os
import signal
import stat
import subprocess
import sys
import time

import pytest

from tests.web.running.test_backup import account, left, said
from tests.web.site import ENGINE

sqlite_only = pytest.mark.skipif(ENGINE != "sqlite", reason="it is about the file of SQLite")

WRITER = """
from stepdown.web.setup import prepare_django
prepare_django()
from django.db import connection
from stepdown.web.accounts.models import Person
connection.ensure_connection()
with connection.cursor() as c:
    c.execute("PRAGMA wal_autocheckpoint=0")
for n in range(40):
    Person.objects.create_user(f"late{n}@city.example", f"Late {n}")
print("written", flush=True)
input()
"""

SPOILED = """
import sys
from stepdown.web.setup import prepare_django
site = prepare_django()
from pathlib import Path
from django.db import connection
from stepdown.web import copies, restore
from stepdown.problems import InputProblems
kind = type(copies.engine())
load, calls = kind.load, []
def spoiled(self, content):
    load(self, content)
    calls.append(content)
    if len(calls) == 1:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM practice_event")
kind.load = spoiled
try:
    restore.restore(site, Path(sys.argv[1]), force=True)
except InputProblems as problems:
    print(problems)
    sys.exit(2)
"""

LOOK = """
import json
from stepdown.web.setup import prepare_django
prepare_django()
from django.contrib.sessions.models import Session
from stepdown.web.accounts.models import OneTimeLink, Token
from stepdown.web.audit.log import verify
from stepdown.web.audit.models import Entry
from stepdown.web.records.models import Feed
last = Entry.objects.latest("number")
print(json.dumps({
    "action": last.action, "detail": last.detail, "broken": verify().broken,
    "sessions": Session.objects.count(), "tokens": Token.objects.count(),
    "links": [link.used_at is None for link in OneTimeLink.objects.all()],
    "calendars": [feed.counter > 5 for feed in Feed.objects.all()],
}))
"""

GIVEN = """
from datetime import timedelta
from django.utils import timezone
from stepdown.web.setup import prepare_django
prepare_django()
from stepdown.web.accounts.models import OneTimeLink, Person, Token
from stepdown.web.records.models import Feed
person, later = Person.objects.first(), timezone.now() + timedelta(days=7)
OneTimeLink.objects.create(person=person, digest="x", expires_at=later)
Token.objects.create(person=person, name="x", digest="x", expires_at=later)
Feed.objects.create(person=person, counter=5)
"""


@pytest.fixture(scope="module")
def backed(made, tmp_path_factory):
    """A backup of a site in which a link, an API key, a calendar and sessions are open."""
    folder = tmp_path_factory.mktemp("backed")
    site = made.copy(folder / "site")
    site.run([sys.executable, "-c", GIVEN])
    site.command("backup", folder / "a.zip")
    return folder / "a.zip"


def facts_of(site, path):
    return json.loads(site.command("backup", path, "--json").stdout)["manifest"]["facts"]


def killed_while_it_wrote(site):
    """Leave what a process that was killed leaves: turns that stand in the log alone."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER], env=site.environ, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout.readline() == "written\n"
        process.send_signal(signal.SIGKILL)
    assert beside(site, "-wal").stat().st_size > 100_000


def beside(site, end):
    return site.database.with_name(site.database.name + end)


@sqlite_only
@pytest.mark.parametrize("more", [[], ["--force"]])
def test_a_log_that_was_left_without_its_file_is_not_played_into_the_backup(
    backed, sites, tmp_path, more
):
    site = sites()
    killed_while_it_wrote(site)
    log = beside(site, "-wal").read_bytes()
    site.database.rename(tmp_path / "moved")
    done = json.loads(site.command("restore", backed, *more, "--json").stdout)
    assert left(facts_of(site, tmp_path / "b.zip")) == left(account(backed)["facts"])
    (kept,) = [p for p in site.database.parent.iterdir() if p.name.startswith("before-restore-")]
    assert done["aside"] == str(kept)
    assert (kept / f"{site.database.name}-wal").read_bytes() == log


@sqlite_only
def test_a_log_that_was_left_with_its_file_is_kept_aside_with_it(backed, sites, tmp_path):
    site = sites()
    killed_while_it_wrote(site)
    done = json.loads(site.command("restore", backed, "--force", "--json").stdout)
    assert done["held"] == 44
    assert account(done["aside"])["facts"]["tables"]["accounts_person"] == 44
    assert left(facts_of(site, tmp_path / "b.zip")) == left(account(backed)["facts"])


def test_what_is_not_as_the_backup_says_is_undone(backed, sites, tmp_path):
    site = sites()
    site.script("people_more")
    before = facts_of(site, tmp_path / "b.zip")
    done = site.run([sys.executable, "-c", SPOILED, str(backed)], check=False)
    assert done.returncode == 2, done.stderr
    assert "practice_event" in done.stdout
    assert facts_of(site, tmp_path / "c.zip") == before


@sqlite_only
def test_where_nothing_was_nothing_is_left_of_what_is_not_as_it_says(backed, sites):
    site = sites()
    site.database.unlink()
    done = site.run([sys.executable, "-c", SPOILED, str(backed)], check=False)
    assert done.returncode == 2, done.stderr
    assert not site.database.exists()


def test_a_restore_is_noted_and_ends_what_may_have_been_ended_since(backed, sites):
    site = sites()
    done = json.loads(site.command("restore", backed, "--force", "--json").stdout)
    found = json.loads(site.run([sys.executable, "-c", LOOK]).stdout)
    assert found == {
        "action": "restored", "broken": [], "sessions": 0, "tokens": 0, "links": [False],
        "calendars": [True],
        "detail": {
            "made_at": account(backed)["made_at"], "head": account(backed)["facts"]["head"],
            "replaced": account(done["aside"])["facts"]["head"],
        },
    }  # fmt: skip


def test_a_site_that_is_served_is_not_restored(backed, sites, made):
    site = sites()
    site.start("--workers", "2")
    refused = site.command("restore", backed, "--force", check=False)
    assert refused.returncode == 2
    assert "is served now" in said(refused)
    assert "Nothing was changed" in site.command("restore", backed, "--dry-run").stdout
    assert site.get("/library/", made.people[0]["session"])[0] == 200
    site.interrupt()
    site.command("restore", backed, "--force")


@pytest.mark.skipif(ENGINE != "postgresql", reason="a server knows who is connected")
def test_a_database_that_others_have_open_is_not_restored(backed, sites):
    import psycopg

    site = sites()
    with psycopg.connect(site.url):
        refused = site.command("restore", backed, "--force", check=False)
    assert refused.returncode == 2
    assert "open in 1 other connections" in said(refused)
    time.sleep(0.1)
    site.command("restore", backed, "--force")


@sqlite_only
def test_nobody_else_can_read_the_file_of_a_new_site(sites):
    site = sites()
    site.database.unlink()
    old = os.umask(0o022)
    try:
        site.command("site", "prepare")
        killed_while_it_wrote(site)
    finally:
        os.umask(old)
    for end in ("", "-wal", "-shm"):
        assert stat.S_IMODE(beside(site, end).stat().st_mode) == 0o600
