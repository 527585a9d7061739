"""What is filled in about hours."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from stepdown.web.records.counting import Rules
from stepdown.web.records.crediting import LONGEST, Given, topics
from stepdown.web.records.setting_hours import examples, topics_of


class Day(forms.DateField):
    """A day, by the browser's own calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **named: Any) -> None:
        super().__init__(**{"input_formats": ["%Y-%m-%d"], **named})


class Enter(forms.Form):
    """Hours from elsewhere."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    day = Day(label=_("Day"))
    topic = forms.ChoiceField(label=_("Topic"), required=False)
    hours = forms.DecimalField(
        label=_("Hours"), min_value=0, max_value=24, decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "0.25"}),
    )  # fmt: skip
    source = forms.CharField(
        label=_("What and where"), max_length=LONGEST,
        help_text=_("The course and who held it, as on its certificate."),
    )  # fmt: skip

    def __init__(self, *given: Any, rules: Rules | None, **named: Any) -> None:
        super().__init__(*given, **{"initial": {"key": uuid4()}, **named})
        choices = [("", _("No topic in particular")), *topics(rules).items()]
        self.fields["topic"].choices = choices  # type: ignore[attr-defined]

    @property
    def given(self) -> Given:
        """What was entered."""
        made = self.cleaned_data
        return Given(made["day"], made["topic"], round(made["hours"] * 60), made["source"])

    @property
    def sent_key(self) -> UUID:
        """The key under which it is entered once."""
        key: UUID = self.cleaned_data["key"]
        return key


class TakeBack(forms.Form):
    """Why hours are taken back."""

    why = forms.CharField(label=_("Why they are taken back"), max_length=LONGEST)


class Withdraw(forms.Form):
    """Why a certificate is withdrawn."""

    why = forms.CharField(
        label=_("Why it is withdrawn"), max_length=LONGEST,
        help_text=_("The person reads this, and whoever looks the number up."),
    )  # fmt: skip


PRESENT, FILE = "present", "file"


class Choose(forms.Form):
    """The rules, and the day from which everything is on record."""

    rules = forms.ChoiceField(label=_("Rules"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("Your file"), required=False,
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
        help_text=_("YAML, up to 64 KB. It is read at once, and everything wrong with it is said."),
    )  # fmt: skip
    records_from = Day(
        label=_("On record from"), required=False,
        help_text=_("The first day of which everything is on record here. Cycles that ended before"
                    " it are not judged. Empty: every cycle since somebody was hired is."),
    )  # fmt: skip

    def __init__(self, *given: Any, present: Rules | None, **named: Any) -> None:
        initial = {"rules": PRESENT, "records_from": present.records_from} if present else {}
        super().__init__(*given, **{"initial": initial, **named})
        kept = [(PRESENT, _("Keep the rules in force"))] if present else []
        shipped = [(name, NAMES.get(name, name)) for name in examples()]
        choices = [*kept, *shipped, (FILE, _("A file of your own"))]
        self.fields["rules"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        """Ask for a file where one is to be read."""
        made = super().clean()
        if made and made.get("rules") == FILE and not made.get("file"):
            self.add_error("file", _("Choose the file."))
        return made


NAMES = {
    "example_certified": _("Example: 16 hours in the four years after certification"),
    "example_two_years": _("Example: 24 hours in two years"),
    "example_yearly": _("Example: 8 hours a year"),
}
"""The names of the examples, in the reader's language."""


class Topics(forms.Form):
    """Which topic each module counts for."""

    def __init__(
        self, *given: Any, rules: Rules, modules: list[tuple[str, str]], **named: Any
    ) -> None:
        super().__init__(*given, **named)
        known = topics_of(rules.jurisdiction)
        choices = [("", _("No topic in particular")), *known.items()]
        for module, title in modules:
            self.fields[f"module-{module}"] = forms.ChoiceField(
                label=title, choices=choices, required=False, initial=rules.topics.get(module, "")
            )

    @property
    def chosen(self) -> dict[str, str]:
        """The topic of each module, by their ids."""
        return {
            name.removeprefix("module-"): topic for name, topic in self.cleaned_data.items()
        }  # fmt: skip
