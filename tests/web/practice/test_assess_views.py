import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stepdown.encounter.review.rubric import domains
from stepdown.technique.codebook import CODES
from stepdown.web.accounts.models import Person, RoleGrant
from stepdown.web.audit.models import Entry
from stepdown.web.policy import Role
from stepdown.web.practice import assessing, play
from stepdown.web.practice.deeds import read_deed
from stepdown.web.practice.forgetting import forget_words
from stepdown.web.practice.live import stored
from stepdown.web.practice.models import Comment, HandScore, Skill
from tests.web.conftest import NOW
from tests.web.practice.test_assessing import (
    SCORES,
    STOP,
    ended,
    happening,
    running,
    second_teacher,
)

PART = {"HX-Request": "true"}


@pytest.fixture
def client(here, browser_of):
    return browser_of(here.people[Role.INSTRUCTOR])


def text_of(answer):
    """The page without what differs each time: tokens, nonces, marks."""
    text = re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]*"', "", answer.content.decode())
    return re.sub(r"mark=[^\"&]*", "", text)


def hidden_words():
    """What only the machine says: its codes, and its columns."""
    return {code for code in CODES if "_" in code} | {"worth", "arousal", "trust", "probabilit"}


def test_while_it_runs_the_talk_the_scene_and_the_clock_are_shown(here, client):
    row = running(here)
    text = client.get(f"/assess/{row.id}/").content.decode()
    assert "What happened today?" in text
    assert "<svg" in text
    assert 'role="log"' in text
    assert 'hx-trigger="every 2s"' in text
    assert "style=" not in text.replace('rel="stylesheet"', "")


def test_polling_answers_only_what_is_new(here, client):
    row = running(here)
    page = client.get(f"/assess/{row.id}/").content.decode()
    url = re.search(r'hx-get="([^"]*/new/[^"]*)"', page)[1].replace("&amp;", "&")
    same = client.get(url, headers=PART).content.decode()
    assert "What happened today?" not in same
    assert "<svg" not in same
    assert "happening-" not in same
    say = read_deed("say", {"text": "Take all the time you need."})
    play.do(here.people[Role.TRAINEE].actor(), row.id, uuid.uuid4(), say, NOW)
    new = client.get(url, headers=PART).content.decode()
    assert "Take all the time you need." in new
    assert "What happened today?" not in new
    assert len(Entry.objects.filter(outcome="read", record=row.id)) == 1


@pytest.mark.parametrize("since", ["", "x", "-1", "99999999999999999999", "1e3", "²"])
def test_polling_from_nowhere_is_answered_all_the_same(here, client, since):
    row = running(here)
    answer = client.get(f"/assess/{row.id}/new/", {"since": since, "mark": "x" * 5000})
    assert answer.status_code == 200


def test_polling_ends_with_the_assessment(here, client):
    row = running(here)
    play.do(here.people[Role.TRAINEE].actor(), row.id, uuid.uuid4(), STOP, NOW)
    answer = client.get(f"/assess/{row.id}/new/?since=2", headers=PART)
    assert answer.status_code == 286
    assert "It has ended." in answer.content.decode()
    assert "every 2s" not in answer.content.decode()


def test_setting_off_a_happening_with_and_without_script(here, client):
    row = running(here)
    url, name = f"/assess/{row.id}/happening/", happening(row)
    assert client.post(url, {"happening": name}, headers=PART).status_code == 204
    assert client.post(url, {"happening": name}).headers["Location"] == f"/assess/{row.id}/"
    assert client.post(url, {"happening": "none"}).status_code == 400
    assert [e.data["id"] for e in stored(row.id) if e.data.get("what") == "happening"] == [name]
    assert "has happened" in client.get(f"/assess/{row.id}/").content.decode()


def test_before_the_hand_score_no_answer_holds_anything_of_the_machine(here, client):
    row = ended(here)
    actor = here.people[Role.INSTRUCTOR].actor()
    assessing.comment(second_teacher(here).actor(), row.id, 1, "a hint of somebody", NOW)
    before = [text_of(client.get(f"/assess/{row.id}/"))]
    before.append(text_of(client.get(f"/assess/{row.id}/new/?since=0", headers=PART)))
    for score in (0, 4):
        Skill.objects.update_or_create(
            encounter=row, defaults={"domains": dict.fromkeys(domains(), score), "outcome": "force",
                                     "seconds": 1, "turns": 1},
        )  # fmt: skip
        assert text_of(client.get(f"/assess/{row.id}/")) == before[0]
    HandScore.objects.create(encounter=row, domains=dict.fromkeys(domains(), 4), note="a hint")
    assert text_of(client.get(f"/assess/{row.id}/")) == before[0]
    for text in before:
        shown = re.sub(r"<fieldset.*?</fieldset>", "", text, flags=re.S)
        assert not [word for word in hidden_words() if word in shown.lower()]
        assert "hint" not in text.replace('class="hint"', "")
    assert assessing.own_score(actor, row) is None


