import numpy as np
import pytest

from stepdown.encounter.chance import (
    Purpose,
    chance,
    normal,
    pick,
    seeds_of,
    stream,
    uniform,
    word,
)

MANY = seeds_of(7, 200_000)


def test_the_same_key_gives_the_same_number_and_any_other_key_another():
    def drawn(seed=1, event=2, step=3, purpose=Purpose.HAZARD):
        return int(word(stream(seeds_of(seed), event), step, purpose)[0])

    first = drawn()
    assert drawn() == first
    others = {drawn(seed=2), drawn(event=3), drawn(step=4), drawn(purpose=Purpose.WHICH)}
    assert len(others | {first}) == 5


def test_numbers_do_not_change_between_versions():
    assert int(word(stream(seeds_of(1), 0), 0, Purpose.AROUSAL)[0]) == 12861778333562186645


def test_one_encounter_and_many_are_looked_up_alike():
    many = uniform(word(stream(MANY[:50], 4), 9, Purpose.TRUST))
    alone = [uniform(word(stream(MANY[n : n + 1], 4), 9, Purpose.TRUST))[0] for n in range(50)]
    assert many.tolist() == alone


@pytest.mark.parametrize("purpose", list(Purpose))
def test_uniform_numbers_are_uniform(purpose):
    drawn = np.sort(uniform(word(stream(MANY, 1), 0, purpose)))
    assert drawn[0] >= 0
    assert drawn[-1] < 1
    apart = np.abs(drawn - np.arange(len(drawn)) / len(drawn)).max()
    assert apart < 1.95 / len(drawn) ** 0.5  # Kolmogorov, one in a thousand


def test_normal_numbers_have_mean_0_and_variance_1():
    drawn = normal(word(stream(MANY, 1), 0, Purpose.THREAT))
    assert abs(drawn.mean()) < 0.01
    assert abs(drawn.var() - 1) < 0.015
    assert np.abs(drawn).max() < 3.5


def test_streams_of_neighbouring_steps_are_unrelated():
    a = normal(word(stream(MANY, 1), 0, Purpose.THREAT))
    b = normal(word(stream(MANY, 1), 1, Purpose.THREAT))
    c = normal(word(stream(MANY, 1), 0, Purpose.TRUST))
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.01
    assert abs(np.corrcoef(a, c)[0, 1]) < 0.01


def test_the_first_seed_is_the_encounters_own():
    assert seeds_of(9, 64)[0] == 9
    assert len(set(seeds_of(9, 64).tolist())) == 64


def test_a_pick_is_one_of_the_options():
    assert {pick(seed, 1, Purpose.REPLY, 3) for seed in range(60)} == {0, 1, 2}
    assert 0 <= chance(3, 1, Purpose.MOVE) < 1
