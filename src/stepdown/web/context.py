"""What every template may use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from stepdown.web.policy import Actor, Role


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the mode of the site, its crisis line, and the roles of whoever is signed in."""
    actor: Actor = getattr(request, "actor", Actor())
    roles = actor.roles
    return {
        "mode": settings.SITE.mode,
        "crisis_line": settings.SITE.crisis_line,
        "sso": settings.SITE.oidc.name if settings.SITE.oidc else "",
        "mail": settings.EMAIL_CONFIGURED,
        "actor": actor,
        "trains": Role.TRAINEE in roles and settings.SITE.mode != "alone",
        "teaches": bool(roles & {Role.INSTRUCTOR, Role.COORDINATOR}),
        "administers": Role.AGENCY_ADMIN in roles,
        "counts": bool(roles & {Role.ANALYST, Role.COORDINATOR, Role.AGENCY_ADMIN}),
        "runs_site": Role.SITE_ADMIN in roles,
    }
