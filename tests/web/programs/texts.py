"""Curriculum files for the tests, and what publishes them as a person would."""

from __future__ import annotations

from stepdown.web.programs import publishing
from tests.web.conftest import NOW

FIRST = """\
id: roll_call
title: Ten minutes at roll call
for_whom: Everybody who has done the sixteen hours.
techniques:
  - {id: handover, name: Handing over in one minute}
modules:
  - id: first_words
    title: The first words
    hours: 0.5
    delivery: [roll_call]
    objectives:
      - {id: name_reason, text: Begin with your name and an honest reason.}
    techniques: [clarity, respect]
    scenarios: [traffic_stop]
    fidelity:
      - {id: everybody, text: Everybody said theirs aloud.}
    references:
      - {id: s1, source: "Someone 2020, A title", doi: 10.1000/xyz, shows: Little.}
  - id: when_it_fails
    title: When talk fails
    hours: 0.5
    delivery: [roll_call, practical]
    objectives:
      - {id: in_time, text: Say when you would choose another way.}
    techniques: [options, handover]
    when_talk_fails:
      - {id: hand_over, text: "Say what was seen, tried, and what made it worse."}
    assumed:
      - {id: minute, text: One minute is a rule of thumb.}
"""
SECOND = FIRST.replace("hours: 0.5", "hours: 0.75", 1)
THIRD = SECOND.replace(
    "      - {id: everybody, text: Everybody said theirs aloud.}",
    "      - {id: nobody, text: Nobody was laughed at.}",
)
HOSTILE = FIRST.replace("Ten minutes at roll call", '"<script>alert(1)</script>"')


def published(actor, agency, text=FIRST, reason="To begin with.", now=NOW):
    """Look at a text and publish it, and return the row."""
    content = text.encode()
    looked = publishing.look(actor, agency, "ours.yaml", content, reason, now)
    return publishing.publish(
        actor, agency, looked.name, looked.text.encode(), reason, looked.mark, now
    )