def test_faults_in_scores_say_nothing_of_the_machine_either(here, client):
    row = ended(here)
    answer = client.post(f"/assess/{row.id}/score/", {"position": "9"})
    assert answer.status_code == 400
    assert "a number from 0 to 4" in answer.content.decode()
    assert not Skill.objects.exists()


def test_after_the_hand_score_both_stand_side_by_side(here, client):
    row = ended(here)
    Skill.objects.create(encounter=row, domains={**dict.fromkeys(domains(), 2), "respect": 0},
                         outcome="", seconds=1, turns=1)  # fmt: skip
    answer = client.post(f"/assess/{row.id}/score/", {**SCORES, "note": "fair"})
    assert answer.headers["Location"] == f"/assess/{row.id}/#scores"
    text = client.get(f"/assess/{row.id}/").content.decode()
    assert "Scores side by side" in text
    assert text.count('<td class="number">0</td>') == 6
    assert text.count('<td class="number">\N{MINUS SIGN}2</td>') == 1
    assert "Save my scores" not in text
    assert client.post(f"/assess/{row.id}/score/", {**SCORES, "respect": 0}).status_code == 400
    assert HandScore.objects.get().domains == SCORES


def test_a_comment_stands_beside_its_turn_and_is_shown_as_text(here, client):
    row = ended(here)
    url = f"/assess/{row.id}/comment/"
    answer = client.post(url, {"n": "1", "text": "<script>alert(1)</script>"})
    assert answer.headers["Location"] == f"/assess/{row.id}/#e1"
    text = client.get(f"/assess/{row.id}/").content.decode()
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert" not in text
    for bad in ("", "x", "-1", "9999999"):
        assert client.post(url, {"n": bad, "text": "x"}).status_code == 400
    assert Comment.objects.count() == 1


def test_who_comes_to_the_room(here, elsewhere, browser_of):
    other = Person.objects.create_user("o@here.example", "Other")
    RoleGrant.objects.create(
        person=other, role=Role.INSTRUCTOR, agency=here.agency, unit=here.other_unit
    )
    rows = (running(here), ended(here))
    wanted = {Role.INSTRUCTOR: {200}, Role.COORDINATOR: {403}, Role.TRAINEE: {403},
              Role.ANALYST: {404}, Role.AGENCY_ADMIN: {404}, Role.SITE_ADMIN: {404}}  # fmt: skip
    for row in rows:
        for role, statuses in wanted.items():
            client = browser_of(here.people[role])
            assert {client.get(f"/assess/{row.id}/{p}").status_code for p in ("", "new/")} <= (
                statuses | ({286} if role is Role.INSTRUCTOR else set())
            ), role
            assert browser_of(elsewhere.people[role]).get(f"/assess/{row.id}/").status_code == 404
        assert browser_of(other).get(f"/assess/{row.id}/").status_code == 404
        for act in ("happening", "comment", "score"):
            for person in (other, here.people[Role.TRAINEE], elsewhere.people[Role.INSTRUCTOR]):
                answer = browser_of(person).post(f"/assess/{row.id}/{act}/", {**SCORES, "n": 1})
                assert answer.status_code in (403, 404)
            assert browser_of(other).get(f"/assess/{row.id}/{act}/").status_code == 405


def test_questions_asked_of_the_database_do_not_grow_with_comments(here, client):
    row = ended(here)
    actor, counts = here.people[Role.INSTRUCTOR].actor(), []
    client.get(f"/assess/{row.id}/")
    for n in (1, 6):
        for _ in range(n):
            assessing.comment(actor, row.id, 1, "x", NOW)
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/assess/{row.id}/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_when_the_words_were_deleted_the_scores_stay(here, client):
    row = ended(here)
    client.post(f"/assess/{row.id}/score/", SCORES)
    client.get(f"/assess/{row.id}/")
    row.events.all().delete()
    row.n_events, row.erased_at = 0, NOW
    row.save()
    text = client.get(f"/assess/{row.id}/").content.decode()
    assert "The words of this assessment were deleted" in text
    assert "Scores side by side" in text


def test_polling_stops_calmly_when_the_words_are_deleted(here, client):
    row = running(here)
    forget_words(row, NOW)
    answer = client.get(f"/assess/{row.id}/new/?since=2", headers=PART)
    assert answer.status_code == 286
    assert "It has ended." in answer.content.decode()
