# SPDX-License-Identifier: Apache-2.0
"""What commands log, and how: servers at the configured level, everything else warnings in one line each."""

import logging
import sys

from rich.logging import RichHandler

from shopwright.cli.common import err
from shopwright.config import Config

_CHATTY = ("alembic", "pgqueuer", "shopwright.access")
"""They tell every step at INFO; people who look for a fault ask for it with ``log_level = "debug"``."""


def log_briefly() -> None:
    """Log warnings and errors to stderr, one line each: a traceback helps nobody who typed a command."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_OneLine("%(levelname)s: %(message)s"))
    handler.addFilter(_Once())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def log_as_server(config: Config, *, quiet: bool = False) -> None:
    """Log at the configured level; ``quiet`` raises that to warnings unless somebody configured one."""
    level = "warning" if quiet and "log_level" not in config.model_fields_set else config.log_level
    logging.basicConfig(level=level.upper(), handlers=[_handler()], force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.NOTSET if level == "debug" else logging.WARNING)
    if quiet:
        # Who tries things out follows the links of mails from here.
        logging.getLogger("shopwright.mail").setLevel(logging.INFO)


def _handler() -> logging.Handler:
    if err.is_terminal:
        handler: logging.Handler = RichHandler(console=err, show_path=False)
        handler.setFormatter(logging.Formatter("%(message)s"))
        return handler
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    return handler


class _OneLine(logging.Formatter):
    def formatException(self, ei: object) -> str:  # noqa: N802 - logging's name
        return ""

    def format(self, record: logging.LogRecord) -> str:
        return " ".join(super().format(record).split())


class _Once(logging.Filter):
    """Lets each message through once: a command may load the plugins more than once."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: set[str] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        known = message in self._seen
        self._seen.add(message)
        return not known
