"""What an address asks for behind its question mark, as text that any database can look up."""

from __future__ import annotations

from django.http import HttpRequest


def asked(request: HttpRequest, name: str) -> str:
    """Return what is looked for, without spaces around it or signs that cannot be seen."""
    return "".join(c for c in request.GET.get(name, "") if c.isprintable()).strip()
