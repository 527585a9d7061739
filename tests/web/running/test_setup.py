import stat
import subprocess
import threading

import pytest

from stepdown.problems import InputProblems
from stepdown.web import settings
from stepdown.web.environment import keep_key
from stepdown.web.setup import has, make_folder, migrate, usual
from tests.web.running.serving import ROOT, STEPDOWN, Running, made
from tests.web.site import ENGINE


def test_two_that_prepare_one_site_at_once_both_succeed(tmp_path):
    site = Running(tmp_path / "site")
    if ENGINE == "postgresql":
        site = Running(tmp_path / "site", made('CREATE DATABASE "at_once"', "at_once"))
    both = [
        subprocess.Popen(
            [*STEPDOWN, "site", "prepare"], cwd=ROOT, env=site.environ, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        for _ in range(2)
    ]  # fmt: skip
    said = [process.communicate()[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert sum("Done: accounts.0001_initial" in text for text in said) == 1


def test_a_key_is_made_once_whoever_asks_first(tmp_path):
    threads = [threading.Thread(target=keep_key, args=(tmp_path,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    path = tmp_path / "secret_key"
    first = path.read_text()
    keep_key(tmp_path)
    assert len(first) >= 50
    assert path.read_text() == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["secret_key"]


def test_what_was_given_by_itself_or_as_a_file_stays():
    environ = {"STEPDOWN_HTTPS_FILE": "somewhere", "STEPDOWN_LOG_LEVEL": "DEBUG"}
    usual(environ, {"STEPDOWN_HTTPS": "0", "STEPDOWN_LOG_LEVEL": "ERROR", "STEPDOWN_PROXY": "0"})
    assert environ == {"STEPDOWN_HTTPS_FILE": "somewhere", "STEPDOWN_LOG_LEVEL": "DEBUG",
                       "STEPDOWN_PROXY": "0"}  # fmt: skip
    assert has(environ, "STEPDOWN_HTTPS")
    assert not has(environ, "STEPDOWN_HOSTS")


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputProblems, match="STEPDOWN_HOME"):
        make_folder(tmp_path / "file" / "web")


def test_a_database_that_does_not_answer_is_one_clear_error(tmp_path):
    bare = Running(tmp_path)
    environ = {**bare.environ, "STEPDOWN_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nowhere"}
    if ENGINE == "sqlite":
        (tmp_path / "no.sqlite3").mkdir()
        environ["STEPDOWN_DATABASE_URL"] = f"sqlite:///{tmp_path}/no.sqlite3"
    done = subprocess.run(
        [*STEPDOWN, "site", "prepare"], cwd=ROOT, env=environ, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stdout
    assert "Traceback" not in done.stderr
    assert "STEPDOWN_DATABASE_URL" in done.stderr


@pytest.mark.django_db
@pytest.mark.skipif(ENGINE != "sqlite", reason="it is about a database in memory")
def test_a_database_in_memory_leaves_no_file(settings, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    migrate(settings.SITE)
    assert list(tmp_path.iterdir()) == []


def test_a_site_keeps_passwords_as_argon2_hashes_whatever_the_tests_use():
    assert settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
