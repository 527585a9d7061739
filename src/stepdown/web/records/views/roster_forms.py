"""What is filled in about rosters: a file, which column is which, and a person's days."""

from __future__ import annotations

import unicodedata
from itertools import islice
from types import MappingProxyType
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from stepdown.interop.delimited import Delimited
from stepdown.interop.roster import LONGEST
from stepdown.interop.roster_dates import Order
from stepdown.interop.roster_mapping import FIELDS, RosterMapping

SEPARATORS = MappingProxyType({"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"})
LABELS = {
    "id": _("Number"), "name": _("Name"), "given_name": _("Given name"),
    "family_name": _("Family name"), "unit": _("Unit"), "email": _("E-mail"), "title": _("Title"),
    "start": _("First day"), "end": _("Last day"), "status": _("Active or inactive"),
    "certified": _("Certified on"),
}  # fmt: skip
HINTS = {
    "id": _("The agency's own number of the person; it never changes."),
    "name": _("The whole name; or choose the two parts below."),
    "unit": _("The one unit in which they are trained."),
    "title": _("Rank or job. It gives nobody a role here."),
}
SHOWN = 60
SAMPLES, SAMPLE, LOOKED = 2, 20, 50
"""How many values stand beside a column, how much of each, in how many rows they are sought."""


class Upload(forms.Form):
    """A file."""

    file = forms.FileField(
        label=_("File"), help_text=_("A table as CSV, up to 3 MB, with everybody who serves now."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv"}),
    )  # fmt: skip


class Written(forms.Form):
    """How a file is written, where that must be said."""

    separator = forms.ChoiceField(
        label=_("Between cells stands"), required=False,
        choices=[("", _("what the header shows")), ("comma", _("a comma")),
                 ("semicolon", _("a semicolon")), ("tab", _("a tab")), ("bar", _("a bar |"))],
    )  # fmt: skip
    encoding = forms.ChoiceField(
        label=_("Letters are written as"), required=False,
        choices=[("", _("what the file says")), ("utf-8", "UTF-8"), ("utf-16", "UTF-16"),
                 ("windows-1252", "Windows-1252")],
    )  # fmt: skip

    def how(self) -> RosterMapping:
        """Return how the file is written, as far as it was said."""
        given = self.cleaned_data
        return RosterMapping.model_validate({
            "separator": SEPARATORS.get(given["separator"]), "encoding": given["encoding"] or None,
        })  # fmt: skip


class Columns(forms.Form):
    """Which column of the file is which, and how its dates and numbers are written."""

    dates = forms.ChoiceField(
        label=_("Dates such as 04/05/2026 are"), required=False,
        choices=[("", _("not there: days are written 2026-04-05")),
                 ("mdy", _("month, day, year: 5 April")), ("dmy", _("day, month, year: 4 May"))],
    )  # fmt: skip
    id_digits = forms.IntegerField(
        label=_("Digits of every number"),
        required=False,
        min_value=1,
        max_value=20,
        help_text=_("Only if zeros at the beginning were lost: they are put back."),
    )

    def __init__(
        self, data: Any = None, *, table: Delimited, mapping: RosterMapping,
        order: Order | None = None, **named: Any,
    ) -> None:  # fmt: skip
        header = table.header
        places = {cell.casefold(): str(i) for i, cell in enumerate(header)}
        chosen = {ours: places.get(cell.casefold(), "") for ours, cell in mapping.columns.items()}
        initial = {**chosen, "dates": order or mapping.dates or "", "id_digits": mapping.id_digits}
        super().__init__(data, initial=initial, **named)
        self.header, self.mapping = header, mapping
        cells = [(str(i), _beside(table, i)) for i, cell in enumerate(header) if cell]
        for ours in FIELDS:
            self.fields[ours] = forms.ChoiceField(
                label=LABELS[ours], required=ours in ("id", "unit"),
                choices=[("", _("not in the file")), *cells], help_text=HINTS.get(ours, ""),
            )  # fmt: skip
        self.order_fields([*FIELDS, "dates", "id_digits"])

    def clean(self) -> dict[str, Any]:
        """Refuse a column that serves twice, and a name that is missing or there twice."""
        given: dict[str, Any] = super().clean() or {}
        used: dict[str, str] = {}
        for ours in FIELDS:
            place = given.get(ours)
            if place and place in used:
                self.add_error(ours, _("This column is chosen already above."))
            elif place:
                used[place] = ours
        named = set(used.values())
        if "name" in named and {"given_name", "family_name"} & named:
            self.add_error("name", _("Choose the whole name or its two parts, not both."))
        elif "name" not in named and not {"given_name", "family_name"} <= named:
            self.add_error("name", _("Choose the whole name, or both of its parts."))
        return given

    def chosen(self) -> RosterMapping:
        """Return how the file is to be read."""
        given = self.cleaned_data
        columns = {ours: self.header[int(given[ours])] for ours in FIELDS if given.get(ours)}
        return RosterMapping.model_validate({
            **self.mapping.model_dump(mode="json"), "columns": columns,
            "dates": given["dates"] or None, "id_digits": given["id_digits"],
        })  # fmt: skip


class Days(forms.Form):
    """What the agency knows of somebody's service."""

    number = forms.CharField(
        label=_("Number"), required=False, max_length=LONGEST["id"],
        help_text=_("The agency's own. By it a roster finds them; without one none ends them."),
    )  # fmt: skip
    hired = forms.DateField(
        label=_("First day of service"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    certified = forms.DateField(
        label=_("Certified on"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def clean_number(self) -> str:
        """Return the number, without spaces around it. Refuse signs that cannot be seen."""
        number = " ".join(unicodedata.normalize("NFC", self.cleaned_data["number"]).split())
        if any(unicodedata.category(c) in ("Cc", "Cf", "Co", "Cn") for c in number):
            raise ValidationError(_("There is a sign in it that cannot be seen. Type it again."))
        return number


def _beside(table: Delimited, place: int) -> str:
    """Return the name of a column with two of its values, by which it is recognised."""
    values = (row.cells[place].strip() for row in table.rows if place < len(row.cells))
    some = list(islice(dict.fromkeys(value for value in islice(values, LOOKED) if value), SAMPLES))
    name = _short(table.header[place], SHOWN)
    return f"{name}: {', '.join(_short(v, SAMPLE) for v in some)}" if some else name


def _short(cell: str, most: int) -> str:
    return cell if len(cell) <= most else cell[: most - 1] + "…"
