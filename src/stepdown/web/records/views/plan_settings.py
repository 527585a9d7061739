"""The page on which a coordinator says what refreshers there are, and how many hours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stepdown.web.records import planning
from stepdown.web.records.models import PlanSetting
from stepdown.web.records.offered import Offer, offered
from stepdown.web.records.planning import Wanted
from stepdown.web.records.techniques import techniques
from stepdown.web.request import Request

FIRST: dict[str, Any] = {
    "hours": 100, "most_hours": 4, "aim": "standard", "standard": 80, "scouting": 10,
    "remind_days": 7,
}  # fmt: skip
"""What the form holds before anybody said anything."""


class Form(forms.Form):
    """What an agency wants; shares are in percent."""

    hours = forms.FloatField(
        label=gettext_lazy("Hours of people's time in a month"), min_value=0,
        max_value=planning.MOST_HOURS,
        help_text=gettext_lazy("Twenty people for one hour are twenty hours."),
    )  # fmt: skip
    most_hours = forms.FloatField(
        label=gettext_lazy("Hours that one person may be asked for in a month, at most"),
        min_value=0.25, max_value=200,
    )  # fmt: skip
    aim = forms.ChoiceField(
        label=gettext_lazy("Aim"),
        choices=[
            ("standard", gettext_lazy(
                "The standard, the usual one: as many skills as can be at it or above. Hours go"
                " first to skills that stay there long; who forgets soon gets less.")),
            ("skill", gettext_lazy(
                "Mean skill: hours go where they keep most skill. Nobody is given up, and hardly"
                " more is kept than if everybody came in turn.")),
        ],
        help_text=gettext_lazy(
            "What each costs in the other count, in simulations with eight hours a year for eight"
            " techniques: aimed at the standard, 39 of 100 skills are at it, and 32 if everybody"
            " comes once a year; but of all that was taught 61 percent is left, and 69 if everybody"
            " comes. Aimed at mean skill both are as if everybody came once a year. A promise that"
            " nobody waits too long is kept with either."),
    )  # fmt: skip
    standard = forms.FloatField(
        label=gettext_lazy("Standard, in percent of what was taught"),
        min_value=100 * planning.LEAST_STANDARD, max_value=100 * planning.MOST_STANDARD,
        help_text=gettext_lazy("50 to 97. Like any pass mark it is a decision of people."),
    )  # fmt: skip
    within = forms.IntegerField(
        label=gettext_lazy("Nobody waits longer than so many days for some refresher"),
        required=False, min_value=planning.LEAST_WITHIN, max_value=planning.MOST_WITHIN,
        help_text=gettext_lazy("Left empty, nothing is promised."),
    )  # fmt: skip
    scouting = forms.FloatField(
        label=gettext_lazy("Percent of the first month's hours for people drawn by lot"),
        min_value=0, max_value=50,
        help_text=gettext_lazy(
            "So that techniques are tested that would not come up: without it a wrong guess would"
            " never be found out. Keep some."),
    )  # fmt: skip
    remind_days = forms.IntegerField(
        label=gettext_lazy("Days before a session or refresher on which people are reminded"),
        min_value=0, max_value=planning.MOST_REMIND, help_text=gettext_lazy("0: never."),
    )  # fmt: skip

    def __init__(
        self, *given: Any, offers: list[Offer], names: Mapping[str, str], **named: Any
    ) -> None:
        super().__init__(*given, **named)
        self.offers, self.names = offers, names
        for month, name in planning.CALENDAR.items():
            self.fields[f"month-{month}"] = forms.FloatField(
                label=capfirst(name), required=False, min_value=0, max_value=planning.MOST_HOURS
            )
        for technique, name in names.items():
            self.fields[f"weight-{technique}"] = forms.FloatField(
                label=_(name), min_value=0, max_value=planning.MOST_WEIGHT
            )
        for offer in offers:
            self.fields[f"use-{offer.id}"] = forms.BooleanField(label=offer.title, required=False)
            self.fields[f"hours-{offer.id}"] = forms.FloatField(
                label=_("Hours: %(title)s") % {"title": offer.title}, required=False,
                min_value=0.25, max_value=80,
            )  # fmt: skip

    @property
    def months(self) -> list[forms.BoundField]:
        """The fields of the hours of calendar months."""
        return [self[f"month-{month}"] for month in planning.CALENDAR]

    @property
    def months_differ(self) -> bool:
        """Say whether anything is filled in for a calendar month."""
        return any(field.value() not in (None, "") for field in self.months)

    @property
    def weights(self) -> list[forms.BoundField]:
        """The fields of weights."""
        return [self[f"weight-{technique}"] for technique in self.names]

    def rows(self, kind: str) -> list[tuple[Offer, forms.BoundField, forms.BoundField]]:
        """Return the offers of a kind with their two fields."""
        return [
            (offer, self[f"use-{offer.id}"], self[f"hours-{offer.id}"])
            for offer in self.offers
            if offer.kind == kind
        ]

    @property
    def groups(self) -> list[tuple[str, list[tuple[Offer, forms.BoundField, forms.BoundField]]]]:
        """The offers, block by block."""
        named = [(_("Scenarios to practise"), "scenario"), (_("Blocks of teaching"), "block")]
        return [(name, self.rows(kind)) for name, kind in named if self.rows(kind)]

    def clean(self) -> dict[str, Any]:
        """Refuse a plan with nothing to refresh with, or refreshers without hours."""
        given = self.cleaned_data
        chosen = [offer for offer in self.offers if given.get(f"use-{offer.id}")]
        if not chosen:
            self.add_error(None, _("Choose at least one refresher."))
        for offer in chosen:
            field = f"hours-{offer.id}"
            if field in given and given[field] is None:
                self.add_error(field, _("Say how many hours it takes."))
        return given

    @property
    def wanted(self) -> Wanted:
        """What was filled in."""
        given = self.cleaned_data
        chosen = [offer for offer in self.offers if given[f"use-{offer.id}"]]
        by_month = {month: given[f"month-{month}"] for month in planning.CALENDAR}
        return Wanted(
            given["hours"], given["most_hours"], given["aim"], given["standard"] / 100,
            given["within"], given["scouting"] / 100,
            tuple(offer.refresher(given[f"hours-{offer.id}"]) for offer in chosen),
            {t: given[f"weight-{t}"] for t in self.names if given[f"weight-{t}"] != 1},
            given["remind_days"],
            {month: hours for month, hours in by_month.items() if hours is not None},
        )  # fmt: skip


def page(request: Request, pk: UUID) -> HttpResponse:
    """Show what an agency wants of its refreshers, and take it anew."""
    agency = planning.find_agency(request.actor, pk)
    offers, before = offered(request.actor, agency), planning.setting_of(agency.id)
    names = techniques(agency.id)
    initial = _initial(offers, names, before)
    form = Form(request.POST or None, offers=offers, names=names, initial=initial)
    if request.method == "POST" and form.is_valid():
        planning.want(request.actor, pk, form.wanted, datetime.now(UTC))
        messages.success(request, _("It is written down. It holds from the next plan on."))
        return redirect("refreshers_of", pk=pk)
    known = {offer.id for offer in offers}
    gone = [one["title"] for one in before.refreshers if one["id"] not in known] if before else []
    words = {"agency": agency, "form": form, "gone": gone, "before": before, "names": names}
    status = 400 if form.is_bound else 200
    return render(request, "records/refreshers_settings.html", words, status=status)


def _initial(
    offers: list[Offer], names: Iterable[str], before: PlanSetting | None
) -> dict[str, Any]:
    """Return what the form holds: what is wanted now, else a first proposal."""
    weights = before.weights if before else {}
    other = before.other_hours if before else {}
    used = {one["id"]: one["hours"] for one in before.refreshers} if before else {}
    filled = FIRST if before is None else {
        "hours": before.hours, "most_hours": before.most_hours, "aim": before.aim,
        "standard": round(100 * before.standard, 2), "within": before.within,
        "scouting": round(100 * before.scouting, 2), "remind_days": before.remind_days,
    }  # fmt: skip
    given = (
        filled
        | {f"weight-{t}": weights.get(t, 1) for t in names}
        | {f"month-{month}": hours for month, hours in other.items()}
        | {f"use-{offer.id}": offer.id in used for offer in offers}
        | {f"hours-{offer.id}": used.get(offer.id, offer.hours) for offer in offers}
    )
    return {name: _shown(value) for name, value in given.items()}


def _shown(value: Any) -> Any:
    """Return a number as one writes it: 4, not 4.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
