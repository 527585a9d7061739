from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepdown.retention.wall_code import LETTERS, code_holds, wall_code, window_of

SECRET = b"0123456789abcdef"
NOW = datetime(2028, 2, 29, 9, 0, tzinfo=UTC)


def test_a_code_is_read_off_an_hmac_letter_by_letter():
    digest = hmac.new(SECRET, b"stepdown attendance 1\0s1\x0042", hashlib.sha256).digest()
    number, expected = int.from_bytes(digest, "big"), ""
    for _ in range(6):
        expected += LETTERS[number % 21]
        number //= 21
    assert wall_code(SECRET, "s1", 42) == expected


def test_letters_do_not_look_alike_and_spell_no_words():
    assert len(LETTERS) == len(set(LETTERS)) == 21
    assert not set(LETTERS) & set("0O1ILU2Z5S8BVAE")


def test_codes_differ_by_secret_session_and_window():
    codes = {
        wall_code(secret, session, window)
        for secret in (SECRET, SECRET[::-1])
        for session in ("s1", "s2", "é\0", "\ud800")
        for window in range(50)
    }
    assert len(codes) == 400


def test_a_code_holds_in_its_window_and_the_next():
    code = wall_code(SECRET, "s1", window_of(NOW))
    held = [code_holds(SECRET, "s1", code, NOW + timedelta(minutes=m)) for m in (-1, 0, 4, 9, 10)]
    assert held == [False, True, True, True, False]
    assert not code_holds(SECRET, "s2", code, NOW)
    assert not code_holds(SECRET[::-1], "s1", code, NOW)


def test_the_minutes_of_a_window_can_be_chosen():
    code = wall_code(SECRET, "s1", window_of(NOW, 1))
    assert code_holds(SECRET, "s1", code, NOW + timedelta(seconds=119), 1)
    assert not code_holds(SECRET, "s1", code, NOW + timedelta(seconds=120), 1)


def test_a_window_is_the_same_in_every_time_zone():
    assert window_of(NOW) == window_of(NOW.astimezone(ZoneInfo("Asia/Kathmandu")))
    with pytest.raises(ValueError, match="time zone"):
        window_of(NOW.replace(tzinfo=None))


def test_a_code_may_be_typed_in_small_letters_with_spaces():
    code = wall_code(SECRET, "s1", window_of(NOW))
    assert code_holds(SECRET, "s1", f" {code[:3].lower()}-{code[3:]} ", NOW)


@given(st.text(st.characters() | st.just("\ud800"), max_size=12))
def test_nothing_that_is_typed_is_a_crash(typed):
    assert not code_holds(SECRET, "s1", typed, NOW)


def test_codes_are_compared_without_telling_how_far_they_are_right(monkeypatch):
    compared = []

    def counting(one: bytes, other: bytes) -> bool:
        compared.append(one)
        return one == other

    monkeypatch.setattr(hmac, "compare_digest", counting)
    code_holds(SECRET, "s1", wall_code(SECRET, "s1", window_of(NOW)), NOW)
    code_holds(SECRET, "s1", "", NOW)
    assert len(compared) == 4


def test_a_short_secret_is_refused():
    with pytest.raises(ValueError, match="16 bytes"):
        wall_code(b"short", "s1", 1)
