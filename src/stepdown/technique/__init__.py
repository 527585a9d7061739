"""What was said, heard as de-escalation technique, offline."""

from stepdown.technique.coder import Coder
from stepdown.technique.coding import Coding, Span

__all__ = ["Coder", "Coding", "Span"]
