import pytest

from stepdown.encounter.library import library
from stepdown.encounter.lines import again, asks_about_suicide, choose, topics_in
from stepdown.encounter.scenario import Shown, fitting
from tests.encounter.people import play


def answers(scenario, said, reacts, seeds=30, **given):
    """Return what is answered over many seeds."""
    settings = {
        "arousal": 5.0, "trust": 4.0, "topics": (), "used": (), "told": (), "past": frozenset(),
    }  # fmt: skip
    numbers = (
        choose(scenario, said=said, reacts=reacts, seed=seed, event=3, **{**settings, **given})
        for seed in range(seeds)
    )
    return {scenario.lines[n].say for n in numbers}


def test_a_line_that_answers_to_a_word_needs_that_word():
    scenario = library()["brother"]
    hurt = answers(scenario, "You sound hurt.", ("emotion_label", "listening"))
    assert any("Hurt? I'm not hurt" in said for said in hurt)
    lost = answers(scenario, "You sound lost.", ("emotion_label", "listening"))
    assert not any("hurt" in said.casefold() for said in lost)


def test_the_same_line_is_never_said_twice_in_a_row():
    scenario = library()["bridge"]
    for number in range(len(scenario.lines)):
        said = answers(scenario, "You're tired.", ("reflection",), seeds=2, used=(number,))
        assert scenario.lines[number].say not in said


@pytest.mark.parametrize("scenario", library().values(), ids=lambda s: s.id)
@pytest.mark.parametrize("arousal", [1.0, 5.0, 7.0, 9.5])
def test_there_is_always_something_to_answer(scenario, arousal):
    for reacts in ((), ("nothing",), ("silence",), ("no such occasion",)):
        for trust in (0.0, 5.0, 10.0):
            assert answers(scenario, "", reacts, seeds=2, arousal=arousal, trust=trust)


def test_a_text_fits_only_after_and_before_what_it_names():
    inside, outside = "in", Shown(text="out", after=("quiet_room",))
    lit = Shown(text="lit", unless=("lights_off",))
    assert fitting([inside, outside, lit], set()) == ["in", "lit"]
    assert fitting([inside, outside, lit], {"lights_off"}) == ["in"]
    assert fitting([inside, outside, lit], {"quiet_room"}) == ["out"]


def test_what_is_seen_follows_the_person_into_the_garden():
    for seed in range(40):
        encounter = play("brother", seed)
        if not encounter.world.past & {"quiet_room"}:
            encounter.move("quiet_room")
        if "quiet_room" in encounter.world.past:
            break
    assert not any(word in encounter.cue() for word in ("table", "sister", "chair"))


def test_a_move_that_failed_has_not_been_done_and_may_be_tried_again():
    failed = next(
        e
        for e in (play("brother", seed) for seed in range(40))
        if not e.move("quiet_room")[-1].data.get("ok", True)
    )
    assert "quiet_room" not in failed.world.past
    assert not failed.move("quiet_room")[-1].data.get("refused")


def test_saying_the_same_again_is_noticed_and_a_new_line_is_not():
    assert again("Please come and sit with me.", ["Please come and sit with me."]) == 1
    assert again("What happened on Friday?", ["Please come and sit with me."]) == 0


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Are you thinking of killing yourself?", True),
        ("Are you thinking about ending your life?", True),
        ("Do you want to die?", True),
        ("You look tired to death.", False),
        ("When does your shift end?", False),
    ],
)
def test_a_plain_question_about_suicide_is_recognised(text, asked):
    assert asks_about_suicide(text) is asked


def test_a_topic_is_heard_in_the_plural_too():
    scenario = library()["emergency_room"]
    cast = scenario.person.cast[0]
    assert "pain" in topics_in("Has she had any painkillers?", scenario, cast)
    assert "pain" not in topics_in("She paints.", scenario, cast)


def test_a_question_that_can_be_answered_does_not_open_another_topic():
    scenario = library()["bridge"]
    topical = {x.say for x in scenario.lines if x.topic is not None and "suicide" not in x.on}
    closed = answers(scenario, "When did you last eat?", ("closed_question", "question"))
    assert not closed & topical
    said = tuple(n for n, x in enumerate(scenario.lines) if x.topic is None)
    reacts = ("reflection", "listening")
    opened = answers(scenario, "You've carried it all.", reacts, trust=6.0, used=said)
    assert opened & topical


def test_asking_whether_they_mean_to_jump_is_asking_plainly():
    assert asks_about_suicide("Are you planning to jump?")
    assert not asks_about_suicide("Mind the jump in the road.")


def test_spanish_is_understood_with_accents_and_without() -> None:
    assert asks_about_suicide("¿Está pensando en quitarse la vida?")
    assert asks_about_suicide("Esta pensando en suicidarse")
    assert asks_about_suicide("¿Quiere morirse? ¿Va a saltar?")
    assert not asks_about_suicide("¿Piensa en su hija?")
    bridge = library()["bridge_es"]
    cast = bridge.person.cast[0]
    assert "bakery" in topics_in("Hábleme de la panadería", bridge, cast)
    assert "bakery" in topics_in("HABLEME DE LA PANADERIA", bridge, cast)
    assert "daughter" in topics_in("¿Y Elena?", bridge, cast)


def test_saying_another_thing_in_spanish_is_no_repetition() -> None:
    assert again("No sé lo que usted ha pasado esta noche.", ["No es lo que usted ha dicho."]) == 0
    assert again("Cuénteme qué ha pasado en casa.", ["Cuenteme que ha pasado en casa"]) == 1
