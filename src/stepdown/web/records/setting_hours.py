"""Set the rules that hours are counted by. Each change is a new row; the earlier ones stay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from stepdown.kept import kept
from stepdown.problems import InputProblems, Problem
from stepdown.retention.hours_rules import Jurisdiction, jurisdictions, parsed_jurisdiction
from stepdown.web.accounts.models import Agency
from stepdown.web.audit.log import note
from stepdown.web.permission import Missing
from stepdown.web.policy import Action, Actor, Thing
from stepdown.web.programs.models import ModuleVersion
from stepdown.web.records.counting import Rules, rules_in
from stepdown.web.records.models import HoursSetting
from stepdown.web.records.serving import agency_for, today_in

MOST_BYTES = 64 * 1024
EARLIEST = date(1950, 1, 1)


@dataclass(frozen=True, slots=True)
class Setting:
    """What an agency has set: the rules in force, its modules, and every earlier setting."""

    agency: Agency
    rules: Rules | None
    modules: list[tuple[str, str]]
    """Id and title, by title."""
    rows: list[HoursSetting]
    """Newest first, without their text."""


def find(actor: Actor, agency: UUID) -> Setting:
    """Return what an agency has set. Raises Missing or Refused."""
    place = agency_for(actor, agency, Action.SET_HOURS)
    rows = list(place.hours_settings.select_related("by").defer("text"))
    rules = rules_in(HoursSetting.objects.get(pk=rows[0].pk)) if rows else None
    return Setting(place, rules, modules_of(place), rows)


def find_row(actor: Actor, agency: UUID, row: int) -> HoursSetting:
    """Return one setting, as it was made. Raises Missing or Refused."""
    place = agency_for(actor, agency, Action.SET_HOURS)
    found = HoursSetting.objects.filter(agency=place, pk=row).select_related("agency").first()
    if found is None:
        raise Missing(f"no setting {row} in agency {agency}")
    return found


def modules_of(agency: Agency) -> list[tuple[str, str]]:
    """Return id and latest title of each module that an agency published, by title."""
    rows = ModuleVersion.objects.filter(agency=agency).order_by("number")
    titles = dict(rows.values_list("name", "content__title"))
    return sorted(titles.items(), key=lambda pair: (pair[1].casefold(), pair[0]))


@kept
def examples() -> dict[str, str]:
    """Return the text of each example that ships, by its id."""
    folder = files("stepdown.retention").joinpath("jurisdictions")
    texts = [f.read_text("utf-8") for f in folder.iterdir() if f.name.endswith(".yaml")]
    named = {parsed_jurisdiction(text, "example").id: text for text in texts}
    return {name: named[name] for name in jurisdictions()}


def choose(
    actor: Actor, agency: UUID, now: datetime, *, records_from: date | None,
    example: str = "", file: tuple[str, bytes] | None = None,
) -> bool:  # fmt: skip
    """Set the rules: an example, a file with its name, or the present ones if neither is given.

    Modules keep the topics that the rules still name. Returns whether anything changed. Raises
    Missing, Refused, or InputProblems with everything wrong with the file, by line.
    """
    place = agency_for(actor, agency, Action.SET_HOURS)
    latest = place.hours_settings.first()
    wrong = _wrong_day(records_from, today_in(place, now))
    text, rules = _chosen(latest, example, file, wrong)
    if rules is None or wrong:
        raise InputProblems(_("the rules"), wrong)
    known = topics_of(rules)
    before = latest.topics if latest else {}
    topics = {module: topic for module, topic in before.items() if topic in known}
    return _added(actor, place, now, text, records_from, topics)


def assign_topics(
    actor: Actor, agency: UUID, topics: Mapping[str, str], now: datetime
) -> bool:  # fmt: skip
    """Set which topic each module counts for, by ids; an empty one: none in particular.

    Returns whether anything changed. Raises Missing, Refused or InputProblems.
    """
    place = agency_for(actor, agency, Action.SET_HOURS)
    latest = place.hours_settings.first()
    if latest is None:
        raise InputProblems(_("the topics"), [_no_rules()])
    known = topics_of(rules_in(latest).jurisdiction)
    modules = dict(modules_of(place))
    wrong = [
        Problem(_("a module"), module[:80], _("a module of the agency"), _("reload the page"))
        for module in topics if module not in modules
    ]  # fmt: skip
    wrong += [
        Problem(modules.get(module, module)[:80], topic[:80], ", ".join(known) or _("no topic"),
                _("choose one of the list"))
        for module, topic in topics.items() if topic and topic not in known
    ]  # fmt: skip
    if wrong:
        raise InputProblems(_("the topics"), wrong[:200])
    named = {module: topic for module, topic in topics.items() if topic}
    return _added(actor, place, now, latest.text, latest.records_from, named)


def topics_of(rules: Jurisdiction) -> dict[str, str]:
    """Return every topic that rules name, by id, as the latest of them calls it."""
    return {topic.id: topic.name for rule in rules.rules for topic in rule.topics}


def _added(
    actor: Actor, place: Agency, now: datetime, text: str, records_from: date | None,
    topics: dict[str, str],
) -> bool:  # fmt: skip
    with transaction.atomic():
        Agency.objects.select_for_update(no_key=True).get(pk=place.pk)
        latest = place.hours_settings.first()
        same = (text, records_from, topics)
        if latest and (latest.text, latest.records_from, latest.topics) == same:
            return False
        row = HoursSetting.objects.create(
            agency=place, text=text, records_from=records_from, topics=topics, by_id=actor.person,
            at=now,
        )  # fmt: skip
        thing = Thing(agency=place.id)
        note(actor, Action.SET_HOURS.value, "hours setting", row.id, thing, now=now)
    return True


def _chosen(
    latest: HoursSetting | None, example: str, file: tuple[str, bytes] | None,
    wrong: list[Problem],
) -> tuple[str, Jurisdiction | None]:  # fmt: skip
    """Return text and rules of what was chosen; else add what is wrong and return no rules."""
    try:
        if file is not None:
            text = _decoded(*file)
            rules = parsed_jurisdiction(text, _shown(file[0]))
            wrong += _unseen(_shown(file[0]), rules.model_dump(mode="json"))
            return text, rules
        if example:
            return examples()[example], jurisdictions()[example]
        if latest is not None:
            return latest.text, rules_in(latest).jurisdiction
        wrong.append(_no_rules())
    except KeyError:
        wrong.append(Problem(_("the rules"), example[:80], ", ".join(examples()), _("choose one")))
    except InputProblems as error:
        wrong += error.problems
    return "", None


def _decoded(name: str, content: bytes) -> str:
    shown = _shown(name)
    if len(content) > MOST_BYTES:
        expected = _("%(most)d KB at most") % {"most": MOST_BYTES // 1024}
        given = _("a longer file")
        raise InputProblems(shown, [Problem(shown, given, expected, _("leave out what is old"))])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        where = _("%(name)s: line %(line)d") % {"name": shown, "line": line}
        given = _("a byte that is no UTF-8: %(byte)s") % {"byte": f"0x{content[error.start]:02x}"}
        problem = Problem(where, given, _("text in UTF-8"), _("save the file as UTF-8"))
        raise InputProblems(shown, [problem]) from error
    unseen = [
        Problem(_("%(name)s: line %(line)d") % {"name": shown, "line": n},
                _("a sign that cannot be seen"), _("plain text"), _("take it out"))
        for n, line in enumerate(text.split("\n"), 1)
        if not line.rstrip("\r").replace("\t", " ").isprintable()
    ]  # fmt: skip
    if unseen:
        raise InputProblems(shown, unseen[:200])
    return text


def _unseen(name: str, part: Any, place: str = "") -> list[Problem]:
    """Say where a text of the rules has signs that cannot be seen, written as escapes."""
    if isinstance(part, dict):
        return [p for key, each in part.items() for p in _unseen(name, each, f"{place}{key}.")]
    if isinstance(part, list):
        return [p for n, each in enumerate(part) for p in _unseen(name, each, f"{place}{n}.")]
    if not isinstance(part, str) or part.replace("\n", " ").isprintable():
        return []
    where = f"{name}: {place.rstrip('.')}"
    return [Problem(where, _("a sign that cannot be seen"), _("plain text"), _("take it out"))]


def _shown(name: str) -> str:
    """Return a file's name as it can be shown: no folders, no signs that cannot be seen."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable())[-100:] or "?"


def _wrong_day(day: date | None, today: date) -> list[Problem]:
    if day is None or EARLIEST <= day <= today:
        return []
    expected = _("a day from %(first)s until today") % {"first": EARLIEST.isoformat()}
    fix = _("give the first day of which everything is on record")
    return [Problem(_("on record from"), day.isoformat(), expected, fix)]


def _no_rules() -> Problem:
    return Problem(_("the rules"), _("nothing"), _("an example or a file"), _("choose one"))
