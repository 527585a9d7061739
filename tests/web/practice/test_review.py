import re
import uuid
from html import unescape

import pytest

from stepdown.encounter.log import parsed
from stepdown.encounter.play import Encounter as Played
from stepdown.encounter.review import review
from stepdown.encounter.review.page import render
from stepdown.encounter.review.rubric import domains
from stepdown.technique.coders import coder_for
from stepdown.web.audit.models import Entry
from stepdown.web.policy import Role
from stepdown.web.practice import play
from stepdown.web.practice.deeds import read_deed
from stepdown.web.practice.forgetting import forget_words
from stepdown.web.practice.live import stored
from stepdown.web.practice.models import Comment, HandScore
from tests.web.conftest import NOW
from tests.web.practice.played import assessment, begun, ended


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


@pytest.fixture
def browser(trainee, browser_of):
    return browser_of(trainee)


def page_of(browser, row):
    answer = browser.get(f"/encounters/{row.id}/review/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_review_says_all_that_the_library_found(trainee, browser):
    row = ended(trainee)
    found, page = review(stored(row.id)), unescape(page_of(browser, row))
    assert f"Outcome: {found.outcome}" in page
    assert "luck is not merit" in page
    for moment in (*found.helped, *found.hurt):
        assert moment.what in page
        assert all(line in page for line in moment.better)
        assert moment.why in page
    for domain in found.rubric:
        assert domain.name in page
        assert domain.anchor in page
    assert all(question in page for question in found.debrief)
    assert "one minute ahead" in page.replace("\n", " ")
    for point in found.timeline:
        assert f'id="e{point.event}"' in page
        assert point.answer in page
    assert "self harm" in page


def test_every_link_within_the_review_leads_somewhere(trainee, browser):
    page = page_of(browser, ended(trainee))
    links, ids = set(re.findall(r'href="#([^"]+)"', page)), re.findall(r'id="([^"]+)"', page)
    assert links
    assert links <= set(ids)
    assert len(ids) == len(set(ids))


def test_what_was_typed_is_shown_as_text(trainee, browser):
    acts = (("say", {"text": "<script>alert(1)</script> & <b>you</b>"}),)
    page = page_of(browser, ended(trainee, acts=acts))
    assert "<script>alert" not in page
    assert "<b>you" not in page


def test_what_has_not_ended_has_no_review_yet(trainee, browser):
    row = begun(trainee)
    page = page_of(browser, row)
    assert "has not ended yet" in page
    assert f'href="/encounters/{row.id}/"' in page
    assert browser.get(f"/encounters/{row.id}/log/").status_code == 302
    assert browser.get(f"/encounters/{row.id}/review/page/").status_code == 302


def test_when_the_words_are_gone_the_skill_stays_and_it_is_said_why(here, trainee, browser):
    row = ended(trainee)
    forget_words(row, NOW)
    page = page_of(browser, row)
    assert "deleted on 2 March 2026" in page
    assert "90 days after practice" in page
    assert "stopped by the trainee" in page
    assert "Listening" in page
    assert "calm down now" not in page
    assert browser.get(f"/encounters/{row.id}/log/")["Location"] == f"/encounters/{row.id}/review/"


def test_an_assessment_shows_comments_beside_turns_and_scores_beside_the_machine_s(
    here, trainee, browser
):
    row, by = ended(trainee, assignment=assessment(here)), here.people[Role.INSTRUCTOR]
    Comment.objects.create(encounter=row, n=1, by=by, text="Well <i>heard</i>")
    HandScore.objects.create(encounter=row, by=by, domains={"listening": 3}, note="Go on so")
    page = page_of(browser, row)
    assert "Well &lt;i&gt;heard" in page
    assert f'<th scope="col">{by.name}</th>' in page
    assert "Go on so" in page
    assert "delete-words" not in page
    Comment.objects.update(by=None)
    HandScore.objects.update(by=None)
    assert "An instructor" in page_of(browser, row)


def test_more_turns_comments_and_tries_need_no_more_questions(
    here, trainee, browser, django_assert_max_num_queries
):
    row = ended(trainee, assignment=assessment(here))
    for n in range(1, 5):
        Comment.objects.create(encounter=row, n=n, by=here.people[Role.INSTRUCTOR], text="x")
        play.retry(trainee.actor(), row.id, n, NOW)
    page_of(browser, row)
    with django_assert_max_num_queries(13):
        page_of(browser, row)


def test_practice_is_read_by_nobody_else_and_the_attempt_is_noted(
    here, elsewhere, trainee, browser_of
):
    row = ended(trainee)
    others = [p for p in (*here.people.values(), *elsewhere.people.values()) if p != trainee]
    for person in others:
        client = browser_of(person)
        for path in ("review/", "review/page/", "log/"):
            status = client.get(f"/encounters/{row.id}/{path}").status_code
            knows = person in (here.people[Role.INSTRUCTOR], here.people[Role.COORDINATOR])
            assert status == (403 if knows else 404)
    assert Entry.objects.filter(outcome="refused").count() == 3 * len(others)


def test_an_instructor_reads_an_assessment_on_its_own_page_and_it_is_noted(
    here, trainee, browser_of
):
    row = ended(trainee, assignment=assessment(here))
    client = browser_of(here.people[Role.INSTRUCTOR])
    answer = client.get(f"/encounters/{row.id}/review/")
    assert answer["Location"] == f"/assess/{row.id}/"
    assert Entry.objects.filter(outcome="read", record=str(row.id)).exists()


def test_once_they_have_scored_an_instructor_sees_the_machine_s_review_and_no_way_to_try_again(
    here, trainee, browser_of
):
    row, client = (
        ended(trainee, assignment=assessment(here)),
        browser_of(here.people[Role.INSTRUCTOR]),
    )
    for path in ("review/", "log/", "review/page/"):
        assert client.get(f"/encounters/{row.id}/{path}").status_code == 302
    scored = client.post(f"/assess/{row.id}/score/", dict.fromkeys(domains(), "2"), follow=True)
    link = f"/encounters/{row.id}/review/"
    assert f'href="{link}"' in scored.content.decode()
    page = page_of(client, row)
    assert "Seven domains" in page
    assert "Try again from here" not in page
    assert f"/encounters/{row.id}/retry/" not in page
    for path in ("log/", "review/page/"):
        assert client.get(f"/encounters/{row.id}/{path}").status_code == 200


def test_a_running_assessment_has_no_review_for_anybody(here, trainee, browser, browser_of):
    row, teacher = begun(trainee, assignment=assessment(here)), here.people[Role.INSTRUCTOR]
    HandScore.objects.create(encounter=row, by=teacher, domains={})
    assert "has not ended yet" in page_of(browser, row)
    for path in ("review/", "log/", "review/page/"):
        assert browser_of(teacher).get(f"/encounters/{row.id}/{path}").status_code == 302
        answer = browser.get(f"/encounters/{row.id}/{path}")
        assert "rousal" not in answer.content.decode().split("</h1>")[-1]


def test_an_instructor_of_another_unit_reads_no_assessment(here, trainee, browser_of):
    row, by = ended(trainee, assignment=assessment(here)), here.people[Role.INSTRUCTOR]
    by.grants.update(unit=here.other_unit)
    assert browser_of(by).get(f"/encounters/{row.id}/review/").status_code == 404


def test_the_log_is_what_a_terminal_would_have_written(trainee, browser, tmp_path):
    from stepdown.encounter.library import library

    row = ended(trainee)
    answer = browser.get(f"/encounters/{row.id}/log/")
    written = []
    same = Played.start(library()["bridge"], 7, coder_for("en"), written.append)
    same.say("Hello, I am Sam. It sounds like you are worn out.")
    same.move("step_back")
    same.say("You must calm down now! Why did you do that?")
    same.assess({"arousal": 7.0, "risk": "self_harm"})
    same.wait(5)
    same.stop()
    assert answer.content == b"".join(event.line() for event in written)
    assert parsed(answer.content.splitlines(), tmp_path) == stored(row.id)
    assert answer["Content-Disposition"] == 'attachment; filename="bridge-7.jsonl"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]


def test_the_review_can_be_taken_away_as_a_page_that_stands_alone(trainee, browser):
    row = ended(trainee)
    answer = browser.get(f"/encounters/{row.id}/review/page/")
    assert answer.content.decode() == render(review(stored(row.id)))
    assert answer["Content-Disposition"] == 'attachment; filename="bridge-7.html"'
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_what_there_is_not_is_not_found(browser):
    for path in ("review/", "review/page/", "log/"):
        assert browser.get(f"/encounters/{uuid.uuid4()}/{path}").status_code == 404


def test_words_are_deleted_from_the_review(trainee, confirmed_of):
    row, browser = ended(trainee), confirmed_of(trainee)
    assert f'action="/encounters/{row.id}/delete-words/"' in page_of(browser, row)
    answer = browser.post(f"/encounters/{row.id}/delete-words/", follow=True)
    assert "What you learned stays" in answer.content.decode()
    row.refresh_from_db()
    assert row.erased_at is not None


def test_asking_for_the_address_of_the_button_deletes_nothing(trainee, confirmed_of):
    row = ended(trainee)
    answer = confirmed_of(trainee).get(f"/encounters/{row.id}/delete-words/")
    assert answer["Location"] == f"/encounters/{row.id}/review/"
    row.refresh_from_db()
    assert row.erased_at is None


def test_nobody_else_deletes_them(here, elsewhere, trainee, confirmed_of):
    row = ended(trainee)
    for person in (here.people[Role.INSTRUCTOR], here.people[Role.AGENCY_ADMIN],
                   elsewhere.people[Role.TRAINEE]):  # fmt: skip
        answer = confirmed_of(person).post(f"/encounters/{row.id}/delete-words/")
        assert answer.status_code in (403, 404)
    row.refresh_from_db()
    assert row.erased_at is None


def test_an_encounter_in_which_nothing_was_said_can_be_reviewed(trainee, browser):
    row = ended(trainee, acts=())
    assert "Nothing that you said or did" in page_of(browser, row)


def test_a_move_that_was_refused_can_be_done_otherwise(trainee, browser):
    row = begun(trainee, acts=())
    play.do(trainee.actor(), row.id, uuid.uuid4(), read_deed("move", {"text": "hands_on"}), NOW)
    play.do(trainee.actor(), row.id, uuid.uuid4(), read_deed("stop", {}), NOW)
    assert 'name="at" value="1"' in page_of(browser, row)


def test_on_a_phone_the_cells_of_a_review_say_what_they_are(trainee, browser):
    page = page_of(browser, ended(trainee))
    for label in ("time", "arousal", "trust", "worth", "0 to 4", "lines for and against"):
        assert f'data-label="{label}"' in page
    assert '<table class="lines stacks">' in page
