import re

import pytest

from stepdown.encounter.log import Event
from stepdown.encounter.review import review
from stepdown.encounter.review.chart import draw
from stepdown.encounter.review.page import render
from stepdown.encounter.review.reading import readings
from stepdown.encounter.review.rubric import SILENT, TOO_LITTLE, sentences
from stepdown.encounter.review.worth import acts, worth
from stepdown.encounter.world import worlds
from tests.encounter.people import play
from tests.encounter.test_play import SKILLED, perform

HOSTILE = (
    "!face", "!raise_voice", "!step_closer", "Calm down!", "Calm down!", "You're being selfish.",
    "Get back over here now or I'll drag you.", "Don't be stupid.",
)  # fmt: skip


def valued(encounter):
    found = worth(encounter.events, list(worlds(encounter.events)))
    return {w.event: w for w in found}


def test_every_act_is_valued_and_refusals_are_not():
    encounter = perform(play(seed=2), ("Hello.", "!radio_off", "!radio_off"))
    assert acts(encounter.events) == [1, 2]
    assert set(valued(encounter)) == {1, 2}


def test_listening_is_worth_something_and_insults_cost():
    good = perform(play(seed=2), ("Anybody would be broken by that week.",))
    bad = perform(play(seed=2), ("Don't be so stupid, you selfish coward.",))
    assert valued(good)[1].arousal < -0.05
    assert valued(good)[1].trust > 0.05
    assert valued(bad)[1].arousal > 0.1
    assert valued(bad)[1].harm > 0
    for value in (valued(good)[1], valued(bad)[1]):
        assert 0 < value.arousal_se < 0.1 * abs(value.arousal)


def test_an_act_that_does_nothing_is_worth_nothing_but_its_time():
    encounter = perform(play(seed=2), ("!face",))  # he is being faced already
    value = valued(encounter)[1]
    assert abs(value.arousal) < 0.4


def test_the_value_of_an_act_does_not_depend_on_what_came_after():
    short = perform(play(seed=4), SKILLED[:5])
    long = perform(play(seed=4), SKILLED)
    for event, value in valued(short).items():
        assert valued(long)[event] == value


def test_skill_shows_in_the_rubric_and_so_does_its_lack():
    good = review(perform(play(seed=4), SKILLED).events)
    bad = review(perform(play(seed=4), HOSTILE).events)
    scores = [{d.id: d.score for d in r.rubric} for r in (good, bad)]
    assert len(scores[0]) == 7
    for domain in ("bearing", "listening", "respect", "environment"):
        assert scores[0][domain] > scores[1][domain], domain
    assert scores[1]["respect"] == 0
    assert all(s is not None and 0 <= s <= 4 for r in scores for s in r.values())


def test_evidence_names_turns_that_exist():
    found = review(perform(play(seed=4), (*SKILLED, *HOSTILE)).events)
    numbers = {p.event for p in found.timeline}
    for domain in found.rubric:
        assert {*domain.helped, *domain.hurt} <= numbers


def test_outcome_plays_no_part_in_six_domains():
    encounter = perform(play(seed=4), SKILLED[:6])
    lucky, unlucky = list(encounter.events), list(encounter.events)
    last = encounter.events[-1]
    for events, how in ((lucky, "consent"), (unlucky, "self_harm")):
        events.append(Event(last.n + 1, last.t, "end", {"how": how, "text": "", "injured": {}}))
    first, second = review(lucky), review(unlucky)
    assert first.outcome != second.outcome
    for a, b in zip(first.rubric, second.rubric, strict=True):
        assert a == b


def test_what_hurt_comes_with_two_better_lines_and_why():
    found = review(perform(play(seed=4), HOSTILE).events)
    assert 0 < len(found.hurt) <= 3
    assert found.hurt[0].worth.arousal >= found.hurt[-1].worth.arousal
    for moment in found.hurt:
        assert len(moment.better) == 2
        assert moment.why


def test_an_encounter_without_a_word_can_be_reviewed():
    encounter = play(seed=1)
    assert review(encounter.events).worth == ()
    encounter.wait(30)
    encounter.stop()
    found = review(encounter.events)
    assert found.outcome in ("stopped by the trainee", "they hurt themselves")
    assert len(found.rubric) == 7
    assert {(d.score, d.anchor) for d in found.rubric} == {(None, TOO_LITTLE)}
    assert "too little to say" in render(found)


