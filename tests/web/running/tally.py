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
    texts = {sent["key"]: sent["text"] for sent in acknowledged}
    rows = list(Encounter.objects.all())
    for row in rows:
        events = stored(row.id)
        if [e.n for e in events] != list(range(row.n_events)):
            wrong.append(f"{row.id}: {row.n_events} events expected, numbers with gaps")
        said = [str(e.data["text"]) for e in events if e.kind == "say"]
        wrong += [f"{row.id}: doubled: {text}" for text in set(said) if said.count(text) > 1]
        wrong += _torn(row.id, len(events))
        if events and not _replays(row, events, texts):
            wrong.append(f"{row.id}: played anew, it is another encounter")
    chain = verify()
    return {
        "encounters": len(rows), "events": sum(row.n_events for row in rows),
        "acts": Act.objects.count(), "entries": chain.entries, "wrong": [*wrong, *chain.broken],
    }  # fmt: skip


def _lost(acknowledged: list[dict[str, str]]) -> list[str]:
    """Return every acknowledged act that is not there, or not once with its words.

    Whoever is speaking when the encounter ends is not heard: the act is there, its words are not.
    """
    from stepdown.web.practice.live import stored
    from stepdown.web.practice.models import Act

    wrong = []
    for sent in acknowledged:
        act = Act.objects.filter(encounter=sent["encounter"], key=sent["key"]).first()
        if act is None:
            wrong.append(f"lost: {sent['text']}")
            continue
        events = [e for e in stored(act.encounter_id, act.first) if e.n < act.until]
        said = sum(e.kind == "say" and e.data["text"] == sent["text"] for e in events)
        if said != 1 and not (said == 0 and events and events[-1].kind == "end"):
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


def _replays(row: Any, events: Any, texts: dict[str, str]) -> bool:
    """Say whether the same words said anew, without any kill, make the same log to the letter."""
    from stepdown.encounter.library import find_scenario
    from stepdown.encounter.play import Encounter as Played
    from stepdown.technique.coders import coder_for
    from stepdown.web.practice.models import Act

    lines: list[bytes] = []
    same = Played.start(
        find_scenario(row.scenario), row.seed, coder_for("en"), lambda e: lines.append(e.line())
    )
    for act in Act.objects.filter(encounter=row).order_by("first", "until"):
        logged = [e.data["text"] for e in events[act.first : act.until] if e.kind == "say"]
        text = texts.get(str(act.key)) or next(iter(logged), "")
        same.say(text)
    return lines == [event.line() for event in events]


if __name__ == "__main__":
    from stepdown.web.setup import prepare_django

    prepare_django()
    sys.stdout.write(json.dumps(main(json.loads(Path(sys.argv[1]).read_text()))))
