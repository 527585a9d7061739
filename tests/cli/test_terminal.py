"""A real process at a real (pseudo) terminal: completion, a running clock, Ctrl-C."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from stepdown.encounter.log import read_log

CONTROL = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")

WHERE_AM_I = "\x1b[6n"


class Sitting:
    """Somebody who sits at a terminal and types."""

    def __init__(self, *arguments):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
        self.seen = ""
        environ = {**os.environ, "TERM": "xterm", "COLUMNS": "100", "LINES": "40"}
        self.process = subprocess.Popen(
            [Path(sys.executable).with_name("stepdown"), *map(str, arguments)],
            stdin=slave, stdout=slave, stderr=slave, env=environ, start_new_session=True,
        )  # fmt: skip
        os.close(slave)

    def until(self, text, seconds=60):
        """Read what is shown until a text appears."""
        end = time.monotonic() + seconds
        while text not in self.seen:
            ready, _, _ = select.select([self.master], [], [], max(0, end - time.monotonic()))
            assert ready, f"{text!r} did not appear in: {self.seen[-600:]}"
            try:
                read = os.read(self.master, 65536).decode("utf-8", "replace")
                if WHERE_AM_I in read:
                    self.types("\x1b[10;1R")
                self.seen += re.sub(r"\s+", " ", CONTROL.sub("", read))
            except OSError:
                assert text in self.seen, f"{text!r} did not appear in: {self.seen[-600:]}"
        self.seen = self.seen.split(text, 1)[1]

    def types(self, text):
        os.write(self.master, text.encode())

    def left(self):
        self.process.wait(30)
        os.close(self.master)
        return self.process.returncode


@pytest.mark.parametrize("pace", ["turn", "real"])
def test_an_encounter_is_played_at_a_terminal(tmp_path, pace):
    path = tmp_path / "log.jsonl"
    sitting = Sitting(
        "practice", "bridge", "--seed", 2, "--pace", pace, "--log", path, "--no-readings"
    )
    sitting.until("Enter begins")
    sitting.types("\r")
    sitting.until("/help /moves /stop")
    sitting.types("I'm Jo. I'll stay right here.\r")
    sitting.until(":")
    sitting.types("/rad\t")
    sitting.until("/radio")
    sitting.types("\r")
    sitting.until("radio right down")
    sitting.types("/stop\r")
    sitting.until("Review it:")
    assert sitting.left() == 0
    kinds = [(e.kind, e.data.get("move")) for e in read_log(path)]
    assert ("say", None) in kinds
    assert ("move", "radio_off") in kinds


def test_ctrl_c_stops_the_encounter_and_keeps_the_log(tmp_path):
    path = tmp_path / "log.jsonl"
    sitting = Sitting("practice", "bridge", "--seed", 2, "--log", path)
    sitting.until("Enter begins")
    sitting.types("\r")
    sitting.until("/help /moves /stop")
    sitting.types("\x03")
    sitting.until("Review it:")
    assert sitting.left() == 0
    assert read_log(path)[-1].data["how"] == "stopped"


def test_a_killed_terminal_leaves_a_log_that_can_be_gone_on_with(tmp_path):
    path = tmp_path / "log.jsonl"
    sitting = Sitting("practice", "bridge", "--seed", 2, "--log", path, "--no-readings")
    sitting.until("Enter begins")
    sitting.types("\r")
    sitting.until("/help /moves /stop")
    sitting.types("What happened?\r")
    while not any(e.kind == "say" for e in read_log(path)):
        assert sitting.process.poll() is None
    os.kill(sitting.process.pid, signal.SIGKILL)
    sitting.process.wait()
    os.close(sitting.master)
    assert any(e.kind == "say" for e in read_log(path))


def test_in_real_pace_a_pause_holds_the_clock_and_a_wait_is_logged(tmp_path):
    path = tmp_path / "log.jsonl"
    sitting = Sitting(
        "practice", "emergency_room", "--seed", 4, "--pace", "real", "--log", path, "--no-readings"
    )  # fmt: skip
    sitting.until("Enter begins")
    sitting.types("\r")
    sitting.until("/help /moves /stop")
    sitting.types("/pause\r")
    sitting.until("clock stands still")
    time.sleep(6)
    sitting.types("\r")
    sitting.until("/help /moves /stop")
    sitting.types("/wait 3\r")
    while not any(e.kind == "wait" for e in read_log(path)):
        assert sitting.process.poll() is None
        time.sleep(0.1)
    sitting.types("/stop\r")
    sitting.until("Review it:")
    assert sitting.left() == 0
    waited = next(e for e in read_log(path) if e.kind == "wait")
    assert waited.data["seconds"] == 3.0
    assert waited.t < 8


def test_a_log_that_can_no_longer_be_written_ends_the_sitting_with_an_error(tmp_path):
    folder = tmp_path / "full"
    folder.mkdir()
    done = subprocess.run(
        ["bash", "-c", 'ulimit -f 40; trap "" XFSZ; exec "$@"', "-",
         Path(sys.executable).with_name("stepdown"), "practice", "bridge", "--seed", "2",
         "--log", folder / "log.jsonl", "--no-readings"],
        input="I'm Jo. I'll stay right here.\n" * 40, text=True, capture_output=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr[-500:]
    assert "a place to write to" in done.stderr
    assert "Traceback" not in done.stderr
