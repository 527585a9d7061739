import re
import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest

from stepdown.encounter.library import library
from stepdown.web.policy import Role
from stepdown.web.practice import play
from stepdown.web.practice.deeds import read_deed
from stepdown.web.practice.live import stored
from stepdown.web.practice.models import Event
from tests.web.conftest import NOW

HTMX = {"HX-Request": "true"}


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


def begun(person, pace="turn", scenario="bridge"):
    return play.start(person.actor(), library()[scenario], scenario, pace, NOW, seed=7)


def sent(browser, row, kind, **given):
    given = {"kind": kind, "key": str(uuid.uuid4()), "since": "0", **given}
    return browser.post(f"/encounters/{row.id}/act/", given, headers=HTMX)


def test_the_page_shows_what_can_be_seen_and_no_number_of_what_is_felt(trainee, browser_of):
    row = begun(trainee)
    page = browser_of(trainee).get(f"/encounters/{row.id}/").content.decode()
    assert 'role="log"' in page
    assert "<svg" in page
    assert "05:30. Thin rain." in page
    assert "is about 8 m away" in page
    for hidden in ("arousal_true", "trust", "threat", "probabilities", "seed"):
        assert hidden not in re.sub(r'name="arousal"', "", page)


def test_everything_on_the_page_works_without_scripts(trainee, browser_of):
    browser, row = browser_of(trainee), begun(trainee)
    page = browser.get(f"/encounters/{row.id}/").content.decode()
    key = re.search(r'name="key" value="([0-9a-f-]{36})"', page)[1]
    answer = browser.post(
        f"/encounters/{row.id}/act/", {"kind": "say", "text": "What happened?", "key": key}
    )
    assert (answer.status_code, answer["Location"]) == (302, f"/encounters/{row.id}/")
    again = browser.post(
        f"/encounters/{row.id}/act/", {"kind": "say", "text": "What happened?", "key": key}
    )
    assert again.status_code == 302
    assert browser.get(f"/encounters/{row.id}/").content.decode().count("What happened?") == 1


