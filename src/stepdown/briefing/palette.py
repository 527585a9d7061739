"""Colours of the charts: sentinels while drawing, CSS variables on screen, ink in print."""

from __future__ import annotations

INK = "#010101"
MUTED = "#020202"
RULE = "#030303"
ACCENT = "#040404"
BAND = "#050505"
BAND_INNER = "#060606"
ZONE = "#070707"
TRUTH = "#080808"
BREAK = "#090909"

CSS = {
    INK: "var(--ink)",
    MUTED: "var(--muted)",
    RULE: "var(--rule)",
    ACCENT: "var(--accent)",
    BAND: "var(--band)",
    BAND_INNER: "var(--band-inner)",
    ZONE: "var(--zone)",
    TRUTH: "var(--truth)",
    BREAK: "var(--break)",
}
PRINT = {
    INK: "#1b1f24",
    MUTED: "#55606b",
    RULE: "#c9d0d6",
    ACCENT: "#14507a",
    BAND: "#dbe7f0",
    BAND_INNER: "#b3cee1",
    ZONE: "#e9ebed",
    TRUTH: "#8a3b00",
    BREAK: "#7a2e6b",
}
FONT_PRINT = "Libertinus Serif"
