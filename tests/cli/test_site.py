import json

import pytest
from django.test import override_settings
from typer.testing import CliRunner

from stepdown.cli import app
from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.audit.models import Entry


def run(*arguments, **environ):
    return CliRunner().invoke(app, list(map(str, arguments)), env=environ)


def flat(text):
    return " ".join(text.split())


@pytest.fixture(autouse=True)
def settings_of_the_tests(monkeypatch, settings):
    from tests.web.site import KEY

    settings.SILENCED_SYSTEM_CHECKS = ["async.E001"]  # what the tests in a browser need
    monkeypatch.setenv("STEPDOWN_SECRET_KEY", KEY)
    monkeypatch.setenv("STEPDOWN_HOSTS", "testserver")
    monkeypatch.setenv("STEPDOWN_MODE", "site")


def test_every_wrong_setting_is_said_at_once():
    done = run(
        "site", "check", STEPDOWN_HTTPS="maybe", STEPDOWN_SECRET_KEY="short",
        STEPDOWN_MODE="other", STEPDOWN_DATABASE_URL="oracle://x", STEPDOWN_LOG_LEVEL="loud",
        STEPDOWN_OIDC_SERVER="https://sso.example",
    )  # fmt: skip
    assert done.exit_code == 2
    for name in ("HTTPS", "SECRET_KEY", "MODE", "DATABASE_URL", "LOG_LEVEL", "OIDC_CLIENT_ID"):
        assert f"STEPDOWN_{name}" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.django_db
def test_the_site_of_the_tests_is_clean_but_for_its_administrator():
    done = run("site", "check", "--json")
    assert done.exit_code == 1, done.output
    found = json.loads(done.stdout)
    assert "the checks of Django for deployment find nothing" in found["well"]
    assert len(found["wrong"]) == 1
    assert "first-administrator" in found["wrong"][0]


@pytest.mark.django_db
def test_what_django_finds_is_said():
    with override_settings(SECURE_HSTS_SECONDS=0, SESSION_COOKIE_SECURE=False):
        done = run("site", "check")
    assert done.exit_code == 1
    assert "security.W004" in done.stdout
    assert "security.W012" in flat(done.stdout)


@pytest.mark.django_db
def test_the_first_administrator_gets_a_link_that_works_once():
    done = run("site", "first-administrator", "kim@agency.example")
    assert done.exit_code == 0, done.output
    link = done.stdout.strip()
    assert link.startswith("https://testserver/enter/")
    person = Person.objects.get(email="kim@agency.example")
    assert [g.role for g in person.grants.all()] == ["site_admin"]
    assert Entry.objects.filter(action="role given", record=str(person.id)).count() == 1
    again = run("site", "first-administrator", "KIM@agency.example").stdout.strip()
    assert again != link
    assert RoleGrant.objects.filter(role="site_admin").count() == 1
    person.set_password("a long enough password")
    person.save()
    assert run("site", "check").exit_code == 0


@pytest.mark.django_db
def test_while_one_waits_nobody_else_is_made_and_they_get_the_address(monkeypatch):
    from datetime import UTC, datetime

    from stepdown.web.accounts.entering import UNNAMED
    from stepdown.web.first import link_for_first

    link_for_first(datetime.now(UTC))
    monkeypatch.delenv("STEPDOWN_HOSTS")
    done = run("site", "first-administrator", "Kim@agency.example")
    assert done.stdout.startswith("http://127.0.0.1:8000/enter/")
    assert "They sign in as kim@agency.example." in flat(done.stderr)
    assert [p.email for p in Person.objects.all()] == ["kim@agency.example"]
    link_for_first(datetime.now(UTC))
    at = "http://127.0.0.1:8010/"
    other = run("site", "first-administrator", "lee@agency.example", "--address", at)
    assert other.stdout.startswith("http://127.0.0.1:8010/enter/")
    assert [p.email for p in Person.objects.all()] == ["kim@agency.example"]
    assert not Person.objects.filter(email=UNNAMED).exists()


def test_a_restore_without_a_key_asks_for_the_old_one(monkeypatch, tmp_path):
    monkeypatch.delenv("STEPDOWN_SECRET_KEY")
    monkeypatch.setenv("STEPDOWN_HOME", str(tmp_path))
    told = flat(run("restore", tmp_path / "a.zip").stderr)
    assert "the key of the site that made the backup" in told
    assert "python3 -c" not in told
    (tmp_path / "web" / "alone").mkdir(parents=True)
    (tmp_path / "web" / "alone" / "secret_key").write_text("k" * 48)
    told = flat(run("backup", tmp_path / "a.zip").stderr)
    assert "STEPDOWN_MODE=alone" in told


@pytest.mark.django_db
def test_what_is_no_address_makes_nobody_an_administrator():
    done = run("site", "first-administrator", "kim at home")
    assert done.exit_code == 2
    assert "an e-mail address" in done.stderr
    assert not Person.objects.exists()


@pytest.mark.django_db
def test_prepared_twice_it_has_nothing_to_do():
    done = run("site", "prepare")
    assert done.exit_code == 0, done.output
    assert done.stdout == "The tables are as this version needs them.\n"


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_what_is_no_backup_is_one_clear_error(command, tmp_path):
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear all")
    done = run(command, letter)
    assert done.exit_code == 2
    assert "backup" in done.stderr
    assert "Traceback" not in done.stderr
    assert letter.read_text() == "Dear all"