def test_whoever_acts_without_a_word_has_no_score_for_what_is_said():
    found = review(perform(play(seed=4), ("!radio_off", "!lights_off", "!turn_side")).events)
    scores = {d.id: (d.score, d.anchor) for d in found.rubric}
    for domain in ("listening", "respect", "clarity"):
        assert scores[domain] == (None, SILENT)
    assert all(scores[d][0] is not None for d in ("position", "environment", "bearing", "options"))


def domain_of(encounter, name):
    return next(d for d in review(encounter.events).rubric if d.id == name)


def test_a_review_claims_no_reading_that_was_not_given():
    without = perform(play(seed=4), (*SKILLED, "!call_backup"))
    assert "ead the situation" not in domain_of(without, "options").anchor
    read = play(seed=4)
    read.assess({"arousal": 0.0})
    found = domain_of(perform(read, SKILLED), "options")
    assert found.anchor.startswith("Read the situation mostly wrong. ")


def test_whoever_never_moved_gave_no_more_room():
    found = domain_of(perform(play(seed=4), SKILLED), "position")
    assert (found.score, found.helped) == (4, ())
    assert found.anchor == "Kept the room this person wanted throughout."


def test_whoever_takes_hold_of_somebody_was_in_their_space():
    before = ("Hello.", "!step_back", "!open_hands")
    stood = domain_of(perform(play("car_park", seed=1), before), "position")
    taken = domain_of(perform(play("car_park", seed=1), (*before, "!hands_on")), "position")
    assert (stood.score, stood.hurt) == (4, ())
    assert (taken.score, taken.hurt) == (3, (4,))


def test_all_that_a_domain_says_is_there_to_be_translated():
    for acts_ in (SKILLED, HOSTILE, ("!radio_off", "!lights_off", "!step_back")):
        for domain in review(perform(play(seed=4), acts_).events).rubric:
            assert set(domain.seen) <= sentences()
            assert domain.anchor == " ".join(domain.seen)


def test_staying_when_they_come_closer_speaks_against_position():
    encounter = play("emergency_room", seed=1)
    while not any(e.kind == "world" and e.data["id"] == "approach" for e in encounter.events):
        encounter.wait(10)
    came = next(e.n for e in encounter.events if e.data.get("id") == "approach")
    position = next(d for d in review(encounter.events).rubric if d.id == "position")
    assert came in position.hurt


def test_what_lost_trust_is_named_though_they_were_beside_themselves_already():
    encounter = play("emergency_room", seed=3)
    for text in ("Shut up.", "You're an idiot.", "Sit down now or I'll have you arrested."):
        encounter.say(text)
    found = review(encounter.events)
    assert len(found.hurt) == 3


def test_readings_are_held_against_what_was_true():
    encounter = play("emergency_room", 3)
    truth = encounter.world["arousal"]
    wants = encounter.world.scenario.reading.wants
    right, wrong = (next(w for w, ok in wants.items() if ok is x) for x in (True, False))
    encounter.assess({"arousal": truth + 1, "wants": right, "risk": "outburst"})
    encounter.assess({"arousal": 0, "wants": wrong, "risk": "self_harm"})
    encounter.assess({"arousal": "hot", "risk": 7, "wants": [], "who": "nobody"} | {"wants": "x"})
    good, bad, odd = readings(encounter.events, list(worlds(encounter.events)))
    assert good.share == 1.0
    assert good.arousal_true == pytest.approx(truth, abs=0.06)
    assert bad.share == 0.0
    assert odd.right == {}
    assert odd.share == 0.0


def test_the_page_escapes_what_was_typed_and_loads_nothing():
    encounter = perform(play(seed=4), ('<script>alert("x")</script>', *SKILLED[:3]))
    page = render(review(encounter.events))
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r"(src|href)=.(?!#)", page)
    assert "default-src 'none'" in page


def test_every_point_of_the_drawing_is_a_link_with_words():
    found = review(perform(play(seed=4), SKILLED).events)
    drawing = draw(found)
    links = re.findall(r'<a href="#e(\d+)" aria-label="([^"]+)">', drawing)
    shown = [p for p in found.timeline if p.kind in ("say", "move", "world", "end")]
    assert [int(n) for n, _ in links] == [p.event for p in shown]
    assert all("arousal" in label for _, label in links)
    page = render(found)
    assert all(f'id="e{n}"' in page for n, _ in links)
