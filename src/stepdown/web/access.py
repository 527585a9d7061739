"""Who may come to a route at all. What a page does to a record is decided by `policy`, inside."""

from __future__ import annotations

from enum import Enum


class Access(Enum):
    """Who may come to a route at all."""

    ANYONE = "anybody"
    SIGNED_IN = "signed in, with a second factor where a role needs one"
    ENTERING = "signed in; what is needed to set up a second factor"
    TOKEN = "a token of the API, or a session"  # noqa: S105
