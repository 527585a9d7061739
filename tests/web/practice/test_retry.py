import re
import uuid
from datetime import timedelta

import pytest

from stepdown.problems import InputProblems
from stepdown.web.permission import Missing, Refused
from stepdown.web.policy import Action, Role, decide
from stepdown.web.practice import play
from stepdown.web.practice.deeds import read_deed
from stepdown.web.practice.forgetting import forget_words
from stepdown.web.practice.live import stored
from stepdown.web.practice.models import Encounter
from stepdown.web.practice.play import NotEnded
from stepdown.web.practice.tree import DEEPEST, compared, tree_of
from tests.web.conftest import NOW
from tests.web.practice.played import ACTS, assessment, begun, ended, stopped


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


@pytest.fixture
def browser(trainee, browser_of):
    return browser_of(trainee)


def again(person, row, at, text=None):
    later = NOW + timedelta(minutes=Encounter.objects.count())
    branch = play.retry(person.actor(), row.id, at, later)
    if text:
        play.do(person.actor(), branch.id, uuid.uuid4(), read_deed("say", {"text": text}), NOW)
    return stopped(person, branch)


def test_a_button_of_the_review_begins_again_from_there(trainee, browser):
    row = ended(trainee)
    answer = browser.post(f"/encounters/{row.id}/retry/", {"at": "3"})
    branch = Encounter.objects.get(parent=row)
    assert answer["Location"] == f"/encounters/{branch.id}/"
    assert stored(branch.id) == stored(row.id)[:3]
    assert browser.get(answer["Location"]).status_code == 200


def test_trying_an_assessment_again_is_practice(here, trainee, browser):
    row = ended(trainee, assignment=assessment(here))
    browser.post(f"/encounters/{row.id}/retry/", {"at": "2"})
    branch = Encounter.objects.get(parent=row)
    assert (branch.assessed, branch.assignment) == (False, None)


@pytest.mark.parametrize("at", ["", "x", "-1", "0", "999", "9" * 40, "1.5", "²"])
def test_a_point_that_there_is_not_is_refused_clearly(trainee, browser, at):
    row = ended(trainee)
    answer = browser.post(f"/encounters/{row.id}/retry/", {"at": at})
    assert answer.status_code == 400
    assert Encounter.objects.count() == 1


@pytest.mark.parametrize("assessed", [True, False])
def test_what_still_runs_is_neither_tried_again_nor_compared(here, trainee, browser, assessed):
    row = begun(trainee, assignment=assessment(here) if assessed else None)
    with pytest.raises(NotEnded, match="not ended yet"):
        play.retry(trainee.actor(), row.id, 2, NOW)
    answer = browser.post(f"/encounters/{row.id}/retry/", {"at": "2"})
    assert answer.status_code == 400
    assert "It has not ended yet" in answer.content.decode()
    assert Encounter.objects.count() == 1
    assert not decide(trainee.actor(), Action.RETRY, row.thing()).allowed
    other = ended(trainee)
    for pair in ((row, other), (other, row)):
        with pytest.raises(NotEnded):
            compared(trainee.actor(), pair[0].id, pair[1].id)
    to = f"/encounters/{other.id}/compare/{row.id}/"
    answer = browser.get(to)
    assert answer.status_code == 400
    assert "Trust" not in answer.content.decode()


def test_nobody_tries_again_what_another_did(here, elsewhere, trainee, browser_of):
    row = ended(trainee, assignment=assessment(here))
    for person in (here.people[Role.INSTRUCTOR], here.people[Role.COORDINATOR],
                   elsewhere.people[Role.TRAINEE]):  # fmt: skip
        answer = browser_of(person).post(f"/encounters/{row.id}/retry/", {"at": "1"})
        assert answer.status_code in (403, 404)
    assert browser_of(trainee).get(f"/encounters/{row.id}/retry/").status_code == 405
    assert Encounter.objects.count() == 1


def test_the_tries_of_an_encounter_are_a_tree(trainee):
    root = ended(trainee)
    first, second = again(trainee, root, 3), again(trainee, root, 5)
    deeper = again(trainee, first, 2)
    ended(trainee, seed=8)
    for row in (root, first, second, deeper):
        found = tree_of(row)
        assert [(t.row.id, t.depth) for t in found] == [
            (root.id, 0), (first.id, 1), (deeper.id, 2), (second.id, 1),
        ]  # fmt: skip
        assert [t.row.id for t in found if t.here] == [row.id]
        assert all(t.skill for t in found)


