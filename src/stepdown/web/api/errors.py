"""Whatever goes wrong is answered in one form: what it was, and every problem of what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError, ValidationErrorContext

from stepdown.problems import Problem
from stepdown.web.limits import TooMany
from stepdown.web.pages import page_for
from stepdown.web.practice.deeds import NoSuchMove
from stepdown.web.practice.play import KeyUsed, NotEnded
from stepdown.wrong_values import expected_of

LONGEST = 80


class Conflict(Exception):
    """What is asked for does not fit how far the record has come."""


def fault(
    status: int, error: str, problems: tuple[Problem, ...] = (), *,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    """Return an answer that says what went wrong."""
    said = {"error": error, "problems": [problem.as_dict() for problem in problems]}
    return JsonResponse(said, status=status, headers=headers)


def problems_of(contexts: list[ValidationErrorContext[Any]]) -> tuple[Problem, ...]:
    """Return what the schemas found, as problems with place, what was given and what is right."""
    return tuple(
        Problem(
            ".".join(map(str, _place(context.model, wrong["loc"]))), _short(wrong["input"]),
            expected_of(wrong), "correct it and send it again",
        )
        for context in contexts
        for wrong in context.pydantic_validation_error.errors(include_url=False)
    )  # fmt: skip


def _place(model: Any, at: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Return where a problem is, as whoever calls names it: body.text, header.Idempotency-Key."""
    named = model.__ninja_flatten_map_reverse__.get(at, at)
    single = getattr(model, "__read_from_single_attr__", None)
    if single is not None and named[:1] == (single,):
        named = named[1:]
    return (model.__ninja_param_source__, *named)


def _short(given: object) -> str:
    text = repr(given)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def answer_faults(api: NinjaAPI) -> None:
    """Have an API answer everything that goes wrong in the one form.

    What is not named here is answered by the middleware of the site, in the same form.
    """
    api.add_exception_handler(HttpError, _http)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(TooMany, _too_many)
    api.add_exception_handler(Conflict, _conflict)
    api.add_exception_handler(KeyUsed, _key_used)
    api.add_exception_handler(NotEnded, _not_ended)
    api.add_exception_handler(NoSuchMove, _no_such_move)
    api.add_exception_handler(Http404, _missing)


def _http(request: HttpRequest, error: Any) -> HttpResponse:
    headers = {"WWW-Authenticate": "Bearer"} if error.status_code == 401 else None
    return fault(error.status_code, str(error), headers=headers)


def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
    return fault(422, "What you sent does not fit.", tuple(error.errors))


def _too_many(request: HttpRequest, error: Any) -> HttpResponse:
    text = f"Too many calls. Wait {error.wait_s} seconds, then send it again; nothing was done."
    return fault(429, text, headers={"Retry-After": str(error.wait_s)})


def _conflict(request: HttpRequest, error: Any) -> HttpResponse:
    return fault(409, str(error))


def _key_used(request: HttpRequest, error: Any) -> HttpResponse:
    text = "This key was sent before, with something else."
    return fault(409, text, tuple(error.problems))


def _not_ended(request: HttpRequest, error: Any) -> HttpResponse:
    return fault(409, "This encounter has not ended yet.", tuple(error.problems))


def _no_such_move(request: HttpRequest, error: Any) -> HttpResponse:
    return fault(422, "This scenario has no such move.", tuple(error.problems))


def _missing(request: HttpRequest, error: Any) -> HttpResponse:
    return page_for(request, 404)
