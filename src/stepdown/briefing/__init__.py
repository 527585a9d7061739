"""Results → a document that people read: HTML and PDF with the same content."""

from stepdown.briefing.write import BriefingFiles, write_briefing

__all__ = ["BriefingFiles", "write_briefing"]
