"""What people fill in about a rollout: the draw, an actual date, the study it is handed to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stepdown.retention.rollout_export import StudyFrame, StudyOutcome
from stepdown.retention.rollout_plan import LONGEST, Wave, even_waves
from stepdown.web.accounts.models import Unit
from stepdown.web.programs.actual_dates import LONGEST_NOTE
from stepdown.web.programs.drawing import LONGEST_TITLE
from stepdown.web.programs.looked import Wanted
from stepdown.web.programs.undrawable import Undrawable
from stepdown.web.programs.zones import NoSuchTime, moments

WAVES, OUTCOMES = 8, 5


def _days(**more: str) -> forms.DateInput:
    return forms.DateInput({"type": "date", **more}, format="%Y-%m-%d")


class UnitRow(NamedTuple):
    """The fields of one unit, and why it cannot be drawn."""

    name: str
    takes_part: forms.BoundField
    stratum: forms.BoundField
    why: list[str]


class DrawForm(forms.Form):
    """What is to be drawn: the programme, units with strata, waves, and the seed."""

    MOST_UNITS = 900
    """How many units one form can hold: each sends two fields, of those that settings allow."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    title = forms.CharField(label=gettext_lazy("What people call it"), max_length=LONGEST_TITLE)
    programme = forms.ChoiceField(label=gettext_lazy("Programme"))
    held = forms.BooleanField(
        label=gettext_lazy("Hold some units back to the end, as a last wave without a date"),
        required=False,
    )
    held_size = forms.IntegerField(
        label=gettext_lazy("How many are held back"), required=False, min_value=1,
        max_value=10_000,
    )  # fmt: skip
    first_day = forms.DateField(
        label=gettext_lazy("Day of the first session"), required=False, widget=_days(),
        help_text=gettext_lazy("Left blank: the day of the first wave."),
    )  # fmt: skip
    first_time = forms.TimeField(
        label=gettext_lazy("Time of the first session"), required=False,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("Left blank: midnight. A draw must come before it."),
    )  # fmt: skip
    seed = forms.IntegerField(
        label=gettext_lazy("Seed"), required=False, min_value=0, max_value=2**64 - 1,
        help_text=gettext_lazy(
            "A whole number that nobody could choose with the outcome in mind: throw dice before"
            " witnesses, or agree beforehand on a number that will be drawn in public. Left blank,"
            " this machine takes one by chance, which others then have to believe."
        ),
        widget=forms.NumberInput({"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(
        self, *given: Any, units: Sequence[Unit], programmes: Mapping[str, str], zone: ZoneInfo,
        barred: Undrawable, **named: Any,
    ) -> None:  # fmt: skip
        super().__init__(*given, **named)
        self.units, self._zone = units, zone
        self.programmes, self._barred = programmes, barred
        choice = self.fields["programme"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101
        choice.choices = [("", _("Choose one")), *programmes.items()]
        for unit in units:
            why = barred.why(unit.pk, programmes)
            told = {"aria-describedby": f"id_in-{unit.pk}_hint"} if why else {}
            self.fields[f"in-{unit.pk}"] = forms.BooleanField(
                required=False, initial=not barred.ever(unit.pk, programmes),
                widget=forms.CheckboxInput(told),
            )  # fmt: skip
            self.fields[f"stratum-{unit.pk}"] = forms.CharField(
                required=False, max_length=LONGEST, strip=True
            )
        for n in range(1, WAVES + 1):
            self.fields[f"start-{n}"] = forms.DateField(required=False, widget=_days())
            self.fields[f"size-{n}"] = forms.IntegerField(
                required=False, min_value=1, max_value=10_000
            )

    def unit_rows(self) -> Iterator[UnitRow]:
        """Yield the fields of each unit, with why it cannot be drawn."""
        for unit in self.units:
            why = self._barred.why(unit.pk, self.programmes)
            yield UnitRow(unit.name, self[f"in-{unit.pk}"], self[f"stratum-{unit.pk}"], why)

    def taught_to_everybody(self) -> list[str]:
        """Return the titles of the programmes that can no longer be rolled out by lot."""
        return [t for name, t in self.programmes.items() if name in self._barred.everybody]

    def wave_rows(self) -> Iterator[tuple[int, forms.BoundField, forms.BoundField]]:
        """Yield the fields of each wave, with its number."""
        for n in range(1, WAVES + 1):
            yield n, self[f"start-{n}"], self[f"size-{n}"]

    def clean(self) -> dict[str, Any]:
        """Refuse waves whose sizes are given for some alone, and times that do not exist."""
        given = self.cleaned_data
        for n in range(1, WAVES + 1):
            if given.get(f"size-{n}") and not given.get(f"start-{n}") and not self._wrong(n):
                self.add_error(f"start-{n}", _("When does this wave begin?"))
        if given.get("held_size") and not given.get("held"):
            self.add_error("held", _("Tick this, or leave the number blank."))
        sizes = [size for _start, size in self._waves()]
        if any(sizes) and not all(sizes):
            said = _("Give the number of units for every wave, or for none.")
            n = next(n for n, (_start, size) in enumerate(self._waves(), 1) if not size)
            last = given.get("held") and n == len(sizes)
            self.add_error("held_size" if last else f"size-{self._rows()[n - 1]}", said)
        if given.get("first_time") and not given.get("first_day"):
            self.add_error("first_day", _("On which day?"))
        given["first_session"] = self._first_session()
        return given

    def unread(self) -> set[str]:
        """Return of what nothing more can be said until its fields are corrected."""
        wrong = set(self.errors)
        found = wrong & {"title", "programme"}
        if wrong & {"first_day", "first_time"}:
            found |= {"first_session", "drawn_at"}
        if wrong - {"key", "title", "programme", "seed", "first_day", "first_time"}:
            found |= {"waves", "wave", "drawn_at"}
        return found

    def wanted(self) -> Wanted:
        """Return what is to be drawn; what is wrong is left blank."""
        given = self.cleaned_data
        read = not any(name.startswith("stratum-") for name in self.errors)
        strata = {
            unit.pk: given.get(f"stratum-{unit.pk}", "") if read else ""
            for unit in self.units if given.get(f"in-{unit.pk}")
        }  # fmt: skip
        return Wanted(
            given.get("title", ""), given.get("programme", ""), strata, self._planned(len(strata)),
            given["first_session"], given.get("seed"),
        )  # fmt: skip

    def _planned(self, units: int) -> tuple[Wave, ...]:
        waves = self._waves()
        if any(size for _start, size in waves):
            return tuple(Wave(start, size or 0) for start, size in waves)
        return even_waves(units, [start for start, _size in waves])

    def _rows(self) -> list[int]:
        return [n for n in range(1, WAVES + 1) if self.cleaned_data.get(f"start-{n}")]

    def _waves(self) -> list[tuple[date | None, int | None]]:
        given = self.cleaned_data
        waves = [(given[f"start-{n}"], given.get(f"size-{n}")) for n in self._rows()]
        return [*waves, (None, given.get("held_size"))] if given.get("held") else waves

    def _wrong(self, n: int) -> bool:
        return f"start-{n}" in self.errors

    def _first_session(self) -> datetime | None:
        given = self.cleaned_data
        day, clock = given.get("first_day"), given.get("first_time")
        if day is None:
            return None
        try:
            return moments(day, clock or datetime.min.time(), self._zone)[0]
        except NoSuchTime:
            self.add_error("first_time", _("Clocks are set forward over this time on that day."))
        except OverflowError:
            self.add_error("first_day", _("Choose a day at most ten years from today."))
        return None


class ActualForm(forms.Form):
    """When a unit was in fact trained."""

    unit = forms.ChoiceField(label=gettext_lazy("Unit"))
    day = forms.DateField(
        label=gettext_lazy("Day on which it was trained"), required=False, widget=_days(),
        help_text=gettext_lazy("Left blank, an earlier entry is taken back."),
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=LONGEST_NOTE,
        help_text=gettext_lazy("Needed where it differs from an earlier entry: why."),
    )  # fmt: skip

    def __init__(self, *given: Any, units: Sequence[str], **named: Any) -> None:
        super().__init__(*given, **named)
        choice = self.fields["unit"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101
        choice.choices = [("", _("Choose one")), *((unit, unit) for unit in units)]


ROLES: tuple[tuple[Literal["primary", "secondary", "safety"], Any], ...] = (
    ("primary", gettext_lazy("main outcome")),
    ("secondary", gettext_lazy("further outcome")),
    ("safety", gettext_lazy("safety: must not get worse")),
)


class StudyForm(forms.Form):
    """What a rollout does not know of its study."""

    title = forms.CharField(label=gettext_lazy("Title of the study"), max_length=LONGEST_TITLE)
    first = forms.CharField(
        label=gettext_lazy("First month"), max_length=7,
        help_text=gettext_lazy("As 2026-01. Months before training are needed to compare with."),
    )  # fmt: skip
    last = forms.CharField(label=gettext_lazy("Last month"), max_length=7)
    frequency = forms.ChoiceField(
        label=gettext_lazy("Counted by"),
        choices=[
            ("month", gettext_lazy("month")), ("week", gettext_lazy("week")),
            ("quarter", gettext_lazy("quarter")),
        ],
    )  # fmt: skip

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        for n in range(1, OUTCOMES + 1):
            self.fields[f"name-{n}"] = forms.CharField(required=False, max_length=60)
            self.fields[f"unit-{n}"] = forms.CharField(required=False, max_length=120)
            self.fields[f"role-{n}"] = forms.ChoiceField(required=False, choices=ROLES)
            self.fields[f"size-{n}"] = forms.CharField(required=False, max_length=20)

    def outcome_rows(self) -> Iterator[tuple[int, tuple[forms.BoundField, ...]]]:
        """Yield the fields of each outcome, with its number."""
        for n in range(1, OUTCOMES + 1):
            yield n, tuple(self[f"{field}-{n}"] for field in ("name", "unit", "role", "size"))

    def frame(self) -> StudyFrame:
        """Return what the study is to be; rows without a name are left out."""
        given = self.cleaned_data
        outcomes = tuple(
            _outcome(given[f"name-{n}"], given[f"unit-{n}"], given[f"role-{n}"], given[f"size-{n}"])
            for n in range(1, OUTCOMES + 1)
            if given[f"name-{n}"] or given[f"unit-{n}"]
        )
        return StudyFrame(
            given["title"], given["first"], given["last"], outcomes, given["frequency"]
        )


def _outcome(name: str, unit: str, role: Any, size: str) -> StudyOutcome:
    if role == "safety":
        return StudyOutcome(name, unit, role, margin=size or None, smallest_effect=None)
    return StudyOutcome(name, unit, role or "secondary", smallest_effect=size or None)
