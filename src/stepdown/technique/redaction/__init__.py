"""Personal data in what was said → masks, by rules that anybody can read."""

from stepdown.technique.redaction.redact import redact
from stepdown.technique.redaction.roster import Roster, read_roster
from stepdown.technique.redaction.spans import KINDS, NOTICE, Kind, Redacted, Span

__all__ = ["KINDS", "NOTICE", "Kind", "Redacted", "Roster", "Span", "read_roster", "redact"]
