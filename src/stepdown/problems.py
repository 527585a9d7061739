"""What is wrong with something a person gave us, said once and completely.

```
StepdownError
├── InputProblems     everything wrong with a file or its data (exit code 2)
└── MissingExtra      an optional part of the package is not installed (exit code 2)
```
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any, TypeVar

A = TypeVar("A")
B = TypeVar("B")


class StepdownError(Exception):
    """An error whose message is meant for the reader, never a traceback."""


class Phrase(str):
    """A text of a message that can be said in another language: it knows how it was made."""

    text: str = ""
    values: Mapping[str, object] = MappingProxyType({})

    @classmethod
    def of(cls, text: str, **values: object) -> Phrase:
        """Return a text with its holes, such as `%(name)s`, filled."""
        made = cls(text % values)
        made.text, made.values = text, values
        return made

    def told(self, translated: Callable[[str], str]) -> str:
        """Return it as `translated` says its text, with the same values."""
        return translated(self.text) % self.values if self.text else translated(self)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    `where` names file, line or row and column; `given` is what stood there; `expected` what
    would have been right; `fix` what to do now.
    """

    where: str
    given: str
    expected: str
    fix: str

    def __str__(self) -> str:
        return (
            f"{self.where}\n  given:    {self.given}\n"
            f"  expected: {self.expected}\n  fix:      {self.fix}"
        )

    def as_dict(self) -> dict[str, str]:
        """Return the four fields by name, for `--json`."""
        return asdict(self)


class InputProblems(StepdownError):
    """Everything that is wrong with one input, collected before it is raised.

    `notes` are things noticed that need no correcting.
    """

    def __init__(self, subject: str, problems: list[Problem], notes: tuple[str, ...] = ()) -> None:
        self.subject = subject
        self.problems = tuple(problems)
        self.notes = notes
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        lines = "\n".join(f"{n}. {problem}" for n, problem in enumerate(problems, start=1))
        noticed = "".join(f"\nNoticed: {note}" for note in notes)
        super().__init__(f"{subject}: {count}\n{lines}{noticed}")


def read_both(one: Callable[[], A], other: Callable[[], B]) -> tuple[A, B]:
    """Read two inputs; if either has problems, raise those of both at once."""
    found: list[Any] = []
    wrong: list[InputProblems] = []
    for read in (one, other):
        try:
            found.append(read())
        except InputProblems as error:
            wrong.append(error)
    if wrong:
        subject = " and ".join(error.subject for error in wrong)
        notes = tuple(n for error in wrong for n in error.notes)
        raise InputProblems(subject, [p for error in wrong for p in error.problems], notes)
    return found[0], found[1]


class MissingExtra(StepdownError):
    """Something needs an extra that is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(
            f"{what} needs the optional part '{extra}'. Install it: pip install 'stepdown[{extra}]'"
        )
