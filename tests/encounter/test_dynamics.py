import numpy as np
import pytest

from stepdown.encounter.chance import seeds_of, stream
from stepdown.encounter.dynamics import advanced, arousal_level, columns, intrusion, threat_level
from stepdown.encounter.hazards import HAZARDS, after, rates
from stepdown.encounter.moves import catalogue
from stepdown.encounter.parameters import profiles
from stepdown.encounter.speech import Said, heard
from stepdown.encounter.state import COLUMN, HIGHEST, LOWEST, SCENE
from stepdown.encounter.world import moved
from stepdown.technique.codebook import CODES
from tests.encounter.people import person, state


def later(start, p, seconds=120, seeds=None):
    streams = stream(seeds_of(3, len(start)) if seeds is None else seeds, 1)
    return advanced(start, p, streams, 0, 2 * seconds)


def mean(states, name="arousal"):
    return states[:, COLUMN[name]].mean()


def test_one_person_and_many_give_the_same_numbers():
    seeds, p = seeds_of(5, 40), person("psychosis")
    many = later(state(40), p, 60, seeds)
    for n in (0, 17, 39):
        alone = later(state(1), p, 60, seeds[n : n + 1])
        assert alone[0].tolist() == many[n].tolist()


@pytest.mark.parametrize("profile", sorted(profiles()))
def test_the_equations_give_one_person_what_they_give_among_many(profile):
    rng, count = np.random.default_rng(7), 60
    start = np.round(rng.uniform(LOWEST, np.minimum(HIGHEST, 60), (count, len(LOWEST))), 6)
    start[:10] = np.where(rng.random((10, len(LOWEST))) < 0.5, LOWEST, np.minimum(HIGHEST, 60))
    p, streams = person(profile), stream(seeds_of(9, count), 4)
    many = advanced(start, p, streams, 20, 25)
    for n in range(count):
        alone = advanced(start[n : n + 1], p, streams[n : n + 1], 20, 25)
        assert alone[0].tolist() == many[n].tolist()


def test_a_stretch_of_time_may_be_cut_anywhere():
    p, streams = person(), stream(seeds_of(8, 10), 2)
    whole = advanced(state(10), p, streams, 0, 50)
    half = advanced(advanced(state(10), p, streams, 0, 20), p, streams, 20, 30)
    assert whole.tolist() == half.tolist()


def test_states_are_rounded_so_that_machines_agree():
    found = later(state(20), person(), 30)
    assert (found == np.round(found, 6)).all()


@pytest.mark.parametrize("profile", sorted(profiles()))
def test_states_stay_within_bounds_whatever_the_scene(profile):
    rng = np.random.default_rng(1)
    start = rng.uniform(LOWEST, np.minimum(HIGHEST, 40), (500, len(LOWEST)))
    found = later(start, person(profile), 90)
    assert np.isfinite(found).all()
    assert (found >= LOWEST).all()
    assert (found <= HIGHEST).all()


@pytest.mark.parametrize("load", ["noise", "glare", "crowd", "heat", "voices", "need"])
def test_more_of_a_load_settles_higher(load):
    top = SCENE[load][1]
    quiet, loud = state(200, **{load: 0}), state(200, **{load: top})
    assert mean(later(loud, person(), 300)) > mean(later(quiet, person(), 300)) + 0.2


def test_sensory_load_weighs_more_in_autism():
    def gain(profile):
        p = person(profile)
        return (
            arousal_level(columns(state(noise=8)), p) - arousal_level(columns(state(noise=2)), p)
        )[0]

    assert gain("autism") > 3 * gain("humiliation")


def test_room_widens_with_arousal():
    p = person()
    assert (
        intrusion(columns(state(arousal=8, distance=1.5)), p)[0]
        > intrusion(columns(state(arousal=2, distance=1.5)), p)[0]
    )
    assert intrusion(columns(state(arousal=8, distance=5)), p)[0] == 0


@pytest.mark.parametrize(
    ("name", "mild", "harsh"),
    [("facing", 0, 1), ("over", 0, 1), ("hands", 0, 1), ("gaze", 0, 1), ("volume", 4, 9),
     ("pace", 4, 9), ("distance", 6, 0.6)],
)  # fmt: skip
def test_bearing_and_closeness_are_felt_as_threat(name, mild, harsh):
    p = person("fear_of_police")
    assert threat_level(columns(state(**{name: harsh})), p) > threat_level(
        columns(state(**{name: mild})), p
    )


def test_trust_makes_the_responder_less_of_a_threat():
    assert threat_level(columns(state(trust=8)), person()) < threat_level(
        columns(state(trust=1)), person()
    )


def test_arousal_rises_faster_than_it_falls():
    p = person(arousal_noise=0, threat_noise=0, trust_noise=0)
    level = float(arousal_level(columns(state()), p)[0])
    above = later(state(arousal=level + 2), p, 20)
    below = later(state(arousal=level - 2), p, 20)
    assert abs(mean(below) - level) < abs(mean(above) - level)


def test_silence_is_time_to_think_for_one_and_abandonment_for_another():
    def at(profile, seconds):
        return arousal_level(columns(state(silence=seconds)), person(profile))[0]

    assert at("autism", 20) < at("autism", 0)
    assert at("autism", 40) < at("autism", 0)
    assert at("suicidal", 40) > at("suicidal", 0) + 1


def test_high_arousal_narrows_attention():
    p = person()
    calm, wild = later(state(100, arousal=2), p, 5), later(state(100, arousal=9), p, 5)
    assert mean(calm, "attention") > mean(wild, "attention") + 1


def test_a_drug_holds_arousal_up_in_an_empty_quiet_place():
    quiet = {"noise": 0, "glare": 0, "crowd": 0, "heat": 0, "need": 0, "distance": 20}
    assert mean(later(state(200, **quiet), person("stimulants", alone_cost=0), 600)) > 6.5
    assert mean(later(state(200, **quiet), person("humiliation", alone_cost=0), 600)) < 3.5


def test_no_sequence_of_acts_leaves_the_bounds():
    """Ten to the fifth sequences of twelve acts each, a different act for each group of rows."""
    rng, p, count = np.random.default_rng(2), person("alcohol"), 100_000
    states, moves = state(count), list(catalogue().values())
    for act in range(12):
        order = np.array_split(rng.permutation(count), 60)
        for group in order:
            kind = rng.integers(3)
            if kind == 0:
                states[group] = moved(states[group], moves[rng.integers(len(moves))])
            elif kind == 1:
                codes = rng.choice(CODES, 4, replace=False)
                said = Said(
                    int(rng.integers(1, 400)), {c: float(rng.random()) for c in codes},
                    float(rng.normal(0, 4)), float(rng.random()), float(rng.uniform(0.1, 1)),
                )  # fmt: skip
                states[group] = heard(states[group], said, p)
            else:
                states[group] = after(states[group], HAZARDS[rng.integers(len(HAZARDS))])
        states = advanced(states, p, stream(seeds_of(act, count), act), 0, 2)
        assert np.isfinite(states).all()
        assert (states >= LOWEST).all()
        assert (states <= HIGHEST).all()
        found = rates(states, p)
        assert np.isfinite(found).all()
        assert (found >= 0).all()
