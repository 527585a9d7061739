from __future__ import annotations

import re

from stepdown.briefing.frame import NARROW, WIDE
from stepdown.briefing.interval_chart import IntervalRow, interval_plot
from stepdown.briefing.palette import CSS, FONT_PRINT
from stepdown.briefing.svg import draw, for_print, for_screen

ROW = IntervalRow("<b>force</b>", -16.0, -33.0, 0.2, -10.0, 24.0, -12.0, "</title><script>x")


def test_a_drawing_takes_its_colours_and_font_from_the_page() -> None:
    svg = for_screen(draw(interval_plot([ROW], "without training", WIDE)), "a")
    assert not [sentinel for sentinel in CSS if sentinel in svg]
    assert "var(--accent)" in svg
    assert "font-family" not in svg
    assert 'aria-hidden="true"' in svg


def test_text_in_a_drawing_stays_text() -> None:
    svg = for_screen(draw(interval_plot([ROW], "without training", NARROW)), "a")
    assert "<script" not in svg
    assert "<b>" not in svg
    assert "&lt;b&gt;force" in svg
    assert "<title>" in svg


def test_a_printed_drawing_names_colours_and_a_font_that_typst_carries() -> None:
    svg = for_print(draw(interval_plot([ROW], "without training", WIDE)))
    assert not [sentinel for sentinel in CSS if sentinel in svg]
    assert set(re.findall(r'font-family="([^"]+)"', svg)) == {FONT_PRINT}


def test_the_same_chart_gives_the_same_bytes_whatever_was_drawn_before() -> None:
    first = for_screen(draw(interval_plot([ROW], "without training", WIDE)), "a")
    draw(interval_plot([ROW, ROW], "without training", WIDE))
    assert for_screen(draw(interval_plot([ROW], "without training", WIDE)), "a") == first
