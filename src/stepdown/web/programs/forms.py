"""The forms of sessions, exemptions and corrections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stepdown.problems import InputProblems, Problem
from stepdown.retention import teaching
from stepdown.web.programs.audience import CHOSEN, EVERYBODY, LONGEST_WHY_FOR, UNITS
from stepdown.web.programs.exempting import LONGEST_NOTE
from stepdown.web.programs.models.sessions import REASONS
from stepdown.web.programs.scheduling import LONGEST_PLACE, LONGEST_WHY, Held, Subject, When

NAMES = {
    "injury": _("injury"), "deployment": _("deployment"), "leave": _("leave"), "other": _("other"),
}  # fmt: skip
"""The reasons of exemptions as people read them."""


class WhenAndWhere(forms.Form):
    """When and where a session is, how long, and who teaches it."""

    day = forms.DateField(
        label=_("Day"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    clock = forms.TimeField(
        label=_("Begins at"), widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    second = forms.ChoiceField(
        label=_("Which of the two"), required=False, widget=forms.HiddenInput,
        choices=[
            ("first", _("the first, before clocks are set back")),
            ("second", _("the second, after clocks are set back")),
        ],
    )  # fmt: skip
    minutes = forms.IntegerField(
        label=_("Minutes"), required=False, min_value=1, max_value=teaching.LONGEST,
        help_text=_("Left empty: as long as the module."),
    )  # fmt: skip
    place = forms.CharField(label=_("Place"), max_length=LONGEST_PLACE)
    instructors = forms.TypedMultipleChoiceField(
        label=_("Taught by"), coerce=UUID, widget=forms.CheckboxSelectMultiple
    )

    def ask_which(self) -> None:
        """Ask which of two times is meant."""
        self.fields["second"].widget = forms.RadioSelect(choices=self.fields["second"].choices)  # type: ignore[attr-defined]

    @property
    def held(self) -> Held:
        """What was sent."""
        given = self.cleaned_data
        second = {"first": False, "second": True}.get(given["second"])
        return Held(
            When(given["day"], given["clock"], second), given["minutes"], given["place"],
            frozenset(given["instructors"]),
        )  # fmt: skip


class Scheduled(WhenAndWhere):
    """All that is said of a new session."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    make_up_of = forms.UUIDField(widget=forms.HiddenInput, required=False)
    module = forms.TypedChoiceField(label=_("Module"), coerce=UUID)
    programme = forms.TypedChoiceField(
        label=_("Within the programme"), coerce=UUID, empty_value=None, required=False,
        help_text=_("The version of the programme must have this version of the module in it."),
    )  # fmt: skip
    unit = forms.TypedChoiceField(
        label=_("For"), coerce=lambda given: None if given == "all" else UUID(given)
    )
    field_order = (
        "key", "make_up_of", "module", "programme", "unit", "day", "clock", "second", "minutes",
        "place", "instructors",
    )  # fmt: skip

    @property
    def subject(self) -> Subject:
        """What is taught, and to whom."""
        given = self.cleaned_data
        return Subject(given["module"], given["unit"], given["programme"], given["make_up_of"])


class Exempting(forms.Form):
    """Why somebody need not attend, and for how long."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.ChoiceField(label=_("Reason"), choices=[(r, NAMES[r]) for r in REASONS])
    start = forms.DateField(
        label=_("From"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("Until, that day included"), required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Left empty: until somebody ends it."),
    )  # fmt: skip
    note = forms.CharField(
        label=_("Note"), required=False, max_length=LONGEST_NOTE,
        help_text=_("Needed where the reason is another. What an injury is, is nobody's business."),
    )  # fmt: skip


class Corrected(forms.Form):
    """How long somebody was there after all, and why the entry was wrong."""

    entry = forms.UUIDField(widget=forms.HiddenInput)
    minutes = forms.IntegerField(
        label=_("Minutes there"), min_value=0, max_value=teaching.LONGEST,
        help_text=_("0: they were not there."),
    )  # fmt: skip
    why = forms.CharField(label=_("Why the entry was wrong"), max_length=LONGEST_WHY)


class Reinstructed(forms.Form):
    """Who taught a session after all, and why what was noted is wrong."""

    instructors = forms.TypedMultipleChoiceField(
        label=_("Who taught it"), coerce=UUID, widget=forms.CheckboxSelectMultiple
    )
    why = forms.CharField(
        label=_("Why it was wrong"), max_length=LONGEST_WHY,
        help_text=_("It stays beside the correction."),
    )  # fmt: skip


class AudienceForm(forms.Form):
    """Whom a programme is for, and why; the act that takes it says everything that is wrong."""

    kind = forms.CharField(
        label=_("It is for"), required=False,
        widget=forms.RadioSelect(choices=[
            (EVERYBODY, _("everybody who is trained here")),
            (UNITS, _("the trainees of some units, and whoever is trained in the whole agency")),
            (CHOSEN, _("who chooses it; it is asked of nobody")),
        ]),
    )  # fmt: skip
    units = forms.Field(
        label=_("Which units"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("These count only if it is for some units."),
    )  # fmt: skip
    why = forms.CharField(
        label=_("Why it is for them"), required=False,
        widget=forms.TextInput({"maxlength": LONGEST_WHY_FOR}),
        help_text=_("It stays beside what you say, for everybody who belongs to the agency."),
    )  # fmt: skip


def choices(form: forms.Form, field: str, rows: Iterable[Any]) -> None:
    """Set what can be chosen in a field."""
    form.fields[field].choices = list(rows)  # type: ignore[attr-defined]


def said(problem: Problem) -> str:
    """Return a problem as one line beside a field."""
    given = {"given": problem.given, "expected": problem.expected, "fix": problem.fix}
    return gettext("%(given)s; needed: %(expected)s; %(fix)s.") % given


def shortly_said(problem: Problem) -> str:
    """Return a problem as one short sentence: what is wrong, and what to do."""
    text = gettext("%(given)s: %(fix)s.") % {"given": problem.given, "fix": problem.fix}
    return text[0].upper() + text[1:]


def tell(form: forms.Form, error: InputProblems) -> None:
    """Say each problem beside its field."""
    for problem in error.problems:
        shown: Sequence[str] = [field.name for field in form.visible_fields()]
        form.add_error(problem.where if problem.where in shown else None, said(problem))
