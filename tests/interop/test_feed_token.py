import random

import pytest

from stepdown.interop.feed_token import check_feed_token, feed_token

SECRET = b"s" * 32
COUNTERS = {"person:1": 0, "person:2": 3, "unit:ü": 0}


def check(token, secret=SECRET):
    return check_feed_token(secret, token, COUNTERS.get)


@pytest.mark.parametrize("subject", COUNTERS)
def test_a_token_opens_the_feed_of_its_subject(subject):
    assert check(feed_token(SECRET, subject, COUNTERS[subject])) == subject


def test_a_token_withdrawn_by_the_counter_opens_nothing():
    for counter in (0, 2, 4):
        assert check(feed_token(SECRET, "person:2", counter)) is None


def test_a_subject_that_is_gone_opens_nothing():
    assert check(feed_token(SECRET, "person:9")) is None


def test_another_secret_opens_nothing():
    assert check(feed_token(b"t" * 32, "person:1")) is None


def test_no_counter_is_looked_up_for_tokens_that_are_not_ours():
    asked = []
    check_feed_token(SECRET, feed_token(b"t" * 32, "person:1"), asked.append)
    assert asked == []


def test_a_token_that_was_changed_in_any_place_opens_nothing():
    token = feed_token(SECRET, "person:1")
    chance = random.Random(1)
    for at in range(len(token)):
        for other in {chance.choice("aB0_-.=~ é"), "A", "9"} - {token[at]}:
            assert check(token[:at] + other + token[at + 1 :]) is None
        assert check(token[:at] + token[at + 1 :]) is None
    for more in ("A", "=", ".0", "\n", " "):
        assert check(token + more) is None


@pytest.mark.parametrize(
    "token", ["", ".", "..", "a.b.c", "A" * 10_000, "YQ.1e3.YQ", "YQ.٣.YQ", "\x00"]
)
def test_what_is_no_token_opens_nothing(token):
    assert check(token) is None


def test_weak_secrets_and_empty_subjects_are_refused():
    for arguments in (
        (b"short", "x", 0),
        (SECRET, "", 0),
        (SECRET, "x" * 201, 0),
        (SECRET, "x", -1),
    ):
        with pytest.raises(ValueError, match="a s"):
            feed_token(*arguments)


def test_tokens_are_fit_for_an_address():
    token = feed_token(SECRET, "unit:ü")
    assert all(c.isascii() and (c.isalnum() or c in "-_.") for c in token)
    assert len(token) < 80


def test_a_counter_of_ten_digits_is_read():
    token = feed_token(SECRET, "person:1", 2**31 - 1)
    assert check_feed_token(SECRET, token, lambda _: 2**31 - 1) == "person:1"
