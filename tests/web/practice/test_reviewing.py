import uuid

import pytest

from stepdown.encounter.library import library
from stepdown.encounter.review import review
from stepdown.encounter.review.rubric import domains
from stepdown.problems import InputProblems
from stepdown.web.accounts.models import Hold
from stepdown.web.audit.models import Entry
from stepdown.web.permission import Missing, Refused
from stepdown.web.policy import Role
from stepdown.web.practice import play, reviewing
from stepdown.web.practice.forgetting import delete_words, forget_words
from stepdown.web.practice.live import stored
from stepdown.web.practice.mine import Before, movements, suggestions
from stepdown.web.practice.models import Act, Encounter, Event, Skill
from stepdown.web.practice.scenarios import Wanted, listed, trained_by
from tests.web.conftest import NOW
from tests.web.practice.played import assessment, begun, ended, stopped


@pytest.fixture
def trainee(here):
    return here.people[Role.TRAINEE]


def test_a_review_in_the_browser_is_that_of_the_log(trainee):
    row = ended(trainee)
    assert reviewing.reviewed(row) == review(stored(row.id))


def test_a_review_is_worked_out_once_and_again_when_there_are_more_events(trainee, monkeypatch):
    row, calls = begun(trainee), []
    monkeypatch.setattr(reviewing, "review", lambda events: calls.append(1) or review(events))
    assert reviewing.reviewed(row) is reviewing.reviewed(row)
    longer = reviewing.reviewed(stopped(trainee, row))
    assert len(calls) == 2
    assert longer.outcome == "stopped by the trainee"


def test_skill_is_that_of_the_review_and_stored_once(trainee):
    row = ended(trainee)
    skill, found = reviewing.skill_of(row), review(stored(row.id))
    assert skill.domains == {d.id: d.score for d in found.rubric}
    assert (skill.outcome, skill.seconds, skill.turns) == (found.outcome, found.seconds, 3)
    assert reviewing.skill_of(row).pk == skill.pk
    assert Skill.objects.count() == 1


def test_where_there_is_nothing_to_go_by_no_score_is_kept_drawn_or_counted(trainee):
    one = reviewing.skill_of(ended(trainee, acts=(("say", {"text": "Hello."}),)))
    assert set(one.domains.values()) == {None}
    moves = [("move", {"text": name}) for name in ("step_back", "turn_side", "open_hands")]
    silent = reviewing.skill_of(ended(trainee, seed=3, acts=moves))
    assert silent.domains["listening"] is None
    assert silent.domains["bearing"] is not None
    by_name = {m.name: m for m in movements([one, silent])}
    assert (by_name["Listening"].scores, by_name["Listening"].svg) == ((None,), "")
    assert by_name["Body language and voice"].svg
    silent.domains = dict.fromkeys(domains(), 3) | {"listening": None, "bearing": 1}
    why = [s.why for s in suggestions([silent] * 3, listed(trainee.actor()), {})]
    assert any("Body language and voice" in each for each in why)
    assert not any("Listening" in each for each in why)


def test_what_has_not_ended_has_no_skill(trainee):
    assert reviewing.skill_of(begun(trainee)) is None


def test_the_skill_of_many_is_derived_a_few_at_a_time(trainee, django_assert_max_num_queries):
    rows = [ended(trainee, seed=n) for n in range(7)]
    assert Skill.objects.count() == 0
    with django_assert_max_num_queries(5):
        assert len(reviewing.skills_of(trainee.id)) == reviewing.DERIVED_AT_ONCE
    with django_assert_max_num_queries(5):
        found = reviewing.skills_of(trainee.id)
    assert {s.encounter_id for s in found} == {r.id for r in rows}
    assert len(reviewing.skills_of(trainee.id, 2)) == 2


def test_one_log_that_cannot_be_read_does_not_hide_the_others(trainee):
    rows = [ended(trainee, seed=n) for n in (1, 2)]
    first = Event.objects.get(encounter=rows[0], n=0)
    line = first.line.replace('"cast":0', '"cast":99').replace('"cast":1', '"cast":99')
    first.delete()
    Event.objects.create(encounter=rows[0], n=0, line=line)
    assert [s.encounter_id for s in reviewing.skills_of(trainee.id)] == [rows[1].id]


def test_deleting_the_words_keeps_the_skill_and_nothing_else(trainee):
    row = ended(trainee)
    expected = {d.id: d.score for d in review(stored(row.id)).rubric}
    reviewing.reviewed(row)
    delete_words(trainee.actor(), row.id, NOW)
    row.refresh_from_db()
    assert (row.erased_at, row.n_events) == (NOW, 0)
    assert not Event.objects.filter(encounter=row).exists()
    assert not Act.objects.filter(encounter=row).exists()
    assert reviewing.skill_of(row).domains == expected
    assert not any(key[0] == row.id for key in reviewing._kept)
    assert Entry.objects.filter(action="delete the words of an encounter of one's own").count() == 1
    with pytest.raises(InputProblems, match="words not deleted"):
        play.retry(trainee.actor(), row.id, 1, NOW)


