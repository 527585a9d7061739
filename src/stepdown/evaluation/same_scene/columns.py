"""Which columns of a file mean what."""

from __future__ import annotations

from dataclasses import dataclass

OPTIONS = "the options of the command"


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns mean what; `None` where the data do not have it.

    `trained` says for each row whether the officer had been trained (0 or 1). Instead, `date` is
    the day of the incident and `trained_on` the day of the officer's training (blank or `never`:
    not trained). `strata` is the group within which training days were drawn. `beside` are
    further columns of numbers: dose, years of service.
    """

    incident: str = "id"
    officer: str = "idOff"
    level: str = "y"
    trained: str | None = None
    date: str | None = None
    trained_on: str | None = None
    strata: str | None = None
    beside: tuple[str, ...] = ()

    def wanted(self) -> list[str]:
        """List the columns to read."""
        one = (self.incident, self.officer, self.level, self.trained, self.date, self.trained_on)
        return [name for name in (*one, self.strata, *self.beside) if name is not None]
