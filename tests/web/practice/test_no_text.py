"""Characters that no writing has: half of a pair (no UTF-8) and NUL (PostgreSQL refuses it)."""

from __future__ import annotations

import json
import re
import uuid

import pytest

from stepdown.encounter.library import find_scenario
from stepdown.problems import InputProblems
from stepdown.web.policy import Role
from stepdown.web.practice import assessing, play, uploading
from stepdown.web.practice.bringing import bring
from stepdown.web.practice.deeds import read_deed
from stepdown.web.practice.live import stored
from stepdown.web.practice.models import Encounter
from tests.web.conftest import NOW
from tests.web.practice.test_assessing import ended
from tests.web.practice.test_bringing import changed
from tests.web.practice.test_uploading import sound

pytestmark = pytest.mark.parametrize("mark", ["\ud800", "\x00"], ids=["half a pair", "NUL"])


def test_a_scenario_with_one_is_refused_with_its_place(here, mark):
    title = f'title: "On the bridge{json.dumps(mark)[1:-1]}"'
    text = re.sub("(?m)^title: .*$", lambda _: title, sound())
    actor = here.people[Role.INSTRUCTOR].actor()
    told = "half a character.*line" if mark == "\ud800" else r"title\s+given:\s+a sign that"
    with pytest.raises(InputProblems, match=told):
        uploading.add(actor, here.agency.id, "a.yaml", text.encode(), NOW)


def test_what_is_said_and_read_is_kept_without_it(here, mark):
    actor = here.people[Role.TRAINEE].actor()
    row = play.start(actor, find_scenario("bridge"), "bridge", "turn", NOW)
    play.do(actor, row.id, uuid.uuid4(), read_deed("say", {"text": f"Hel{mark}lo."}), NOW)
    read = read_deed("assess", {"wants": f"to be{mark} heard", "arousal": "6"})
    play.do(actor, row.id, uuid.uuid4(), read, NOW)
    lines = "".join(event.line().decode() for event in stored(row.id))
    assert "Hello." in lines
    assert "to be heard" in lines
    assert json.dumps(mark)[1:-1] not in lines


def test_a_comment_is_kept_without_it(here, mark):
    row = ended(here)
    actor = here.people[Role.INSTRUCTOR].actor()
    assessing.comment(actor, row.id, 1, f"Well{mark} begun.", NOW)
    assert [c.text for c in assessing.comments(actor, row)] == ["Well begun."]


def test_a_log_with_half_a_pair_is_refused_and_one_with_nul_can_be_looked_back_on(
    here, mark, browser_of
):
    trainee = here.people[Role.TRAINEE]

    def odd(records):
        next(r for r in records if r["kind"] == "say")["text"] = f"Hel{mark}lo."

    if mark == "\ud800":
        with pytest.raises(InputProblems):
            bring(trainee.actor(), changed(odd), "a.jsonl", NOW)
        assert not Encounter.objects.exists()
        return
    row, _ = bring(trainee.actor(), changed(odd), "a.jsonl", NOW)
    browser = browser_of(trainee)
    for path in ("review/", "log/", "review/page/"):
        assert browser.get(f"/encounters/{row.id}/{path}").status_code == 200
