import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from django.urls import reverse

from stepdown.cli import app
from stepdown.web.database import database
from stepdown.web.environment import SETTINGS, read_environment

ROOT = Path(__file__).resolve().parents[3]
GUIDES = ("deploy.md", "serve.md")
TEXT = {name: (ROOT / "docs" / "how-to" / name).read_text() for name in GUIDES}
BLOCK = re.compile(r"```(\w*)\n(.*?)```", re.S)


def blocks(kind):
    return [text for found, text in BLOCK.findall(TEXT["deploy.md"]) if found == kind]


@pytest.mark.parametrize("name", GUIDES)
def test_every_setting_that_a_guide_names_exists(name):
    named = set(re.findall(r"STEPDOWN_[A-Z_]+", TEXT[name]))
    assert named
    assert {n.removesuffix("_FILE") for n in named} <= set(SETTINGS)


@pytest.mark.parametrize("name", GUIDES)
def test_every_command_that_a_guide_gives_exists_with_its_options(name):
    shown = " ".join(text for _, text in BLOCK.findall(TEXT[name]))
    lines = re.findall(r"(?:^|bin/|`)stepdown((?: [a-z-]+)+[^\n`]*)", shown + TEXT[name], re.M)
    lines = [line for line in lines if "=" not in line]
    assert len(lines) > 3
    for line in lines:
        given = shlex.split(line.split("#")[0].split("&&")[0])
        command = typer.main.get_command(app)
        while given and hasattr(command, "commands") and given[0] in command.commands:
            command = command.commands[given.pop(0)]
        assert not hasattr(command, "commands"), line
        options = {option for param in command.params for option in param.opts}
        assert {word for word in given if word.startswith("--")} <= options, line


def test_the_environment_of_the_guide_is_one_that_can_be_read(tmp_path):
    (tmp_path / "key").write_text("k" * 64)
    given = {
        name: shlex.split(value)[0]
        for name, _, value in (line.partition("=") for line in blocks("ini")[0].split("\n") if line)
    }
    given["STEPDOWN_SECRET_KEY_FILE"] = str(tmp_path / "key")
    site = read_environment(given)
    assert (site.https, site.proxy, site.hosts) == (True, True, ("training.agency.example",))
    assert "4444, day and night." in site.crisis_line
    found = database(site.database_url)
    assert (found["NAME"], found["HOST"]) == ("stepdown", "/run/postgresql")


def test_the_service_of_the_guide_starts_a_server_that_exists(tmp_path):
    unit = blocks("ini")[1].replace("\\\n", " ")
    command = shlex.split(re.search(r"^ExecStart=(.*)$", unit, re.M).group(1))
    assert command[0].endswith("/bin/gunicorn")
    environ = {**os.environ, "STEPDOWN_SECRET_KEY": "k" * 64, "STEPDOWN_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--check-config", *command[1:]], env=environ,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_address_for_single_sign_on_is_the_one_that_answers():
    back = reverse("openid_connect_callback", args=["sso"])
    assert f"https://training.agency.example{back}\n" in TEXT["deploy.md"]


def test_the_proxy_sets_what_the_site_believes():
    (proxy,) = blocks("nginx")
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in proxy
    assert "proxy_set_header X-Forwarded-Proto https;" in proxy
    assert "proxy_set_header Host $host;" in proxy
    assert proxy.count("{") == proxy.count("}")
