"""Kill a site during turns, again and again, and see what became of what was acknowledged."""

from __future__ import annotations

import json
import random
import threading
import time
import uuid
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

from tests.web.running.serving import Running, Template

LINES = (
    "I am listening, take your time", "What happened today", "I can see that this is hard",
    "I will stay here with you", "Nobody is going to rush you", "Tell me more about that",
)  # fmt: skip
HURRIED = "from stepdown.web.limits import A_MINUTE\nA_MINUTE['act'] = 10**6"
"""Run before a site is served: these people say more in a minute than anybody may."""


@dataclass
class Trainee:
    """A person who says one thing after another, and sends again what was not answered."""

    site: Running
    session: str
    encounters: list[str]
    acknowledged: list[dict[str, str]] = field(default_factory=list)
    again: int = 0
    """How often something had to be sent again."""
    refused: int = 0
    faults: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def play(self) -> None:
        """Go on until told to stop; what is under way is brought to its end."""
        left = list(self.encounters)
        said = 0
        while left and not self.stop.is_set():
            said += 1
            line = LINES[said % len(LINES)]
            sent = {"kind": "say", "key": str(uuid.uuid4()), "text": f"{line} ({said})."}
            status = self._send(left[0], sent)
            if status == 302:
                self.acknowledged.append({"encounter": left[0], **sent})
            elif status in (403, 404):
                self.refused += 1
                left.pop(0)
            elif status:
                self.faults.append(f"{status} to {sent['text']}")
        if not left:
            self.faults.append("no encounter is left: begin with more")

    def _send(self, encounter: str, sent: dict[str, str]) -> int:
        """Send until answered; 0 if told to stop and nobody answers."""
        tries = 0
        while True:
            try:
                return self.site.post(f"/encounters/{encounter}/act/", sent, self.session)[0]
            except (OSError, HTTPException):
                self.again += tries == 0
                tries += 1
                if self.stop.is_set() and tries > 200:
                    return 0
                time.sleep(0.03)


@dataclass(frozen=True)
class Outcome:
    """What a run of kills came to."""

    kills: int
    acknowledged: int
    again: int
    faults: list[str]
    found: dict[str, Any]

    @property
    def wrong(self) -> list[str]:
        """Everything that should not have been."""
        return [*self.faults, *self.found["wrong"]]


def torment(made: Template, home: Path, kills: int, seed: int) -> Outcome:
    """Serve a copy of a template, kill it `kills` times while people play, and look."""
    site = made.copy(home)
    draw = random.Random(seed)
    people = [Trainee(site, p["session"], p["encounters"]) for p in made.people]
    threads = [threading.Thread(target=p.play) for p in people]
    site.start("--workers", "1", "--threads", "3", first=HURRIED)
    for thread in threads:
        thread.start()
    try:
        for _ in range(kills):
            _wait_for_more(people)
            time.sleep(draw.uniform(0.0, 0.25))
            site.kill()
            site.start("--workers", "1", "--threads", "3", first=HURRIED)
        _wait_for_more(people)
    finally:
        for person in people:
            person.stop.set()
        for thread in threads:
            thread.join(120)
        site.kill()
    acknowledged = [act for person in people for act in person.acknowledged]
    home.mkdir(parents=True, exist_ok=True)
    noted = home / "acknowledged.json"
    noted.write_text(json.dumps(acknowledged))
    return Outcome(
        kills, len(acknowledged), sum(p.again for p in people),
        [fault for p in people for fault in p.faults], site.script("tally", noted),
    )  # fmt: skip


def _wait_for_more(people: list[Trainee], most_s: float = 60.0) -> None:
    """Wait until the site has acknowledged something new: it is in the midst of turns."""
    before, until = sum(len(p.acknowledged) for p in people), time.monotonic() + most_s
    while sum(len(p.acknowledged) for p in people) <= before + 1 and time.monotonic() < until:
        time.sleep(0.01)
