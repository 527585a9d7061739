"""An encounter in a terminal: lines are spoken, lines that begin with / are done."""

from __future__ import annotations

import difflib
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.table import Table

from stepdown.cli.console import OUT, plain
from stepdown.encounter.log import Event
from stepdown.encounter.moves import Move
from stepdown.encounter.play import Encounter
from stepdown.encounter.review.reading import RISKS, due
from stepdown.encounter.review.review import told
from stepdown.encounter.world import World
from stepdown.problems import StepdownError

HELP = """Type what you say and press Enter. What you do begins with a slash:
  /back  /sit  /hands  /softer ...   a move; /moves lists those you have here, Tab completes
  /wait 10                            say nothing for ten seconds (five, without a number)
  /look                               look at the person again
  /read                               put on record what you read in the situation
  /pause                              stop the clock until you press Enter
  /stop                               stop the encounter; the log is kept
  /help                               this text"""
TICK_S = 0.5
SHORTEST = 3
DEFAULT_WAIT_S, MOST_WAIT_S = 5.0, 120.0
_NUMBER = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,3})?")

Ask = Callable[[str], str]


class _Left(Exception):
    """The trainee left a question by Ctrl-C or Ctrl-D, or the input has ended."""


class Terminal:
    """Play one encounter with whoever types."""

    def __init__(self, encounter: Encounter, *, real: bool, readings: bool) -> None:
        self.encounter, self.real, self.readings = encounter, real, readings
        self._lock = threading.Lock()
        self._read_at: list[float] = []
        self._begun = 0.0
        self._seen = ""
        self._failed: BaseException | None = None

    def play(self) -> None:
        """Play until the encounter ends, the trainee stops, or the input does."""
        words = self._commands()
        self.show(self.encounter.events[-1:] if len(self.encounter.events) > 1 else [])
        self._look()
        with _asking(words, self._toolbar) as ask:
            self._begun = time.monotonic() - self.encounter.t
            ticker = threading.Thread(target=self._tick, daemon=True)
            if self.real:
                ticker.start()
            while not self.encounter.over:
                self._choices()
                try:
                    line = ask("> ").strip()
                    if self._failed is not None:
                        raise self._failed
                    if not self.encounter.over:
                        self._act(line, ask)
                except _Left:
                    self._stop()
        ended = self.encounter.world.ended or {}
        if ended.get("how") == "stopped":
            OUT.print("Stopped. The log is kept.")

    def show(self, events: Sequence[Event]) -> None:
        """Print what happened."""
        for event in events:
            _print_event(event, self.encounter.world)

    def _act(self, line: str, ask: Ask) -> None:
        encounter = self.encounter
        if not line:
            return
        if line.startswith("/"):
            self._command(line[1:].strip(), ask)
        elif (number := _number(line)) is not None and encounter.chapter:
            with self._lock:
                done = encounter.choose(int(number) - 1)
                self.show(done)
            if not done:
                OUT.print(f"There is no choice {line} here.", style="yellow", markup=False)
        else:
            with self._lock:
                self.show(encounter.say(line, self._now()))
        if not encounter.over:
            self._look()
            self._maybe_read(ask)

    def _command(self, command: str, ask: Ask) -> None:
        name, _, rest = command.partition(" ")
        if name in ("help", "?", ""):
            OUT.print(HELP, markup=False, highlight=False)
        elif name == "moves":
            self._list_moves()
        elif name == "stop":
            self._stop()
        elif name == "look":
            self._look(again=True)
        elif name == "read":
            self._read(ask)
        elif name == "pause":
            self._pause(ask)
        elif name == "wait":
            self._wait(rest)
        else:
            self._move(command)

    def _stop(self) -> None:
        with self._lock:
            self.show(self.encounter.stop())

    def _pause(self, ask: Ask) -> None:
        """Hold the clock until Enter: nobody, the person included, does anything meanwhile."""
        with self._lock:
            begun = time.monotonic()
            ask("The clock stands still. Enter goes on. ")
            self._begun += time.monotonic() - begun

    def _wait(self, given: str) -> None:
        """Say nothing for a while; in real pace the ticker shows what happens meanwhile."""
        asked = _number(given) if given.strip() else DEFAULT_WAIT_S
        if asked is None:
            OUT.print("How long? For ten seconds: /wait 10", style="yellow")
            return
        seconds = min(asked, MOST_WAIT_S)
        until = self._clock() + seconds
        while self.real and not self.encounter.over and self._clock() < until:
            time.sleep(min(TICK_S, max(until - self._clock(), 0.0)))
        with self._lock:
            self.show(self.encounter.wait(seconds, self._now()))

    def _move(self, command: str) -> None:
        names = _by_word(self.encounter.world.moves)
        move = names.get(command.casefold()) or _begun_by(command.casefold(), names)
        if move is None:
            close = difflib.get_close_matches(command.casefold(), names, 3, 0.6)
            known = self.encounter.world.moves
            meant = dict.fromkeys(_shown(known[names[word]]) for word in close)
            hint = (
                f" Did you mean /{', /'.join(meant)}?"
                if close
                else " /moves lists what you can do."
            )
            OUT.print(f"There is no /{command} here.{hint}", style="yellow", markup=False)
            return
        with self._lock:
            self.show(self.encounter.move(move, self._now()))

    def _list_moves(self) -> None:
        table = Table("do", "what it is", "takes", box=None)
        for move in self.encounter.world.moves.values():
            table.add_row(f"/{_shown(move)}", plain(move.label), f"{move.seconds:g} s")
        OUT.print(table)
        for rule in self.encounter.world.scenario.policy:
            OUT.print(f"Your policy: {rule}", style="dim", markup=False)

    def _choices(self) -> None:
        chapter = self.encounter.chapter
        if chapter is None or not chapter.choices:
            return
        for number, choice in enumerate(chapter.choices, start=1):
            OUT.print(f"  {number}  {choice.text}", markup=False, highlight=False)
        OUT.print("A number chooses; or say it in your own words.", style="dim")

    def _look(self, *, again: bool = False) -> None:
        """Say what can be seen, if it is something new."""
        seen = self.encounter.cue()
        if again or seen != self._seen:
            OUT.print(seen, style="italic", markup=False, highlight=False)
        self._seen = seen

    def _maybe_read(self, ask: Ask) -> None:
        if self.readings and not self.real and due(self._read_at, self.encounter.t):
            OUT.print("Before you go on, what do you read? Enter skips.", style="bold")
            self._read(ask)

    def _read(self, ask: Ask) -> None:
        """Ask for a reading; the answers are shown in the review and not before."""
        self._read_at.append(self.encounter.t)
        reading: dict[str, Any] = {}
        given = _number(ask("  How worked up are they, 0 calm to 10? "))
        if given is not None and given <= 10:
            reading["arousal"] = given
        asked = self.encounter.world.scenario.reading
        if asked is not None:
            reading |= _pick("wants", "What do they want most?", list(asked.wants), ask)
        reading |= _pick("risk", "What is the biggest risk now?", list(RISKS), ask)
        if asked is not None and asked.who:
            reading |= _pick("who", "Who else matters now?", list(asked.who), ask)
        if following := ask("  What will you do next, in a few words? ").strip():
            reading["next"] = following[:200]
        if reading:
            with self._lock:
                self.show(self.encounter.assess(reading))

    def _clock(self) -> float:
        return time.monotonic() - self._begun

    def _now(self) -> float | None:
        return self._clock() if self.real else None

    def _tick(self) -> None:
        """Let time pass on its own, until the encounter ends or its log cannot be written."""
        while not self.encounter.over:
            time.sleep(TICK_S)
            try:
                with self._lock:
                    happened = self.encounter.advance(self._clock())
                    self.show(happened)
            except StepdownError as error:
                self._failed = error
                OUT.print("The clock has stopped. Press Enter.", style="yellow")
                return
            if any(event.kind == "end" for event in happened):
                OUT.print("It is over. Press Enter.", style="dim")

    def _toolbar(self) -> str:
        t = int(self._clock() if self.real else self.encounter.t)
        return f" {t // 60}:{t % 60:02}   /help  /moves  /stop"

    def _commands(self) -> list[str]:
        known = ["/help", "/moves", "/wait 10", "/look", "/read", "/pause", "/stop"]
        return known + [f"/{word}" for word in _by_word(self.encounter.world.moves)]


