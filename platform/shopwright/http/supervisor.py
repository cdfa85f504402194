# SPDX-License-Identifier: Apache-2.0
"""Keeps a number of worker processes running, and stops them together."""

import logging
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from shopwright.errors import UsageError

log = logging.getLogger(__name__)
Work = Callable[[int, Connection], None]
"""What a worker does; it sends ``""`` once it is ready, or one line that says why it cannot start."""
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0
_SETTLED = 60.0


@dataclass
class _Worker:
    index: int
    process: BaseProcess
    pipe: Connection
    started: float = field(default_factory=time.monotonic)
    is_ready: bool = False


class Supervisor:
    """Runs ``count`` workers until SIGTERM or SIGINT.

    Args:
        count: how many.
        work: what each does, given its index and its end of a pipe.
        stop_within: seconds a worker has to end before it is killed.
    """

    def __init__(self, count: int, work: Work, *, stop_within: float) -> None:
        self._count = count
        self._work = work
        self._stop_within = stop_within
        self._context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
        self._workers: dict[int, _Worker] = {}
        self._pauses = dict.fromkeys(range(count), _FIRST_PAUSE)
        self._due: dict[int, float] = {}
        self._wake_reader, self._wake_writer = os.pipe()
        self._stopping = False
        self._was_ready = False

    def run(self, on_ready: Callable[[], None] | None = None) -> None:
        """Start the workers and look after them.

        Raises:
            UsageError: a worker says that it cannot start.
        """
        before = {number: signal.signal(number, self._stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            for index in range(self._count):
                self._start(index)
            self._watch(on_ready)
        finally:
            self._end_all()
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(self._wake_reader)
            os.close(self._wake_writer)

    def _stop(self, _number: int, _frame: object) -> None:
        self._stopping = True
        os.write(self._wake_writer, b"\0")

    def _start(self, index: int) -> None:
        ours, theirs = self._context.Pipe(duplex=False)
        process = self._context.Process(target=_child, args=(self._work, index, theirs), daemon=False)  # type: ignore[attr-defined]
        process.start()
        theirs.close()
        self._workers[index] = _Worker(index, process, ours)

    def _watch(self, on_ready: Callable[[], None] | None) -> None:
        while not self._stopping:
            now = time.monotonic()
            for index in [i for i, due in self._due.items() if due <= now]:
                del self._due[index]
                self._start(index)
            pipes = {w.pipe: w for w in self._workers.values() if not w.is_ready}
            ends = {w.process.sentinel: w for w in self._workers.values()}
            patience = min((due - now for due in self._due.values()), default=None)
            ready = wait([self._wake_reader, *pipes, *ends], timeout=patience)
            # What a worker had to say comes before its end.
            for found in sorted(ready, key=lambda found: not isinstance(found, Connection)):
                if isinstance(found, Connection):
                    self._hear(pipes[found])
                elif found in ends:
                    self._ended(ends[found])
            if not self._was_ready and self._are_ready():
                self._was_ready = True
                if on_ready is not None:
                    on_ready()

    def _are_ready(self) -> bool:
        return len(self._workers) == self._count and all(w.is_ready for w in self._workers.values())

    def _hear(self, worker: _Worker) -> None:
        try:
            message = worker.pipe.recv()
        except EOFError:
            self._ended(worker)
            return
        if message:
            raise UsageError(message)
        worker.is_ready = True

    def _ended(self, worker: _Worker) -> None:
        if self._workers.get(worker.index) is not worker:
            return
        worker.process.join(self._stop_within)
        del self._workers[worker.index]
        worker.pipe.close()
        if self._stopping:
            return
        if not self._was_ready and not worker.is_ready:
            raise UsageError(
                f"A worker could not start (exit code {worker.process.exitcode}); see above why."
            )
        lived = time.monotonic() - worker.started
        pause = _FIRST_PAUSE if lived > _SETTLED else self._pauses[worker.index]
        self._pauses[worker.index] = min(pause * 2, _LONGEST_PAUSE)
        self._due[worker.index] = time.monotonic() + pause
        log.error(
            "worker %s ended with %s; a new one starts in %.1f s",
            worker.process.pid,
            worker.process.exitcode,
            pause,
        )

    def _end_all(self) -> None:
        deadline = time.monotonic() + self._stop_within
        for worker in self._workers.values():
            with suppress(ProcessLookupError):
                worker.process.terminate()
        for worker in self._workers.values():
            worker.process.join(max(0.0, deadline - time.monotonic()))
            if worker.process.is_alive():
                log.error("worker %s did not stop in time and is killed", worker.process.pid)
                worker.process.kill()
                worker.process.join()
            worker.pipe.close()


def _child(work: Work, index: int, pipe: Connection) -> None:
    # Until the worker's own handlers are set, a signal simply ends it.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    work(index, pipe)
