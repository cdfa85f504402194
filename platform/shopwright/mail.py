# SPDX-License-Identifier: Apache-2.0
"""Mail as the kernel knows it: a message, and somebody who takes it. Channels that really send are plugins."""

import logging
from dataclasses import dataclass
from typing import Protocol

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """A mail. ``text`` is always there; ``html`` may be empty."""

    to: str
    subject: str
    text: str
    html: str = ""


class Mailer(Protocol):
    """Takes mails."""

    async def send(self, message: Message) -> None: ...


class LogMailer:
    """Writes mails to the log: for the demo and for installations without a mail plugin."""

    async def send(self, message: Message) -> None:
        log.info("mail to %s: %s\n%s", message.to, message.subject, message.text)


class MemoryMailer:
    """Keeps mails in a list: for tests."""

    def __init__(self, sink: list[Message]) -> None:
        self._sink = sink

    async def send(self, message: Message) -> None:
        self._sink.append(message)
