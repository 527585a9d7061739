from __future__ import annotations

import threading
import time

import pytest

from stepdown.kept import kept


def test_threads_that_ask_at_once_wait_for_the_one_that_makes_it():
    made = []

    @kept
    def dear(name: str) -> object:
        time.sleep(0.05)
        made.append(name)
        return object()

    found = []
    threads = [threading.Thread(target=lambda: found.append(dear("a"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == ["a"]
    assert len(set(map(id, found))) == 1
    assert dear("b") is not found[0]


def test_what_failed_is_tried_again():
    tries = []

    @kept
    def fails() -> None:
        tries.append(1)
        raise ValueError("no")

    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            fails()
    assert len(tries) == 2
