"""Operations of the API: each names the scope it asks for, and its answer, in the schema too."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Literal, TypeVar

from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI, Router, Schema
from ninja.errors import ValidationError, ValidationErrorContext
from ninja.openapi.schema import OpenAPISchema

from stepdown.web.accounts.tokens import SCOPES
from stepdown.web.api.auth import Asks
from stepdown.web.api.errors import fault, problems_of
from stepdown.web.api.schemas import Fault

View = TypeVar("View", bound=Callable[..., Any])
FAULTS = dict.fromkeys((400, 401, 403, 404, 409, 413, 422, 429, 503, 507), Fault)
WAIT = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}


class Operations:
    """A part of the API."""

    def __init__(self, tag: str) -> None:
        self.router = Router(tags=[tag])

    def get(
        self, path: str, scope: str, answer: type[Schema] | None, media: str = ""
    ) -> Callable[[View], View]:
        """Add an operation that reads. `media`: the kind of an answer that is not JSON."""
        return self._add("GET", path, scope, 200, answer, media)

    def post(
        self, path: str, scope: str, answer: type[Schema], status: Literal[200, 201] = 200
    ) -> Callable[[View], View]:
        """Add an operation that does something."""
        return self._add("POST", path, scope, status, answer)

    def _add(
        self, method: str, path: str, scope: str, status: int, answer: type[Schema] | None,
        media: str = "",
    ) -> Callable[[View], View]:  # fmt: skip
        extra: dict[str, Any] = {"x-scope": scope}
        if media:
            text = {"content": {media: {"schema": {"type": "string"}}}, "description": "OK"}
            extra["responses"] = {200: text}

        def add(view: View) -> View:
            self.router.add_api_operation(
                path, [method], view, auth=Asks(scope), response={status: answer, **FAULTS},
                operation_id=view.__name__, summary=_first_line(view),
                description=_rest(view), openapi_extra=extra,
            )  # fmt: skip
            return view

        return add


def _first_line(view: Callable[..., Any]) -> str:
    return (view.__doc__ or "").strip().split("\n")[0].rstrip(".")


def _rest(view: Callable[..., Any]) -> str:
    lines = (view.__doc__ or "").strip().split("\n")[1:]
    return " ".join(line.strip() for line in lines if line.strip())


class Api(NinjaAPI):
    """The API of the site: one form for everything that goes wrong, scopes in its schema."""

    def validation_error_from_error_contexts(
        self, error_contexts: list[ValidationErrorContext[Any]]
    ) -> ValidationError:
        """Return what is wrong with a call as problems."""
        return ValidationError(list(problems_of(error_contexts)))  # type: ignore[arg-type]

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        """Return the schema, with the ways to sign in and the scope of each operation."""
        schema = super().get_openapi_schema(**given)
        for methods in schema["paths"].values():
            for operation in methods.values():
                operation["responses"][429]["headers"] = WAIT
                operation["security"] = [{"token": [operation["x-scope"]]}, {"session": []}]
        schema["components"]["securitySchemes"] = {
            "token": {
                "type": "http", "scheme": "bearer",
                "description": "A key made on one's own page. It may be allowed to: "
                + "; ".join(f"{what} (`{name}`)" for name, what in SCOPES.items()) + ".",
            },
            "session": {
                "type": "apiKey", "in": "cookie", "name": "__Host-session",
                "description": "A browser that is signed in; what changes something needs the"
                " header X-CSRFToken as well.",
            },
        }  # fmt: skip
        return schema

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        found = super()._get_urls()
        for pattern in found:
            if isinstance(pattern, URLPattern):
                pattern.callback = _answering(pattern.callback)
        return found


def _answering(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Say in the one form that a method does not exist; let nobody keep what was answered."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        response = view(request, *args, **named)
        response.setdefault("Cache-Control", "no-store")
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        text = f"There is no {request.method} here, but: {response['Allow']}."
        return fault(405, text, headers={"Allow": response["Allow"]})

    return answered