def _shown(move: Move) -> str:
    """Return the word that /moves lists for a move."""
    return move.words[0] if move.words else move.id


def _by_word(moves: dict[str, Move]) -> dict[str, str]:
    """Return moves by every word that names them."""
    return {w.casefold(): m.id for m in moves.values() for w in (m.id, *m.words)}


def _begun_by(letters: str, names: dict[str, str]) -> str | None:
    """Return the one move whose names begin with these letters; None if there are more or none."""
    found = {move for name, move in names.items() if name.startswith(letters)}
    return found.pop() if len(found) == 1 and len(letters) >= SHORTEST else None


def _number(text: str) -> float | None:
    """Return a number that was typed, 0 or more; None if it is none."""
    return float(text) if _NUMBER.fullmatch(text := text.strip()) else None


def _pick(name: str, question: str, options: list[str], ask: Ask) -> dict[str, str]:
    listed = "  ".join(f"{n} {o.replace('_', ' ')}" for n, o in enumerate(options, start=1))
    given = _number(ask(f"  {question}  {listed}  "))
    chosen = -1 if given is None else int(given) - 1
    return {name: options[chosen]} if 0 <= chosen < len(options) else {}


def _print_event(event: Event, world: World) -> None:
    if event.kind in ("start", "assess"):
        return
    reply = (event.data.get("reply") or {}).get("text", "")
    if event.kind == "world" or (event.kind == "move" and told(event, world)):
        style = "yellow" if event.kind == "world" or event.data.get("refused") else "cyan"
        OUT.print(told(event, world), style=style, markup=False, highlight=False)
    if event.kind == "say" and event.data["cut"] < 1:
        OUT.print("(cut short)", style="dim")
    if reply:
        name = world.cast["name"]
        action = reply.startswith("(") and reply.endswith(")")
        OUT.print(
            reply if action else f"{name}: {reply}", style="bold", markup=False, highlight=False
        )
    if event.kind == "end" and event.data["text"]:
        OUT.print(f"\n{event.data['text']}", markup=False, highlight=False)


@contextmanager
def _asking(words: list[str], toolbar: Callable[[], str]) -> Iterator[Ask]:
    """Ask with completion and a clock where somebody sits at a terminal, else read plain lines."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        yield _plainly
        return
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import WordCompleter
    from prompt_toolkit.patch_stdout import patch_stdout

    session: PromptSession[str] = PromptSession(
        completer=WordCompleter(words, sentence=True), complete_while_typing=False,
        bottom_toolbar=toolbar, refresh_interval=TICK_S,
    )  # fmt: skip

    def ask(prompt: str) -> str:
        try:
            return session.prompt(prompt)
        except (EOFError, KeyboardInterrupt) as error:
            raise _Left from error

    with patch_stdout(raw=True):
        yield ask


def _plainly(prompt: str) -> str:
    OUT.print(prompt, end="", markup=False, highlight=False)
    line = sys.stdin.readline()
    if not line:
        raise _Left
    OUT.print(line.rstrip("\n"), style="dim", markup=False, highlight=False)
    return line
