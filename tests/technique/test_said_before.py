from stepdown.technique.said_before import said_before


def test_nothing_said_is_nothing():
    assert said_before([]) is None


def test_a_full_turn_stands_alone():
    assert said_before(["I hate it.", "They took my keys again."]) == "They took my keys again."


def test_a_short_yes_is_put_with_what_it_goes_on_from():
    said = ["I've been here since noon.", "Yeah.", "Mm."]
    assert said_before(said) == "I've been here since noon. Yeah. Mm."


def test_it_goes_back_four_turns_at_most():
    assert said_before(["far away and long ago it was", "a", "b", "c", "d"]) == "a b c d"
