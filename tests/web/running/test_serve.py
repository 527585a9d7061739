import re
import socket
import stat

import psutil
import pytest

from tests.web.running.serving import Running
from tests.web.site import ENGINE

SLOW_TO_BEGIN = """
import threading, time
begin = threading.Thread.start
def slowly(thread):
    begin(thread)
    if thread.name.startswith("ThreadPool"):
        time.sleep(2)
threading.Thread.start = slowly
"""
START_CPU_S, LARGEST_MB = 5.0, 250
"""Seconds of processor time, which a busy machine can double: 2.5 s by the clock of a quiet one."""


def printed_link(site):
    """Read what a served site prints until its link is there."""
    for line in site.process.stdout:
        found = re.search(r"http://127\.0\.0\.1:\d+(/\S+)", line)
        if found and len(found.group(1)) > 8:
            return found.group(1)
    raise AssertionError("no link was printed")


@pytest.fixture
def new(tmp_path):
    site = Running(tmp_path / "new")
    yield site
    site.kill()


@pytest.mark.skipif(ENGINE != "sqlite", reason="one's own machine has SQLite")
def test_the_first_start_makes_everything_and_lets_an_administrator_in_once(new):
    new.key = ""
    new.start("--workers", "2")
    link = printed_link(new)
    assert link.startswith("/enter/")
    status, _, page = new.get(link)
    assert status == 200
    assert 'type="password"' in page
    given = {"name": "Kim Example", "email": "kim@x.example", "password1": "a long enough password",
             "password2": "a long enough password"}  # fmt: skip
    fields = set(re.findall(r'name="(\w+)"', page)) - {"csrfmiddlewaretoken", "language", "next"}
    assert new.post(link, {f: given.get(f, "a long enough password") for f in fields}, "")[0] == 302
    assert new.get(link)[0] in (404, 410)
    kept = new.home / "web" / "site"
    assert stat.S_IMODE((kept / "secret_key").stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    code, said = new.interrupt()
    assert code == 0
    assert "Traceback" not in said
    assert "terminate called" not in said
    new.start()
    assert "administrator" not in new.interrupt()[1]


def test_a_start_is_quick_and_workers_are_small(made, sites):
    site = sites()
    site.start("--workers", "2")
    main = psutil.Process(site.process.pid)
    workers = main.children()
    assert len(workers) == 2
    times = [main.cpu_times(), *(w.cpu_times() for w in workers)]
    assert sum(t.user + t.system for t in times) <= START_CPU_S
    trainee = made.people[0]
    page = f"/encounters/{trainee['encounters'][0]}/"
    for _ in range(4):
        assert site.get(page, trainee["session"])[0] == 200
    assert all(w.memory_full_info().uss / 1e6 <= LARGEST_MB for w in workers)
    assert site.interrupt()[0] == 0


def test_a_server_ends_though_a_thread_that_answers_is_just_beginning(sites):
    site = sites()
    site.start(first=SLOW_TO_BEGIN)
    assert site.interrupt()[0] == 0


def test_a_port_that_is_taken_is_said_with_one_that_is_free(sites):
    site = sites()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = site.command("serve", "--port", port, check=False)
    assert done.returncode == 2
    assert f"port {port}" in done.stderr
    free = int(re.search(r"stepdown serve --port (\d+)", done.stderr).group(1))
    assert port < free <= port + 50


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--host", "0.0.0.0"], "STEPDOWN_HOSTS"),
        (["--host", "0.0.0.0", "--demo"], "demo is for one's own machine"),
        (["--host", "::", "--alone"], "alone is for one's own machine"),
        (["--demo", "--alone"], "one of the two"),
        (["--fresh"], "--demo --fresh"),
        (["--host", "203.0.113.9"], "STEPDOWN_HOSTS"),
    ],
)
def test_what_would_let_others_in_without_https_is_refused(tmp_path, given, words):
    from typer.testing import CliRunner

    from stepdown.cli import app

    environ = {"STEPDOWN_HTTPS": "", "STEPDOWN_HOSTS": "", "STEPDOWN_HOME": str(tmp_path)}
    done = CliRunner().invoke(app, ["serve", *given], env=environ)
    assert done.exit_code == 2
    assert words in " ".join(done.stderr.split())
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(ENGINE != "sqlite", reason="one's own machine has SQLite")
def test_alone_the_printed_link_lets_one_in_and_nobody_else(new):
    new.start("--alone")
    link = printed_link(new)
    assert link.startswith("/alone/?token=")
    status, head, _ = new.get("/library/")
    assert (status, head["Location"]) == (302, "/alone/")
    for wrong in ("/alone/", "/alone/?token=", link[:-1], link + "x"):
        status, _, page = new.get(wrong)
        assert status == 403
        assert "Open the link that was printed" in page
    assert new.get("/account/login/")[0] == 404
    status, head, _ = new.get(link)
    assert (status, head["Location"]) == (302, "/")
    session = re.search(r"stepdown-session=(\w+)", head["Set-Cookie"]).group(1)
    status, _, page = new.get("/library/", session)
    assert status == 200
    start = {"pace": "turn", "seen": "on"}
    status, head, _ = new.post("/library/bridge/start/", start, session)
    assert status == 302
    encounter = head["Location"]
    sent = {"kind": "say", "key": "6e5a9f55-0000-4000-8000-000000000001", "text": "Hello."}
    assert new.post(f"{encounter}act/", sent, session)[0] == 302
    assert "Hello." in new.get(encounter, session)[2]
    old = link
    new.interrupt()
    new.start("--alone")
    assert new.get(old)[0] == 403
    assert new.get("/library/", session)[0] == 200


@pytest.mark.parametrize("mode", ["--demo", "--alone"])
def test_invented_people_never_get_into_the_record_of_a_site(tmp_path, mode):
    from typer.testing import CliRunner

    from stepdown.cli import app

    environ = {
        "STEPDOWN_DATABASE_URL": f"sqlite:///{tmp_path}/real",
        "STEPDOWN_HOME": str(tmp_path),
    }
    done = CliRunner().invoke(app, ["serve", mode], env=environ)
    assert done.exit_code == 2
    assert "has a database of its own" in " ".join(done.stderr.split())
    assert not list(tmp_path.iterdir())


def test_elsewhere_nobody_practises_alone(client):
    assert client.get("/alone/?token=x", secure=True).status_code == 404


def test_a_number_of_people_is_for_the_demonstration_and_is_told_how_to_write_it():
    from typer.testing import CliRunner

    from stepdown.cli import app

    done = CliRunner().invoke(app, ["serve", "--people", "5"])
    assert done.exit_code == 2
    assert "--demo --people 1000" in done.output
    assert "write them like this" in done.output