def test_a_part_holds_what_is_new_and_the_key_of_the_next_act(trainee, browser_of):
    browser, row = browser_of(trainee), begun(trainee)
    first = sent(browser, row, "say", text="What happened?", since="1").content.decode()
    assert 'id="e1"' in first
    assert 'id="e0"' not in first
    second = sent(browser, row, "move", text="step_back", since="2").content.decode()
    assert 'id="e1"' not in second
    keys = set(re.findall(r'name="key" value="([0-9a-f-]{36})"', second))
    assert len(keys) == 1
    assert keys.isdisjoint(re.findall(r'name="key" value="([0-9a-f-]{36})"', first))


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        ("say", {"text": "   "}, "a few words"),
        ("say", {"text": "x" * 4001}, "4000 characters at most"),
        ("wait", {"seconds": "never"}, "a number from 0.5 to 120"),
        ("wait", {"seconds": "nan"}, "a number from 0.5 to 120"),
        ("assess", {"arousal": "11"}, "a number from 0 to 10"),
        ("assess", {}, "an answer to one question"),
        ("dance", {}, "one of say, move"),
        ("say", {"text": "hello", "key": "no key"}, "the key of this act"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_and_changes_nothing(trainee, browser_of, kind, given, said):
    browser, row = browser_of(trainee), begun(trainee)
    answer = sent(browser, row, kind, **given)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert 'role="alert"' in answer.content.decode()
    assert Event.objects.filter(encounter=row).count() == 1


def test_hostile_words_are_kept_as_words(trainee, browser_of):
    browser, row = browser_of(trainee), begun(trainee)
    sent(browser, row, "say", text="<script>alert(1)</script>\x00\u202e")
    page = browser.get(f"/encounters/{row.id}/").content.decode()
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert "\u202e" not in page


def test_a_move_that_is_not_here_is_refused_in_words(trainee, browser_of):
    browser, row = browser_of(trainee), begun(trainee)
    answer = sent(browser, row, "move", text="fly")
    assert answer.status_code == 400
    assert "one of step_back" in answer.content.decode()
    assert Event.objects.filter(encounter=row).count() == 1


def test_a_move_that_would_change_nothing_is_marked(trainee, browser_of):
    browser, row = browser_of(trainee), begun(trainee)
    page = browser.get(f"/encounters/{row.id}/").content.decode()
    assert 'id="move-radio_off">' in page
    after = sent(browser, row, "move", text="radio_off").content.decode()
    assert 'id="move-radio_off" class="spent">' in after
    assert 'id="moves-all" hx-swap-oob="true"' in after
    assert 'id="move-turn_side">' in after
    after = sent(browser, row, "move", text="turn_side").content.decode()
    assert 'id="move-turn_side" class="spent">' in after
    assert 'id="move-step_back">' in after
    assert "moves-all" not in sent(browser, row, "say", text="Hello.").content.decode()


def test_an_encounter_that_ended_leads_to_its_review(trainee, browser_of):
    browser, row = browser_of(trainee), begun(trainee)
    answer = sent(browser, row, "stop").content.decode()
    assert f"/encounters/{row.id}/review/" in answer
    assert 'name="text"' not in browser.get(f"/encounters/{row.id}/").content.decode()


def test_real_pace_ticks_and_pauses_and_turn_by_turn_does_neither(trainee, browser_of):
    browser = browser_of(trainee)
    real, turn = begun(trainee, "real"), begun(trainee, "turn")
    assert 'id="tick"' in browser.get(f"/encounters/{real.id}/").content.decode()
    page = browser.get(f"/encounters/{turn.id}/").content.decode()
    assert 'id="tick"' not in page
    assert 'value="pause"' not in page
    paused = sent(browser, real, "pause").content.decode()
    assert 'value="resume"' in paused
    assert "stands still" in paused


def test_ending_a_session_in_the_middle_sends_a_part_of_the_page_to_the_sign_in(trainee, client):
    row = begun(trainee)
    answer = client.post(f"/encounters/{row.id}/act/", {"kind": "tick"}, headers=HTMX, secure=True)
    assert answer.status_code == 204
    assert answer["HX-Redirect"].startswith("/account/login/?next=")


def test_nobody_else_sees_the_page(here, elsewhere, trainee, browser_of):
    row = begun(trainee)
    for person in (*here.people.values(), *elsewhere.people.values()):
        if person != trainee:
            answer = browser_of(person).get(f"/encounters/{row.id}/")
            assert answer.status_code in (403, 404), person


@pytest.mark.parametrize("scenario", sorted(library()))
def test_every_shipped_scenario_has_its_page(trainee, browser_of, scenario):
    row = begun(trainee, scenario=scenario)
    assert browser_of(trainee).get(f"/encounters/{row.id}/").status_code == 200


def test_asking_twice_for_the_page_costs_the_same_after_forty_turns(
    trainee, browser_of, django_assert_max_num_queries
):
    browser, row = browser_of(trainee), begun(trainee)
    for _ in range(40):
        play.do(trainee.actor(), row.id, uuid.uuid4(), read_deed("move", {"text": "nod"}), NOW)
    browser.get(f"/encounters/{row.id}/")
    with django_assert_max_num_queries(14):
        browser.get(f"/encounters/{row.id}/")


def test_a_server_whose_clock_is_set_back_goes_on_where_it_was(trainee, browser_of, monkeypatch):
    browser, row = browser_of(trainee), begun(trainee, pace="real")
    seen = []
    for hours, seconds, kind in ((0, 4, "tick"), (-2, 0, "say"), (-2, 3, "tick"), (1, 0, "say")):
        now = NOW + timedelta(hours=hours, seconds=seconds)
        monkeypatch.setattr(
            "stepdown.web.practice.views.encounter.datetime",
            SimpleNamespace(now=lambda _, n=now: n),
        )
        assert sent(browser, row, kind, text="What happened?").status_code == 200
        row.refresh_from_db()
        seen.append(row.clock_s)
    assert seen == sorted(seen)
    times = [event.t for event in stored(row.id)]
    assert times == sorted(times)
    said = [event for event in stored(row.id) if event.kind == "say"]
    assert len(said) == 2
