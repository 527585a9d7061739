"""The log of an encounter: the only truth, one event a line, written before it is acknowledged."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from stepdown.encounter.kinds import KINDS
from stepdown.encounter.kinds import wrong as wrong_data
from stepdown.problems import InputProblems, Problem

ENGINE = 1
"""Version of the equations and rules; a log is replayed by the version that made it."""

MOST_S = 10_000.0
MOST_BYTES = 64 * 1024 * 1024
UNREADABLE = (
    ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError,
)  # fmt: skip
"""What reading a line raises if it is no event."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was done or that happened: its number, seconds since the start, and what."""

    n: int
    t: float
    kind: str
    data: dict[str, Any]

    def line(self) -> bytes:
        """Return the event as one line of JSON; equal events give equal bytes."""
        record = {"n": self.n, "t": self.t, "kind": self.kind, **self.data}
        text = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return text.encode("utf-8", "backslashreplace") + b"\n"


Sink = Callable[[Event], None]


class LogFile:
    """A log on disk. `write` returns when the event is on the disk for good."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("xb", buffering=0)
        except FileExistsError as error:
            if not path.exists():
                raise _no_place(path, error) from error
            problem = Problem(
                str(path), "a file that exists", "a new file, since a log is never overwritten",
                "name another file, or move this one away",
            )  # fmt: skip
            raise InputProblems(path.name, [problem]) from error
        except OSError as error:
            raise _no_place(path, error) from error

    def write(self, event: Event) -> None:
        """Append one event and wait until the disk has it. Raises InputProblems if it cannot."""
        try:
            rest = memoryview(event.line())
            while rest:
                rest = rest[self._file.write(rest) or 0 :]
            os.fsync(self._file.fileno())
        except OSError as error:
            raise _no_place(self._path, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()


def read_log(path: Path) -> tuple[Event, ...]:
    """Read a log. A last line that was never finished was never acknowledged, and is left out.

    Raises InputProblems that name every broken line, or say that another version is needed.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _refused(path, [(str(path), "over 64 MiB", "the log of one encounter")])
        content = path.read_bytes()
    except OSError as error:
        raise _refused(
            path, [(str(path), error.strerror or "?", "a log that can be read")]
        ) from error
    whole, _, _ = content.rpartition(b"\n")
    return parsed(whole.split(b"\n") if whole else [], path)


def event_of(line: bytes | str) -> Event:
    """Return the event that `Event.line` wrote. Raises one of `UNREADABLE` if it did not."""
    record = json.loads(line, parse_constant=_no_number, parse_float=_finite)
    return Event(int(record.pop("n")), float(record.pop("t")), str(record.pop("kind")), record)


def parsed(lines: Iterable[bytes], path: Path) -> tuple[Event, ...]:
    """Return the events of the lines of a log."""
    events: list[Event] = []
    wrong: list[tuple[str, str, str]] = []
    for number, line in enumerate(lines, start=1):
        where = f"{path}: line {number}"
        try:
            event = event_of(line)
        except UNREADABLE as error:
            wrong.append((where, f"{type(error).__name__}: {error}", "one event as JSON"))
            continue
        if event.kind not in KINDS:
            wrong.append((where, event.kind[:80], f"one of {', '.join(KINDS)}"))
        else:
            wrong += [(where, *each) for each in wrong_data(event.kind, event.data)]
        if event.n != len(events):
            wrong.append((where, f"event {event.n}", f"event {len(events)}"))
        if not (events[-1].t if events else 0) <= event.t < MOST_S:
            wrong.append((where, f"{event.t} s", "seconds that never go back, below 10,000"))
        events.append(event)
    if not wrong and (not events or events[0].kind != "start"):
        wrong.append((str(path), "no start", "a log that begins with a start event"))
    if not wrong and events[0].data.get("engine") != ENGINE:
        given = f"engine {events[0].data.get('engine')}"
        wrong.append(
            (f"{path}: line 1", given, f"engine {ENGINE}: install the version that made it")
        )
    if wrong:
        raise _refused(path, wrong)
    return tuple(events)


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_number(text)


def _no_number(name: str) -> float:
    raise ValueError(f"{name[:40]} is no number")


def _no_place(path: Path, error: OSError) -> InputProblems:
    problem = Problem(
        str(path), error.strerror or str(error), "a place to write to",
        "check the folder's permissions and room; what was written before is kept",
    )  # fmt: skip
    return InputProblems(path.name, [problem])


def _refused(path: Path, wrong: list[tuple[str, str, str]]) -> InputProblems:
    fix = "use the log as it was written; nothing in it may be edited"
    return InputProblems(path.name, [Problem(*each, fix) for each in wrong])
