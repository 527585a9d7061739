from __future__ import annotations

from dataclasses import replace

from stepdown.encounter.check.verdict import Rates, breaches

NONE = Rates(0.0, 0.0, 0.0, 0.2, 0.0, 0.0, 600.0)
CREW = ("skilled", "novice", "command", "silent", "repeater", "stuffer", "option_changer")


def rates(**changes: Rates) -> dict[str, Rates]:
    return dict.fromkeys(CREW, NONE) | changes


def consent(share: float) -> Rates:
    return replace(NONE, p_consent=share)


def test_a_scenario_for_talk_holds_where_skill_and_only_skill_reaches_consent() -> None:
    assert breaches("by_talk", rates(skilled=consent(0.7))) == ()


def test_each_way_in_which_a_talk_label_fails_is_named() -> None:
    assert "skilled" in breaches("by_talk", rates(skilled=consent(0.69)))[0]
    good = {"skilled": consent(0.9)}
    assert "command" in breaches("by_talk", rates(**good, command=consent(0.31)))[0]
    assert "silence" in breaches("by_talk", rates(**good, silent=consent(0.36)))[0]
    assert "repeater" in breaches("by_talk", rates(**good, repeater=consent(0.1)))[0]
    assert "stuffer" in breaches("by_talk", rates(**good, stuffer=consent(0.1)))[0]


def test_other_means_ask_for_a_safe_option_and_no_way_by_talk() -> None:
    changer = replace(NONE, p_safe_other=0.8, p_injury_responder=0.05)
    assert breaches("by_other_means", rates(option_changer=changer)) == ()
    assert "novice" in breaches(
        "by_other_means", rates(option_changer=changer, novice=consent(0.2))
    )[0]  # fmt: skip
    late = replace(changer, p_safe_other=0.79)
    assert "80 %" in breaches("by_other_means", rates(option_changer=late))[0]
    hurt = replace(changer, p_injury_responder=0.3)
    assert "hurt" in breaches("by_other_means", rates(option_changer=hurt))[0]
