"""Compare what a site holds with what it acknowledged; prints JSON. A script."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def main(acknowledged: list[dict[str, str]]) -> dict[str, Any]:
    """Return how much there is, and everything that is lost, doubled, torn or changed."""
    from stepdown.web.audit.log import verify
    from stepdown.web.practice.live import stored
    from stepdown.web.practice.models import Act, Encounter

    wrong = _lost(acknowledged)
    rows = list(Encounter.objects.all())
    for row in rows:
        events = stored(row.id)
        if [e.n for e in events] != list(range(row.n_events)):
            wrong.append(f"{row.id}: {row.n_events} events expected, numbers with gaps")
        said = [str(e.data["text"]) for e in events if e.kind == "say"]
        wrong += [f"{row.id}: doubled: {text}" for text in set(said) if said.count(text) > 1]
        wrong += _torn(row.id, len(events))
        if events and not _replays(row, events):
            wrong.append(f"{row.id}: played anew, it is another encounter")
    chain = verify()
    return {
        "encounters": len(rows), "events": sum(row.n_events for row in rows),
        "acts": Act.objects.count(), "entries": chain.entries, "wrong": [*wrong, *chain.broken],
    }  # fmt: skip


def _lost(acknowledged: list[dict[str, str]]) -> list[str]:
    """Return every acknowledged act that is not there, or there with other words."""
    from stepdown.web.practice.models import Act, Event

    wrong = []
    for sent in acknowledged:
        act = Act.objects.filter(encounter=sent["encounter"], key=sent["key"]).first()
        if act is None:
            wrong.append(f"lost: {sent['text']}")
            continue
        lines = Event.objects.filter(
            encounter=sent["encounter"], n__gte=act.first, n__lt=act.until
        ).values_list("line", flat=True)
        if sum(json.dumps(sent["text"]) in line for line in lines) != 1:
            wrong.append(f"not there once: {sent['text']}")
    return wrong


def _torn(encounter: object, events: int) -> list[str]:
    """Return where acts do not follow each other without gap or overlap."""
    from stepdown.web.practice.models import Act

    at, wrong = 1, []
    for act in Act.objects.filter(encounter=encounter).order_by("first", "until"):
        if act.first != at:
            wrong.append(f"{encounter}: an act begins at {act.first}, the one before ends at {at}")
        at = act.until
    return wrong if at == events else [*wrong, f"{encounter}: {events - at} events of no act"]


def _replays(row: Any, events: Any) -> bool:
    """Say whether the same words said anew, without any kill, make the same log to the letter."""
    from stepdown.encounter.library import find_scenario
    from stepdown.encounter.play import Encounter as Played
    from stepdown.technique.coders import coder_for

    lines: list[bytes] = []
    same = Played.start(
        find_scenario(row.scenario), row.seed, coder_for("en"), lambda e: lines.append(e.line())
    )
    for event in events:
        if event.kind == "say":
            same.say(event.data["text"])
    return lines == [event.line() for event in events]


if __name__ == "__main__":
    from stepdown.web.setup import prepare_django

    prepare_django()
    sys.stdout.write(json.dumps(main(json.loads(Path(sys.argv[1]).read_text()))))
