"""What a roster would do, as lists to be read on a page: each with its columns and rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stepdown.web.records.dry_run import DryRun

A_PAGE = 50
DAYS = {"hired": gettext_lazy("First day"), "certified": gettext_lazy("Certified on")}
WHY = {
    "elsewhere": gettext_lazy(
        "Somebody with this e-mail address has an account on this site and no role here."
        " Invite them by hand."),
    "no role": gettext_lazy("They were here before and have no role now. Invite them by hand."),
    "senior leaves": gettext_lazy(
        "They are no longer listed, and hold a role that no roster takes away."
        " Deactivate them by hand."),
    "senior returns": gettext_lazy(
        "They are listed, deactivated, and hold a role that no roster gives back."
        " Let them in by hand."),
    "by hand": gettext_lazy(
        "They are listed, and somebody deactivated them by hand. No roster undoes that."
        " Let them in by hand if it is time."),
    "sign-in": gettext_lazy(
        "They cannot sign in yet, and hold more than the role of a trainee here, or belong"
        " elsewhere too. No roster gives them an address to sign in with: make them a link."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """One list, a page of it at a time; a cell is the name of its column with what stands in it."""

    id: str
    title: str
    about: str
    columns: Sequence[str]
    rows: Page[Any]
    cells: Sequence[Sequence[tuple[str, str]]]


def lists(run: DryRun, request: HttpRequest) -> list[Shown]:
    """Return the lists that are not empty, each on the page of it that is asked for."""
    made = (_left(run), _joined(run), _moved(run), _changed(run), _returned(run), _by_hand(run),
            _days(run), _days_stay(run), _names(run))  # fmt: skip
    found = []
    for key, title, about, columns, rows in made:
        if rows:
            page = Paginator(rows, A_PAGE).get_page(request.GET.get(key))
            cells = [list(zip(columns, row, strict=True)) for row in page]
            found.append(Shown(key, title, about, columns, page, cells))
    return found


_List = tuple[str, str, str, Sequence[str], Sequence[Sequence[str]]]


def _joined(run: DryRun) -> _List:
    about = _("Each becomes a trainee of the unit and nothing else, whatever the title."
              " Who has no e-mail address cannot sign in until one is known.")  # fmt: skip
    columns = (_("Number"), _("Name"), _("Unit"), _("E-mail"), _("Title"))
    rows = [(p.id, p.name, p.unit, p.email, p.title) for p in run.changes.joined]
    return "joined", _("Who joins"), about, columns, rows


def _moved(run: DryRun) -> _List:
    about = _("They are trainees of the new unit; what they did stays with the old one.")
    whole = _("the whole agency")
    rows = [(m.id, m.name, m.was or whole, m.now) for m in run.changes.moved]
    return "moved", _("Who moves"), about, (_("Number"), _("Name"), _("From"), _("To")), rows


def _changed(run: DryRun) -> _List:
    about = _("People sign in with the address that they have: a roster does not change it, except"
              " of trainees who could not sign in at all.")  # fmt: skip
    fields = {"id": _("Number"), "name": _("Name"), "email": _("E-mail on the roster"),
              "title": _("Title")}  # fmt: skip
    rows = []
    for each in run.changes.changed:
        what = fields[each.field]
        if each.field == "email" and each.key in run.new_sign_in:
            what = _("E-mail; they can sign in with it")
        rows.append((each.id, run.known[each.key].name, what, each.was, each.now))
    columns = (_("Number"), _("Name"), _("What"), _("Was"), _("Is"))
    return "changed", _("What changes"), about, columns, rows


def _left(run: DryRun) -> _List:
    about = _("They are signed out and can sign in no more, as far as this agency goes."
              " Nothing of theirs is deleted.")  # fmt: skip
    rows = [(x.id, x.name, x.unit, x.why) for x in run.changes.left]
    return "left", _("Who leaves"), about, (_("Number"), _("Name"), _("Unit"), _("Why")), rows


def _returned(run: DryRun) -> _List:
    about = _("A roster deactivated them; they are let in again.")
    rows = [(r.id, r.name, r.unit) for r in run.changes.returned]
    return "returned", _("Who comes back"), about, (_("Number"), _("Name"), _("Unit")), rows


def _by_hand(run: DryRun) -> _List:
    about = _("The roster does nothing about this.")
    rows = [(h.number, h.name, str(WHY[h.why])) for h in run.by_hand]
    columns = (_("Number"), _("Name"), _("Why"))
    return "by_hand", _("To be done by hand"), about, columns, rows


def _days(run: DryRun) -> _List:
    about = _("No such day was on record yet.")
    rows = [(run.known[d.key].number, run.known[d.key].name, str(DAYS[d.field]),
             d.now.isoformat()) for d in run.days]  # fmt: skip
    columns = (_("Number"), _("Name"), _("What"), _("Day"))
    return "days", _("Days filled in"), about, columns, rows


def _days_stay(run: DryRun) -> _List:
    about = _("These days differ, and those on record stay: a roster changes none that is set."
              " If the roster is right, correct them on the page of the person.")  # fmt: skip
    rows = [
        (run.known[d.key].number, run.known[d.key].name, str(DAYS[d.field]),
         d.was.isoformat() if d.was else "", d.now.isoformat())
        for d in run.days_stay
    ]  # fmt: skip
    columns = (_("Number"), _("Name"), _("What"), _("On record"), _("On the roster"))
    return "days_stay", _("To look at: days that stay"), about, columns, rows


def _names(run: DryRun) -> _List:
    about = _("These names differ and stay: another agency answers for the person too, or they"
              " help to run this one. They can change their name themselves.")  # fmt: skip
    rows = [(c.id, c.was, c.now) for c in run.names_stay]
    columns = (_("Number"), _("Name"), _("On the roster"))
    return "names", _("Names that stay"), about, columns, rows
