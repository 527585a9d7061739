"""Vega-Lite charts → SVG that takes its colours and font from the page it stands on."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import altair as alt
import vl_convert

from stepdown.briefing.palette import CSS, FONT_PRINT, PRINT

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_MARKS = (f"{{{_SVG}}}path", f"{{{_SVG}}}line")
_DROPPED = ("role", "aria-label", "aria-roledescription", "aria-hidden", "class")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")


def written(root: ET.Element) -> str:
    """Return a drawing as text. Other packages name the namespace anew, for the whole process."""
    ET.register_namespace("", _SVG)
    return ET.tostring(root, encoding="unicode")


def draw(chart: alt.LayerChart) -> str:
    """Render a chart, still in sentinel colours. Nothing is fetched."""
    # The renderer refuses what is no chart; holding it against the schema too takes longer.
    spec: dict[str, Any] = chart.to_dict(validate=False)
    version = "_".join(alt.SCHEMA_VERSION.split(".")[:2])
    svg: str = vl_convert.vegalite_to_svg(spec, vl_version=version, allowed_base_urls=[])
    return svg


def for_screen(svg: str, prefix: str) -> str:
    """Prepare a drawing to stand inline: CSS variables, the page's font, ids of its own.

    Marks that have an accessible label get it as a native tooltip. The `<svg>` itself is hidden
    from assistive technology: its container is the image and carries the name.
    """
    root = _parse(svg)
    _rename_ids(root, prefix)
    for element in root.iter():
        label = element.attrib.get("aria-label")
        for name in (*_DROPPED, "font-family"):
            element.attrib.pop(name, None)
        if label and element.tag in _MARKS:
            tip = ET.Element(f"{{{_SVG}}}title")
            tip.text = label
            element.insert(0, tip)
        _restyle(element, CSS)
    for name in ("width", "height"):
        root.attrib.pop(name, None)
    root.set("aria-hidden", "true")
    root.set("focusable", "false")
    return written(root).replace(f' xmlns="{_SVG}"', "", 1)


def for_print(svg: str) -> str:
    """Prepare a drawing for paper: print colours, a font that typst carries."""
    root = _parse(svg)
    for element in root.iter():
        for name in _DROPPED:
            element.attrib.pop(name, None)
        if "font-family" in element.attrib:
            element.set("font-family", FONT_PRINT)
        for name in ("fill", "stroke"):
            value = element.attrib.get(name, "")
            if value in PRINT:
                element.set(name, PRINT[value])
    return written(root)


def _parse(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - written by vl-convert a moment ago, no entities


def _restyle(element: ET.Element, colours: dict[str, str]) -> None:
    """Move sentinel colours from attributes into a style, where variables always work."""
    style = []
    for name in ("fill", "stroke"):
        value = element.attrib.get(name, "")
        if value in colours:
            del element.attrib[name]
            style.append(f"{name}:{colours[value]}")
    if style:
        element.set("style", ";".join([*style, *filter(None, [element.attrib.get("style")])]))


def _rename_ids(root: ET.Element, prefix: str) -> None:
    """Number ids from 1 behind `prefix`; the renderer's own depend on what it drew before."""
    new: dict[str, str] = {}
    for element in root.iter():
        if "id" in element.attrib:
            name = new.setdefault(element.attrib["id"], f"{prefix}-{len(new) + 1}")
            element.set("id", name)
    for element in root.iter():
        for key, value in element.attrib.items():
            if key in {"href", f"{{{_XLINK}}}href"} and value.startswith("#"):
                element.set(key, f"#{new.get(value[1:], value[1:])}")
            elif "url(#" in value:
                element.set(
                    key, _REFERENCE.sub(lambda m: f"url(#{new.get(m.group(1), m.group(1))})", value)
                )
