"""Which columns of a file mean what."""

from __future__ import annotations

from dataclasses import dataclass

from stepdown.problems import Problem

OPTIONS = "the options of the command"


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns mean what; `None` where the data do not have it.

    `trained` says for each row whether the officer had been trained (0 or 1). Instead, `date` is
    the day of the incident and `trained_on` the day of the officer's training (`never`: held
    back by the draw; blank: no part of it). `clusters` is the group that was drawn together
    (squad), `strata` the one within which days were drawn. `beside` are further columns of numbers:
    dose, years of service.
    """

    incident: str = "id"
    officer: str = "idOff"
    level: str = "y"
    trained: str | None = None
    date: str | None = None
    trained_on: str | None = None
    clusters: str | None = None
    strata: str | None = None
    beside: tuple[str, ...] = ()

    def wanted(self) -> list[str]:
        """List the columns to read."""
        one = (self.incident, self.officer, self.level, self.trained, self.date, self.trained_on)
        more = (self.clusters, self.strata, *self.beside)
        return [name for name in (*one, *more) if name is not None]

    def repeated(self) -> list[Problem]:
        """Say which column stands for two things."""
        wanted = self.wanted()
        twice = sorted({name for name in wanted if wanted.count(name) > 1})
        return [
            Problem("options", f"column '{name}' for two things", "a column for each thing",
                    "name another column, or leave one option out")
            for name in twice
        ]  # fmt: skip
