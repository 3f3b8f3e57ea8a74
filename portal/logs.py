"""What the processes say of themselves: one line of JSON for each event, on standard error.

A line names what happened, counts and opaque references: never a title, a query or an address of a
person. On a terminal the same line is written for eyes.
"""

import sys
import traceback
from typing import Any

import structlog

_FACTS: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
]


DEEPEST_FRAMES = 12
ROOMS = ("portal", "search", "guidance", "forces", "audit")


def _place_of_error(
    logger: Any, method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Tell the kind of an exception and where it rose; its message may quote a document."""
    raised = event.pop("exc_info", None)
    error = sys.exc_info()[1] if raised is True else raised
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)[-DEEPEST_FRAMES:]
        event["error"] = type(error).__qualname__
        event["where"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def _renderers() -> list[structlog.typing.Processor]:
    if sys.stderr.isatty():
        return [structlog.dev.ConsoleRenderer(colors=False)]
    return [_place_of_error, structlog.processors.JSONRenderer()]


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _FACTS,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_renderers(),
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        **{room: {"level": "INFO"} for room in ROOMS},
        # Django's own handlers would mail the administrators a page's content with the traceback.
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        # Refused and absent pages are told by the trail; the log would only repeat addresses.
        "django.request": {"level": "ERROR"},
    },
}

structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_FACTS,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
