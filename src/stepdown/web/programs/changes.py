"""What differs between two versions, line by line, in the reader's language."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from stepdown.retention.curriculum import Curriculum, Module
from stepdown.retention.difference import Change, Difference, Kind, Step, difference
from stepdown.retention.word_difference import Piece, pieces
from stepdown.web.practice.templatetags.words import plainly, said
from stepdown.web.programs.modules import scenarios_named, technique_names

_NAMES = {
    "id": _("id"), "title": _("title"), "hours": _("hours"), "delivery": _("delivery"),
    "objectives": _("objective"), "techniques": _("technique"), "scenarios": _("scenario"),
    "when_talk_fails": _("when talk fails"), "fidelity": _("line of the checklist"),
    "references": _("source"), "assumed": _("assumption"), "modules": _("module"),
    "for_whom": _("for whom"), "about": _("about"), "text": _("text"), "name": _("name"),
    "source": _("source"), "doi": _("DOI"), "url": _("address"), "shows": _("what it shows"),
}  # fmt: skip
Names = Mapping[str, Mapping[str, str]]
"""Names of techniques and titles of scenarios, by id, each under its field."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a difference. `kind` says it in a word, so that no colour has to.

    `text` is what to say of what is not a text that changed; of that there are `pieces`.
    """

    kind: Kind
    subject: str
    text: str = ""
    pieces: tuple[Piece, ...] = ()


def between(agency: UUID, before: Curriculum | Module, after: Curriculum | Module) -> list[Line]:
    """Return what differs between two versions as lines, that of the hours in all last."""
    return lines(difference(before, after), names_in(agency, (before, after)))


def names_in(agency: UUID, read: Collection[Curriculum | Module]) -> Names:
    """Return the names of techniques and scenarios that these speak of; one query at most."""
    curricula = [each for each in read if isinstance(each, Curriculum)]
    modules = [each for each in read if isinstance(each, Module)]
    modules += [module for each in curricula for module in each.modules]
    own = {technique.id: technique.name for each in curricula for technique in each.techniques}
    named = {name for module in modules for name in module.scenarios}
    scenarios = scenarios_named(agency, named)
    titles = {name: scenario.title for name, scenario in scenarios.items()}
    return {"techniques": technique_names(own), "scenarios": titles}


def lines(found: Difference, names: Names) -> list[Line]:
    """Return the lines of a difference."""
    told = [_line(change, names) for change in found.changes]
    if found.hours is not None and found.hours[0] != found.hours[1]:
        told.append(Line("changed", gettext("Hours in all"), _number(*found.hours)))
    return told


def _line(change: Change, names: Names) -> Line:
    subject = ", ".join(_named(step, names) for step in change.steps)
    subject = subject[0].upper() + subject[1:]
    if change.kind == "moved":
        given = {"before": change.before, "after": change.after}
        text = gettext("from place %(before)d to place %(after)d") % given
        return Line("moved", subject, text)
    before, after = change.before, change.after
    if change.kind != "changed":
        return Line(change.kind, subject, _words(after if change.kind == "added" else before))
    if isinstance(before, int | float) and isinstance(after, int | float):
        return Line("changed", subject, _number(before, after))
    found = pieces(before or "", after or "")
    text = "" if found else gettext("spaces or line breaks alone")
    return Line("changed", subject, text, found)


def _named(step: Step, names: Names) -> str:
    """Return a step as words: `module “Listening”`, `objective 2`, `hours`."""
    field = str(_NAMES.get(step.field) or plainly(step.field))
    if not step.name:
        return field
    title = step.title or said(names.get(step.field, {}).get(step.name, ""))
    if title:
        return gettext("%(field)s “%(title)s”") % {"field": field, "title": title}
    by_id = step.field in ("techniques", "scenarios", "delivery", "modules")
    return f"{field} {plainly(step.name) if by_id else step.place}"


def _number(before: float, after: float) -> str:
    return f"{before:g} → {after:g} ({round(after - before, 2):+g})"


def _words(value: Any) -> str:
    """Return what something added or removed says: its text or source, or its hours."""
    if not isinstance(value, dict):
        return ""
    if "hours" in value:
        hours = value["hours"]
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": f"{hours:g}"}
    return str(value.get("text") or value.get("source") or "")
