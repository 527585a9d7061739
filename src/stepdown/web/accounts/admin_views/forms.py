"""What administrators fill in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from stepdown.web.accounts.agencies import LONGEST_RETENTION
from stepdown.web.accounts.entering import clean_name
from stepdown.web.accounts.models import Agency
from stepdown.web.accounts.people import GIVEN_HERE
from stepdown.web.accounts.zones import USUAL, regions
from stepdown.web.policy import Role

WHOLE = "whole"
ROLES = {
    Role.TRAINEE: _("Trainee: practises"),
    Role.INSTRUCTOR: _("Instructor: assigns, reads and comments assessments"),
    Role.COORDINATOR: _("Coordinator: assigns, sees who has practised"),
    Role.ANALYST: _("Analyst: sees numbers without names (whole agency)"),
    Role.AGENCY_ADMIN: _("Administrator: people, units, settings (whole agency)"),
}
ROLE_NAMES = {
    Role.TRAINEE: _("Trainee"), Role.INSTRUCTOR: _("Instructor"),
    Role.COORDINATOR: _("Coordinator"), Role.ANALYST: _("Analyst"),
    Role.AGENCY_ADMIN: _("Administrator"), Role.SITE_ADMIN: _("Site administrator"),
}  # fmt: skip


class Name(forms.CharField):
    """The name of a person, a unit or an agency."""

    def __init__(self, **named: Any) -> None:
        super().__init__(**{"max_length": 120, "label": _("Name"), **named})

    def clean(self, value: Any) -> str:
        """Return the name, without spaces around it or signs that cannot be seen."""
        return clean_name(super().clean(value))


class Address(forms.EmailField):
    """An e-mail address."""

    def __init__(self, **named: Any) -> None:
        super().__init__(**{"label": _("E-mail"), "max_length": 254, **named})


class GiveRole(forms.Form):
    """A role, of the whole agency or of one unit."""

    role = forms.ChoiceField(
        label=_("Role"), choices=[(role.value, ROLES[role]) for role in GIVEN_HERE]
    )
    unit = forms.ChoiceField(label=_("Unit"))

    def __init__(self, *given: Any, agency: Agency, **named: Any) -> None:
        super().__init__(*given, **named)
        units = agency.units.order_by("name")
        known = [(str(unit.pk), unit.name) for unit in units]
        first = [("", _("Choose one"))] if known else []
        choices = [*first, *known, (WHOLE, _("The whole agency"))]
        self.fields["unit"].choices = choices  # type: ignore[attr-defined]

    def clean_role(self) -> Role:
        """Return the role."""
        return Role(self.cleaned_data["role"])

    def clean_unit(self) -> UUID | None:
        """Return the unit, None for the whole agency."""
        unit = str(self.cleaned_data["unit"])
        return None if unit == WHOLE else UUID(unit)


class Invite(GiveRole):
    """Somebody new, with their first role here."""

    field_order = ("name", "email", "role", "unit")
    name = Name(help_text=_("They can correct it when they come in."))
    email = Address()


class UnitName(forms.Form):
    """The name of a unit."""

    name = Name(label=_("Name of the unit"))


class KeepFor(forms.Form):
    """For how many days words are kept."""

    practice_days = forms.IntegerField(
        label=_("Days that the words of practice are kept"), min_value=0,
        max_value=LONGEST_RETENTION,
        help_text=_("90 is usual. 0 keeps them. Scores stay when the words are deleted."),
    )  # fmt: skip
    assessment_days = forms.IntegerField(
        label=_("Days that the words of assessments are kept"), min_value=0,
        max_value=LONGEST_RETENTION, help_text=_("0 keeps them."),
    )  # fmt: skip


class Zone(forms.Form):
    """The time zone of an agency."""

    zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("Times of sessions are shown in it. Sessions that are scheduled keep their"
                    " moment: change it before you schedule."),
    )  # fmt: skip

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        listed = [(region, [(z, _plain(z)) for z in zones]) for region, zones in regions().items()]
        self.fields["zone"].choices = [(USUAL, USUAL), *listed]  # type: ignore[attr-defined]


def _plain(zone: str) -> str:
    return zone.partition("/")[2].replace("_", " ").replace("/", ", ")


class NewAgency(forms.Form):
    """An agency and its first administrator."""

    name = Name(label=_("Name of the agency"))
    admin_name = Name(label=_("Name of its administrator"))
    admin_email = Address(label=_("E-mail of its administrator"))


class Administrator(forms.Form):
    """One more administrator of an agency."""

    name = Name()
    email = Address()


class Who(forms.Form):
    """Somebody who has an account here."""

    email = Address()


class BackIn(Who):
    """Somebody who cannot sign in any more."""

    second_factor = forms.BooleanField(
        label=_("Forget their second factor, too (they lost it)"), required=False
    )


class Hold(forms.Form):
    """Why a person's data must be kept."""

    reason = forms.CharField(
        label=_("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The person reads this on their own pages. Write no case details."),
    )  # fmt: skip
