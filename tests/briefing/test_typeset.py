import subprocess
import sys

from stepdown.briefing.typeset import breakable, spelled_out, unprintable


def test_characters_without_a_glyph_arespelled_out():
    assert unprintable(["é", "漢", "ж"]) == {"漢"}
    assert spelled_out("a 漢", {"漢"}) == "a ‹U+6F22›"


def test_only_very_long_words_may_break():
    assert breakable("short words " + "x" * 30) == "short words " + "x" * 24 + "\u200b" + "x" * 6


def test_certificates_and_readiness_need_no_part_that_is_optional():
    code = (
        "import sys, stepdown.briefing.certificate, stepdown.briefing.readiness;"
        "sys.exit(bool({'altair', 'duckdb', 'jinja2', 'vl_convert'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_briefing_of_an_evaluation_is_still_there():
    from stepdown.briefing import write_briefing
    from stepdown.briefing.write import write_briefing as same

    assert write_briefing is same
