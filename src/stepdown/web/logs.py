"""Logs as one JSON object a line, without a word of anybody's: route, status, time, ids."""

from __future__ import annotations

import json
import logging
import logging.config
from datetime import UTC, datetime
from typing import Any

FIELDS = ("route", "method", "status", "ms", "request", "person", "fault")


class JsonLines(logging.Formatter):
    """Write a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line. Of a fault its kind and place are kept, never its text."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"at": at, "level": record.levelname, "from": record.name}
        if record.name.startswith("stepdown"):
            line["what"] = record.getMessage()
        given = {name: getattr(record, name, None) for name in FIELDS}
        line |= {k: v for k, v in given.items() if isinstance(v, str | int | float)}
        if record.exc_info and record.exc_info[0] is not None:
            line |= {"fault": record.exc_info[0].__name__, "place": places(record.exc_info[2])}
        return json.dumps(line, ensure_ascii=True)


def places(trace: Any) -> list[str]:
    """Return file names, functions and lines of a traceback, innermost last; no values."""
    found = []
    while trace is not None:
        code = trace.tb_frame.f_code
        found.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return found[-12:]


def configure(settings: dict[str, Any]) -> None:
    """Set up logging for the site; `settings` holds the level."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"json": {"()": JsonLines}},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
            "loggers": {
                name: {"handlers": ["stderr"], "level": settings["level"], "propagate": False}
                for name in ("stepdown", "django", "allauth")
            },
        }
    )
