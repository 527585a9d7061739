import json
import sqlite3
import uuid
from contextlib import closing

import pytest

from tests.web.running.killing import torment
from tests.web.site import ENGINE

KILLS = 10
FULL = (
    "from stepdown.web import database\n"
    "database.SQLITE['init_command'] += 'PRAGMA max_page_count={pages};'"
)


def act(text):
    return {"kind": "say", "key": str(uuid.uuid4()), "text": text}


def test_what_was_acknowledged_outlives_every_kill(made, tmp_path):
    outcome = torment(made, tmp_path, KILLS, seed=9)
    assert outcome.wrong == []
    assert outcome.acknowledged >= 2 * KILLS
    assert outcome.again > 0, "no kill met a turn under way"
    assert outcome.found["acts"] >= outcome.acknowledged


@pytest.mark.skipif(ENGINE != "sqlite", reason="a file that may grow no more is SQLite's")
def test_a_full_disk_is_said_and_tears_nothing(made, sites, tmp_path):
    site, trainee = sites(), made.people[0]
    encounter, session = trainee["encounters"][0], trainee["session"]
    with closing(sqlite3.connect(site.database)) as database:
        pages = database.execute("PRAGMA page_count").fetchone()[0]
    site.start(first=FULL.format(pages=pages + 12))
    assert site.get(f"/encounters/{encounter}/", session)[0] == 200
    acknowledged, last = [], {}
    for number in range(200):
        last = act(f"I am still here, number {number}. " + "Take your time. " * 60)
        status, _, page = site.post(f"/encounters/{encounter}/act/", last, session)
        if status != 302:
            break
        acknowledged.append({"encounter": encounter, **last})
    assert status == 507
    assert "The disk is full" in page
    assert "everything acknowledged before is kept" in page
    said = {k: last[k] for k in ("kind", "text")}
    status, document = site.call(f"/encounters/{encounter}/acts", said, session, str(uuid.uuid4()))
    assert status == 507
    assert "disk is full" in document["error"]
    assert site.get("/health/")[0] == 200
    other = made.people[1]
    assert site.get(f"/encounters/{other['encounters'][0]}/", other["session"])[0] in (200, 507)
    site.kill()
    site.start()
    assert site.post(f"/encounters/{encounter}/act/", last, session)[0] == 302
    acknowledged.append({"encounter": encounter, **last})
    site.kill()
    (tmp_path / "sent.json").write_text(json.dumps([
        {**sent, "text": " ".join(sent["text"].split())} for sent in acknowledged
    ]))  # fmt: skip
    assert len(acknowledged) > 2
    assert site.script("tally", tmp_path / "sent.json")["wrong"] == []
