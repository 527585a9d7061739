import numpy as np
import pytest

from stepdown.encounter.chance import seeds_of, stream
from stepdown.encounter.dynamics import STEP_S
from stepdown.encounter.hazards import HAZARDS, after, fired, rates
from tests.encounter.people import person, state


def rate(hazard, profile="humiliation", **values):
    return float(rates(state(**values), person(profile))[0, HAZARDS.index(hazard)])


@pytest.mark.parametrize("hazard", ["outburst", "approach", "interference"])
def test_what_heat_drives_grows_with_arousal(hazard):
    assert rate(hazard, arousal=9) > rate(hazard, arousal=3) == 0


def test_only_somebody_suicidal_hurts_themselves_and_trust_holds_them():
    assert rate("self_harm", arousal=10, trust=0) == 0
    assert rate("self_harm", "suicidal", arousal=9, trust=1) > 0.0005
    assert rate("self_harm", "suicidal", arousal=9, trust=7.5) == 0
    near = rate("self_harm", "suicidal", arousal=9, trust=1, distance=0.8)
    assert near > 2 * rate("self_harm", "suicidal", arousal=9, trust=1, distance=8)


def test_predatory_aggression_attacks_calmly_and_closes_in():
    assert rate("attack", "predatory", arousal=2) > rate("attack", arousal=9, threat=8)
    assert rate("approach", "predatory", arousal=2) > 0


def test_standing_close_makes_an_attack_likelier():
    hot = {"arousal": 9, "threat": 7}
    assert rate("attack", distance=0.8, **hot) > 1.5 * rate("attack", distance=6, **hot)


def test_giving_in_needs_calm_trust_and_met_needs():
    ready = {"arousal": 3, "trust": 8, "need": 2}
    assert rate("consent", **ready) > 0.03
    for spoilt in ({"arousal": 7}, {"trust": 4}, {"need": 8}):
        assert rate("consent", **{**ready, **spoilt}) == 0


@pytest.mark.parametrize("profile", ["stimulants", "active_resistance", "predatory"])
def test_some_people_cannot_be_talked_down(profile):
    assert rate("consent", profile, arousal=1, trust=10, need=0) == 0


def test_things_happen_as_often_as_their_rates_say():
    p, many = person("alcohol"), state(200_000, arousal=9.2, threat=8, crowd=8)
    expected = rates(many[:1], p)[0] * STEP_S
    found = fired(many, p, stream(seeds_of(4, 200_000), 1), 0)
    for place, hazard in enumerate(HAZARDS):
        share = (found == place).mean()
        error = (expected[place] / 200_000) ** 0.5
        assert abs(share - expected[place]) < 4 * error + 1e-6, hazard


def test_one_person_meets_what_they_meet_among_many():
    p, many, streams = person("alcohol"), state(4000, arousal=9.2, crowd=8), seeds_of(6, 4000)
    found = fired(many, p, streams, 70)
    assert len(set(found.tolist())) > 3
    for n in (*np.nonzero(found >= 0)[0], *range(200)):
        assert fired(many[n : n + 1], p, streams[n : n + 1], 70).tolist() == [found[n]]


def test_what_happened_changes_the_scene():
    assert after(state(distance=6), "approach")[0, 5] == 4.5
    assert after(state(distance=1), "attack")[0, 5] == pytest.approx(0.8)
    assert np.array_equal(after(state(), "consent"), state())