def test_words_are_deleted_once(trainee):
    row = ended(trainee)
    assert forget_words(row, NOW)
    assert not forget_words(Encounter.objects.get(pk=row.id), NOW)


def test_deleting_the_words_of_what_still_runs_ends_it(trainee):
    row = begun(trainee)
    delete_words(trainee.actor(), row.id, NOW)
    row.refresh_from_db()
    assert (row.ended_at, row.how) == (NOW, "stopped")
    assert Skill.objects.filter(encounter=row).exists()


def test_a_try_that_began_from_it_keeps_what_it_shares(trainee):
    row = ended(trainee)
    branch = play.retry(trainee.actor(), row.id, 3, NOW)
    kept = stored(branch.id)
    delete_words(trainee.actor(), row.id, NOW)
    assert stored(branch.id) == kept


def test_under_a_legal_hold_nothing_is_deleted(here, trainee):
    row = ended(trainee)
    Hold.objects.create(
        person=trainee, agency=here.agency, reason="x", by=here.people[Role.AGENCY_ADMIN]
    )
    with pytest.raises(InputProblems, match="legal hold"):
        delete_words(trainee.actor(), row.id, NOW)
    assert Event.objects.filter(encounter=row).exists()


def test_only_one_s_own_practice_is_deleted(here, elsewhere, trainee):
    row = ended(trainee)
    for person in (*here.people.values(), *elsewhere.people.values()):
        if person != trainee:
            with pytest.raises(Refused):
                delete_words(person.actor(), row.id, NOW)
    examined = ended(trainee, assignment=assessment(here))
    with pytest.raises(Refused):
        delete_words(trainee.actor(), examined.id, NOW)
    with pytest.raises(Missing):
        delete_words(trainee.actor(), uuid.uuid4(), NOW)
    assert Event.objects.filter(encounter__in=[row, examined]).exists()


def test_every_scenario_trains_something_and_every_domain_is_trained_more_than_once():
    trained = {key: trained_by(s.learning) for key, s in library().items()}
    assert all(trained.values())
    for domain in domains():
        assert sum(domain in found for found in trained.values()) >= 3


@pytest.mark.parametrize("field", ["sector", "language", "minutes", "trains"])
def test_the_library_is_filtered_by_each_field(trainee, field):
    known = listed(trainee.actor())
    given = {"sector": "police", "language": "es", "minutes": "12", "trains": "position"}[field]
    fitting = [i for i in known if Wanted.read({field: given}).fits(i)]
    assert 0 < len(fitting) < len(known)


@pytest.mark.parametrize("given", [{"minutes": "-3"}, {"minutes": "x"}, {"trains": "magic"}, {}])
def test_a_filter_that_does_not_exist_filters_nothing(trainee, given):
    known = listed(trainee.actor())
    assert all(Wanted.read(given).fits(i) for i in known)


def skills(trainee, count, low="position", key="bus", parent=None):
    made = []
    for n in range(count):
        row = Encounter(person=trainee, scenario=key, title="T", ended_at=NOW, parent_id=parent)
        scores = {d: 1 if d == low else 3 for d in domains()}
        made.append(Skill(encounter=row, domains=scores, outcome="x", seconds=n, turns=5))
    return made


def test_what_follows_on_the_last_comes_first_with_what_is_new_before_what_was_done(trainee):
    known = listed(trainee.actor())
    first = suggestions(skills(trainee, 1), known, {})
    assert [s.item.key for s in first] == [library()["bus"].next[0]]
    done = {library()["bus"].next[0]: Before(1, NOW)}
    assert suggestions(skills(trainee, 1), known, done)[0].item.key == library()["bus"].next[1]


def test_the_lowest_domain_is_trained_next_once_there_is_enough_to_go_by(trainee):
    known = listed(trainee.actor())
    assert len(suggestions(skills(trainee, 2), known, {})) == 1
    found = suggestions(skills(trainee, 3), known, {})
    assert "position" in found[1].item.trains
    assert "Position and safety" in found[1].why


def test_nobody_is_told_what_to_train_who_has_everything(trainee):
    best = skills(trainee, 4)
    for skill in best:
        skill.domains = dict.fromkeys(domains(), 4)
    assert len(suggestions(best, listed(trainee.actor()), {})) == 1


def test_second_tries_and_what_hardly_began_are_not_drawn(trainee):
    few = skills(trainee, 1)
    few[0].turns = 2
    again = skills(trainee, 1, parent=uuid.uuid4())
    assert movements([*few, *again]) == []
    assert [len(m.scores) for m in movements([*skills(trainee, 2), *few, *again])] == [2] * 7