def test_the_same_encounter_begun_twice_is_two_trees(trainee):
    one, other = ended(trainee), ended(trainee)
    again(trainee, one, 2)
    assert len(tree_of(one)) == 2
    assert len(tree_of(other)) == 1


def test_a_long_chain_of_tries_stays_within_the_page(trainee, browser):
    row = ended(trainee)
    for n in range(DEEPEST + 4):
        row = again(trainee, row, 2, f"Try number {n}")
    found = tree_of(row)
    assert len(found) == DEEPEST + 5
    assert max(t.depth for t in found) == DEEPEST
    page = browser.get(f"/encounters/{row.id}/review/").content.decode()
    tree = re.search(r'<ul class="tree">.*?</section>', page, re.DOTALL).group()
    for tag in ("ul", "li"):
        assert len(re.findall(f"<{tag}[ >]", tree)) == tree.count(f"</{tag}>")


def test_the_tree_is_shown_with_outcomes_scores_and_ways_to_compare(trainee, browser):
    root = ended(trainee)
    branch = again(trainee, root, 3, "I am here.")
    opened = play.retry(trainee.actor(), root.id, 2, NOW)
    gone = again(trainee, root, 4)
    forget_words(gone, NOW)
    page = browser.get(f"/encounters/{root.id}/review/").content.decode()
    assert "Your tries" in page
    assert f"/encounters/{root.id}/compare/{branch.id}/" in page
    assert f'href="/encounters/{opened.id}/"' in page
    assert f"/encounters/{root.id}/compare/{gone.id}/" not in page
    assert f'href="/encounters/{gone.id}/review/"' in page


def test_two_tries_are_compared_from_where_they_part(trainee, browser):
    root = ended(trainee)
    branch = again(trainee, root, 3, "You sound exhausted. I have time.")
    parted = compared(trainee.actor(), root.id, branch.id)
    assert parted.at == 3
    assert [p.event for p in parted.sides[1].points] == [3, 4]
    assert parted.sides[0].points[0].what == "You must calm down now! Why did you do that?"
    page = browser.get(f"/encounters/{root.id}/compare/{branch.id}/").content.decode()
    assert "part at line 3" in page
    assert "You sound exhausted" in page
    assert "Listening" in page
    assert page.count("<polyline") == 4


def test_a_try_that_goes_no_further_says_so(trainee, browser):
    root = ended(trainee, acts=ACTS[:2])
    branch = play.retry(trainee.actor(), root.id, 3, NOW)
    stopped(trainee, branch)
    page = browser.get(f"/encounters/{root.id}/compare/{branch.id}/").content.decode()
    assert "It goes no further" in page


def test_only_tries_of_one_encounter_are_compared(trainee, browser):
    one, other = ended(trainee), ended(trainee, seed=8)
    for a, b in ((one, other), (one, one)):
        with pytest.raises(InputProblems, match="no beginning in common"):
            compared(trainee.actor(), a.id, b.id)
        assert browser.get(f"/encounters/{a.id}/compare/{b.id}/").status_code == 400


def test_only_one_s_own_tries_are_compared(here, elsewhere, trainee):
    root = ended(trainee, assignment=assessment(here))
    branch = again(trainee, root, 3)
    for person in (here.people[Role.INSTRUCTOR], here.people[Role.COORDINATOR],
                   elsewhere.people[Role.TRAINEE]):  # fmt: skip
        own = ended(person)
        for pair in ((root, branch), (own, branch), (root, own)):
            with pytest.raises(Refused):
                compared(person.actor(), pair[0].id, pair[1].id)
    with pytest.raises(Missing):
        compared(trainee.actor(), root.id, uuid.uuid4())


def test_what_was_deleted_is_compared_with_nothing(trainee):
    root = ended(trainee)
    branch = again(trainee, root, 3)
    forget_words(branch, NOW)
    with pytest.raises(Missing):
        compared(trainee.actor(), root.id, branch.id)


def test_more_tries_need_no_more_questions(trainee, django_assert_max_num_queries):
    root = ended(trainee)
    for n in range(1, 7):
        again(trainee, root, n)
    tree_of(root)
    tree_of(root)
    with django_assert_max_num_queries(2):
        assert len(tree_of(root)) == 7
