"""The log: one event per fact, with its fields, on stderr.

It must not carry a line break, escape sequence or secret that came from outside.
"""

from __future__ import annotations

import logging
import sys
import threading
from types import TracebackType

import structlog
from structlog.typing import Processor

_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
)


def configure_logs(level: str = "INFO") -> None:
    """Log events of `level` and above of this process; libraries are heard from WARNING on, unless `level` is DEBUG."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level if level == "DEBUG" else "WARNING")
    for name in ("readout", "spiders", "pipelines", "scheduler"):
        logging.getLogger(name).setLevel(level)
    _hear_the_rest()


def _formatter() -> logging.Formatter:
    # repr() of every value keeps an event on its line, whatever a page put into it.
    renderer = structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"], drop_missing=True)
    return structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        foreign_pre_chain=list(_SHARED),
    )


# --- what else would write to stderr as it likes ------------------------------------------------------------------


def _hear_the_rest() -> None:
    """Have warnings, and errors that nobody caught, in the log too: their texts may be a page's.

    Whoever listens to those of threads already goes on doing so; the command line's library would print all of one.
    """
    logging.captureWarnings(True)
    sys.excepthook = _tell_error
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = lambda end: _tell_error(end.exc_type, end.exc_value, end.exc_traceback)
    if sys.unraisablehook is sys.__unraisablehook__:
        sys.unraisablehook = lambda end: _tell_error(end.exc_type, end.exc_value, end.exc_traceback)


def _tell_error(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt | SystemExit):
        return
    structlog.get_logger("readout").critical("broke", exc_info=(kind, error, trace))
