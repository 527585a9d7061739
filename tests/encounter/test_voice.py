import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from stepdown.encounter.voice import Endpoint, screened, voice_of
from stepdown.problems import InputProblems, MissingExtra
from tests.encounter.people import play

LINE = "I shut the door on Friday. Nineteen years."


@contextmanager
def server(answer, wait=None):
    """Run a real server that answers every request the same way."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            size = int(self.headers["Content-Length"])
            asked.append((self.path, dict(self.headers), json.loads(self.rfile.read(size))))
            if wait:
                wait.wait(5)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            return

    found = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=found.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{found.server_port}/v1", asked
    finally:
        if wait:
            wait.set()
        found.shutdown()
        found.server_close()


def chat(text):
    return json.dumps({"choices": [{"message": {"content": text}}]}).encode()


def test_a_line_is_worded_anew_by_a_real_server(monkeypatch):
    monkeypatch.setenv("STEPDOWN_LLM_KEY", "secret")
    with server(chat("Closed it Friday. Nineteen years, gone.")) as (url, asked):
        assert Endpoint(url).worded(LINE, play().world) == "Closed it Friday. Nineteen years, gone."
    path, headers, body = asked[0]
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == "Bearer secret"
    assert LINE in body["messages"][1]["content"]


@pytest.mark.parametrize("answer", [b"", b"not json", b"{}", b'{"choices": []}', chat(""), b"[]"])
def test_an_answer_that_cannot_be_used_leaves_the_line(answer):
    with server(answer) as (url, _):
        assert Endpoint(url).worded(LINE, play().world) is None


def test_a_late_answer_leaves_the_line():
    with server(chat("Too late."), threading.Event()) as (url, _):
        assert Endpoint(url, timeout=0.2).worded(LINE, play().world) is None


def test_a_server_that_is_not_there_leaves_the_line():
    assert Endpoint("http://127.0.0.1:9/v1", timeout=0.5).worded(LINE, play().world) is None


def test_what_a_person_does_is_never_worded():
    assert Endpoint("http://127.0.0.1:9").worded("(He nods.)", play().world) is None


@pytest.mark.parametrize(
    "unsafe",
    ["", "   ", "I have the pills with me.", "As an AI, I can't.", "See https://example.org",
     "Officer: come down. Martin: no.", "word " * 60, "a\x00b"],
)  # fmt: skip
def test_unsafe_text_is_screened_out(unsafe):
    assert screened(LINE, unsafe) is None


def test_quotation_marks_and_later_lines_are_dropped():
    assert screened(LINE, '"Closed on Friday."\nNarrator: he sighs') == "Closed on Friday."


def test_an_encounter_logs_what_the_voice_said_and_what_was_written():
    with server(chat("Words of another kind.")) as (url, _):
        encounter = play(seed=3, voice=Endpoint(url))
        encounter.say("What happened?")
    reply = encounter.events[1].data["reply"]
    if not reply["text"].startswith("("):
        assert reply["text"] == "Words of another kind."
        assert reply["written"] == encounter.world.scenario.lines[reply["line"]].say


def test_a_voice_is_an_address_or_a_file(tmp_path):
    assert isinstance(voice_of("http://127.0.0.1:8080/v1"), Endpoint)
    for name in ("ftp://x", "file:secret", "nowhere.gguf"):
        with pytest.raises(InputProblems, match="voice"):
            voice_of(name)
    (tmp_path / "m.gguf").write_bytes(b"x")
    with pytest.raises(MissingExtra, match="llm"):
        voice_of(str(tmp_path / "m.gguf"))
