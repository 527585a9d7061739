"""What every command shares: consoles, errors for the reader, progress, JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from stepdown.problems import InputProblems, MissingExtra, StepdownError

OUT = Console()
ERR = Console(stderr=True)
BAD_INPUT = 2
CHECK_FAILED = 1
BAYES = ("arviz", "numba", "nutpie")
"""Modules that come with the extra `bayes`; all other optional ones with `analysis`."""

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON alone on standard output.")]
Seed = Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Seed of every random number.")]


@contextmanager
def errors(as_json: bool = False) -> Iterator[None]:
    """Turn an error meant for the reader into a message and exit code 2."""
    try:
        yield
    except ModuleNotFoundError as error:
        extra = "bayes" if error.name in BAYES else "analysis"
        fail(MissingExtra(f"This command (which uses {error.name})", extra), as_json)
    except StepdownError as error:
        fail(error, as_json)


def fail(error: StepdownError, as_json: bool) -> None:
    """Print an error as the reader asked for it, and leave with exit code 2."""
    if as_json:
        problems = error.problems if isinstance(error, InputProblems) else ()
        print_json({"error": str(error), "problems": [p.as_dict() for p in problems]})
    ERR.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(BAD_INPUT)


def print_json(value: Any) -> None:
    """Print a value as JSON on standard output."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


@contextmanager
def progress_bar() -> Iterator[Any]:
    """Show what is going on, on standard error; silent when nobody watches."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f}"),
        TimeElapsedColumn(),
        console=ERR,
        transient=True,
        disable=not ERR.is_terminal,
    )
    tasks: dict[str, TaskID] = {}

    def report(what: str, done: int, total: int) -> None:
        if what not in tasks:
            tasks[what] = bar.add_task(what, total=total)
        bar.update(tasks[what], completed=done, total=total)

    with bar:
        yield report


def plain(text: str) -> str:
    """Return text that Rich prints as it stands."""
    return text.replace("[", r"\[")
