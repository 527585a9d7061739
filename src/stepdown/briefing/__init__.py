"""Results → a document that people read: HTML and PDF with the same content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stepdown.briefing.write import BriefingFiles, write_briefing

__all__ = ["BriefingFiles", "write_briefing"]


def __getattr__(name: str) -> Any:
    """Load the briefing of an evaluation when it is asked for: it needs the extra `analysis`.

    Certificates and the readiness page do not.
    """
    if name in __all__:
        from stepdown.briefing import write  # noqa: PLC0415

        return getattr(write, name)
    raise AttributeError(name)
