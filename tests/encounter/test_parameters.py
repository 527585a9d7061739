import pytest

from stepdown.encounter.parameters import (
    GROUPS,
    Parameter,
    effects,
    outside,
    parameters,
    profiles,
    table,
)
from stepdown.technique.codebook import CODES

THIRTEEN = {
    "suicidal", "psychosis", "alcohol", "stimulants", "dementia", "autism",
    "intellectual_disability", "grief", "humiliation", "fear_of_police", "domestic_conflict",
    "active_resistance", "predatory",
}  # fmt: skip


def test_every_parameter_has_a_unit_a_range_and_a_source():
    for name, known in table().items():
        assert known.unit, name
        assert known.source, name
        assert known.why, name
        assert known.low < known.high, name
        assert known.low <= known.value <= known.high, name


def test_a_value_outside_its_range_is_refused():
    with pytest.raises(ValueError, match="outside"):
        Parameter(value=3, low=0, high=2, unit="m", source="assumed", why="x")


def test_there_are_thirteen_profiles_and_they_stay_within_the_ranges():
    assert set(profiles()) == THIRTEEN
    for profile in profiles().values():
        assert outside(profile.set) == [], profile.id
        assert profile.source, profile.id
        assert set(profile.codes) <= set(CODES), profile.id


def test_every_code_has_an_effect_that_one_parameter_scales():
    assert set(effects()) == set(CODES)
    assert {e.group for e in effects().values()} == set(GROUPS)


def test_what_is_wrong_with_a_change_is_named():
    assert outside({"space_calm_m": 99, "nonsense": 1})[0][1].startswith("0.3 to 4 m")
    assert outside({"nonsense": 1})[0][0] == "nonsense"


def test_a_profile_changes_numbers_and_what_codes_do():
    plain, autistic = parameters("humiliation"), parameters("autism")
    assert autistic["arousal_per_noise"] > plain["arousal_per_noise"]
    assert abs(autistic.effects["emotion_label"].arousal) < abs(
        plain.effects["emotion_label"].arousal
    )
    assert parameters("predatory").effects["validation"].arousal > 0
    assert parameters("grief", {"arousal_rest": 5})["arousal_rest"] == 5
