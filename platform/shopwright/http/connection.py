# SPDX-License-Identifier: Apache-2.0
"""Connections: closed when whole headers do not come in time, and polite when what came is not HTTP."""

import asyncio
from typing import Any

import orjson
from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from shopwright.http import problems, security
from shopwright.http.problems import Failure
from shopwright.ids import new_id


class TimedHandler(RequestHandler):
    """Closes a connection that has not sent whole headers in time; aiohttp itself waits for ever."""

    __slots__ = ("_header_seconds", "_header_timer")

    def __init__(self, manager: Any, *, header_seconds: float, **options: Any) -> None:
        super().__init__(manager, **options)
        self._header_seconds = header_seconds
        self._header_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._start_timer()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._messages or self._request_in_progress:
            self._stop_timer()
        elif self._header_timer is None and not self._force_close:
            self._start_timer()

    def connection_lost(self, exc: BaseException | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what could not be read as HTTP; what was wrong with it is not repeated to the sender."""
        if status != 400:
            self.log_exception("Error handling request", exc_info=exc)
        detail = "The request is not valid HTTP." if status == 400 else ""
        problem = problems.document(Failure(status, detail), str(new_id()))
        response = web.Response(
            body=orjson.dumps(problem), status=status, content_type="application/problem+json"
        )
        security.add_headers(response, "", secure=False)
        response.force_close()
        return response

    def _start_timer(self) -> None:
        self._header_timer = self._loop.call_later(self._header_seconds, self._out_of_time)

    def _out_of_time(self) -> None:
        self._header_timer = None
        if not self._request_in_progress and not self._messages:
            self.force_close()

    def _stop_timer(self) -> None:
        if self._header_timer is not None:
            self._header_timer.cancel()
            self._header_timer = None
