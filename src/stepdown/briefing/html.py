"""The document as one self-contained, accessible HTML file."""

from __future__ import annotations

from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from stepdown.briefing.blocks import Document, Drawing
from stepdown.briefing.svg import for_screen


def to_html(document: Document) -> str:
    """Render the document. No script, nothing loaded; every value is escaped."""
    environment = Environment(
        loader=PackageLoader("stepdown.briefing"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    style = files("stepdown.briefing").joinpath("templates/briefing.css").read_text("utf-8")
    return environment.get_template("briefing.html.j2").render(
        doc=document,
        style=Markup(style),  # noqa: S704 - our own file
        inline=_inline,
        named=dict(document.sources),
    )


def _inline(drawing: Drawing, size: str) -> Markup:
    """Give a drawing for one screen size; its texts were escaped when it was drawn."""
    svg = drawing.wide if size == "wide" else drawing.narrow
    return Markup(for_screen(svg, f"{drawing.id}-{size}"))  # noqa: S704
