# SPDX-License-Identifier: Apache-2.0
import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest

from shopwright.activation import NewStore
from shopwright.actor import SYSTEM
from shopwright.clock import Clock, FakeClock
from shopwright.context import Context
from shopwright.hooks import hookspec
from shopwright.ids import new_id
from shopwright.jobs import Job, Retry, Schedule
from shopwright.kernel import Kernel
from shopwright.plugin import Manifest, Plugin, hookimpl

ALPHA = NewStore("alpha", "Alpha", "EUR", hosts=("alpha.localhost",))
BETA = NewStore("beta", "Beta", "USD", hosts=("beta.localhost",))

hooks = ModuleType("sender_hookspecs")


@dataclass(frozen=True, slots=True)
class Pinged:
    number: int
    about: UUID
    version: int = 3


@hookspec("event")
async def pinged(ctx: Context, event: Pinged) -> None:
    """Learn that somebody pinged."""


pinged.__module__ = hooks.__name__
hooks.pinged = pinged  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Work:
    number: int
    about: UUID | None = None


def _manifest(name: str, *requires: str) -> Manifest:
    return Manifest(name=name, version="1", title=name, summary=name, requires=requires)


class Sender(Plugin):
    manifest = _manifest("sender")
    hookspecs = (hooks,)


class Recorder(Plugin):
    """A subscriber that notes what it gets and does as the test says."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, int]] = []
        self.worked: list[int] = []
        self.on_event: Callable[[Context, Pinged], Awaitable[None]] | None = None
        self.on_work: Callable[[Context, Work], Awaitable[None]] | None = None
        self.job = Job(f"{self.manifest.name}.work", Work, self._work)
        self.slow = Job(f"{self.manifest.name}.slow", Work, self._work, timeout=0.05)
        self.stubborn = Job(f"{self.manifest.name}.once", Work, self._work, retry=Retry(attempts=1))

    async def _work(self, ctx: Context, payload: Work) -> None:
        self.worked.append(payload.number)
        if self.on_work:
            await self.on_work(ctx, payload)

    async def _hear(self, ctx: Context, event: Pinged) -> None:
        self.heard.append((ctx.store.code, event.number))
        if self.on_event:
            await self.on_event(ctx, event)

    @property
    def numbers(self) -> list[int]:
        return [number for _, number in self.heard]


class Hearer(Recorder):
    manifest = _manifest("hearer", "sender")

    @hookimpl
    async def pinged(self, ctx: Context, event: Pinged) -> None:
        await self._hear(ctx, event)

    @hookimpl
    def register_jobs(self) -> Sequence[Job[Any]]:
        return [self.job, self.slow, self.stubborn]

    @hookimpl
    def register_schedules(self) -> Sequence[Schedule]:
        return [Schedule("hearer.hourly", "0 * * * *", self.job, Work(60))]


class Other(Recorder):
    manifest = _manifest("other", "sender")

    @hookimpl
    async def pinged(self, ctx: Context, event: Pinged) -> None:
        await self._hear(ctx, event)


PLUGINS = (Sender, Hearer, Other)


class Shop:
    """A kernel with a sender of events and two plugins that hear them."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.about = new_id()

    @property
    def hearer(self) -> Hearer:
        plugin = self.kernel.registry.plugins["hearer"]
        assert isinstance(plugin, Hearer)
        return plugin

    @property
    def other(self) -> Other:
        plugin = self.kernel.registry.plugins["other"]
        assert isinstance(plugin, Other)
        return plugin

    @property
    def ctx(self) -> Context:
        return self.context("alpha")

    def context(self, store: str) -> Context:
        found = self.kernel.directory.by_code(store)
        assert found is not None
        return self.kernel.context(found, actor=SYSTEM, request_id="request-1")

    async def emit(self, *numbers: int, about: UUID | None = None, store: str = "alpha") -> None:
        """Emit one event after another, each in a transaction of its own."""
        ctx = self.context(store)
        for number in numbers:
            async with ctx.transaction() as session:
                await self.emit_in(ctx, session, number, about)

    async def emit_in(self, ctx: Context, session: Any, number: int, about: UUID | None = None) -> None:
        about = about or self.about
        await ctx.hooks.emit(session, pinged, Pinged(number, about), aggregate=("sender.thing", about))

    async def enqueue(self, *numbers: int, job: Job[Work] | None = None, **options: Any) -> None:
        for number in numbers:
            async with self.ctx.transaction() as session:
                await self.ctx.enqueue(session, job or self.hearer.job, Work(number), **options)

    async def deliveries(self, subscriber: str = "hearer") -> list[tuple[int, str, int]]:
        rows = await self.ctx.fetch_rows(
            "SELECT seq, status, attempts FROM kernel_delivery "
            "WHERE subscriber = $1 AND aggregate_kind = 'sender.thing' ORDER BY outbox_id",
            subscriber,
        )
        return [tuple(row) for row in rows]

    async def queued(self) -> int:
        return int(await self.kernel.db.fetch_value(None, "SELECT count(*) FROM kernel_queue"))

    @asynccontextmanager
    async def workers(self, *kernels: Kernel, concurrency: int = 10) -> AsyncIterator[None]:
        """Have one worker for each kernel (or one for this one) run during the block."""
        stop = asyncio.Event()
        running = [
            asyncio.create_task(kernel.jobs.run_worker(stop, concurrency=concurrency))
            for kernel in kernels or (self.kernel,)
        ]
        try:
            yield
        finally:
            stop.set()
            await asyncio.gather(*running)


async def eventually(condition: Callable[[], Any], seconds: float = 20.0) -> None:
    """Wait until a condition (plain or async) holds."""
    async with asyncio.timeout(seconds):
        while True:
            answer = condition()
            if await answer if asyncio.iscoroutine(answer) else answer:
                return
            await asyncio.sleep(0.01)


MakeShop = Callable[..., Awaitable[Shop]]


@pytest.fixture
def make_shop(make_kernel: Any) -> MakeShop:
    async def make(*, clock: Clock | None = None, **options: Any) -> Shop:
        options = {"plugins": list(PLUGINS), "stores": [ALPHA, BETA], "clock": clock, **options}
        shop = Shop(await make_kernel(**options))
        await shop.kernel.jobs.drain(timeout=30)
        return shop

    return make


@pytest.fixture
async def shop(make_shop: MakeShop, fake_clock: FakeClock) -> Shop:
    """A shop whose clock stands still."""
    return await make_shop(clock=fake_clock)


@pytest.fixture
async def live_shop(make_shop: MakeShop) -> Shop:
    """A shop that goes by the machine's clock."""
    return await make_shop()


@pytest.fixture
def wait_until() -> Callable[..., Awaitable[None]]:
    return eventually


@pytest.fixture
def tally() -> dict[Any, int]:
    return defaultdict(int)
