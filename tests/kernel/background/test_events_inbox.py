# SPDX-License-Identifier: Apache-2.0
import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest

from shopwright.activation import NewStore
from shopwright.actor import SYSTEM
from shopwright.context import Context
from shopwright.events import Received
from shopwright.ids import new_id
from shopwright.jobs import Job
from shopwright.plugin import Manifest, Plugin, hookimpl


class Payer(Plugin):
    """Processes what its provider sends, and notes the effect in the same transaction as the mark."""

    manifest = Manifest(name="payer", version="1", title="Payer", summary="Payer")

    def __init__(self) -> None:
        self.effects: list[bytes] = []
        self.job = Job("payer.inbox", Received, self._process)

    @hookimpl
    def register_jobs(self) -> Sequence[Job[Any]]:
        return [self.job]

    async def _process(self, ctx: Context, payload: Received) -> None:
        message = await ctx.kernel.events.received(ctx, payload.inbox_id)
        if message is None:
            return
        async with ctx.transaction() as session:
            if await ctx.kernel.events.processed(ctx, session, message.id):
                self.effects.append(message.body)


@pytest.fixture
async def ctx(make_kernel: Any) -> Context:
    stores = [NewStore("alpha", "Alpha", "EUR"), NewStore("beta", "Beta", "EUR")]
    kernel = await make_kernel(plugins=[Payer], stores=stores)
    return kernel.context(kernel.directory.by_code("alpha"), actor=SYSTEM)


async def receive(ctx: Context, event_id: str = "evt_1", body: bytes = b'{"paid": true}') -> bool:
    payer = ctx.kernel.registry.plugins["payer"]
    assert isinstance(payer, Payer)
    headers = {"Signature": "abc", "Authorization": "secret", "Cookie": "sid=1"}
    return await ctx.kernel.events.receive(
        ctx, provider="payer", event_id=event_id, headers=headers, body=body, job=payer.job
    )


def effects(ctx: Context) -> list[bytes]:
    payer = ctx.kernel.registry.plugins["payer"]
    assert isinstance(payer, Payer)
    return payer.effects


async def test_a_message_is_kept_as_it_came_without_credentials_and_processed_by_its_job(
    ctx: Context,
) -> None:
    assert await receive(ctx, body=b"\x00raw")
    (row,) = await ctx.fetch_rows("SELECT id, headers::text AS headers, body, status FROM kernel_inbox")
    assert (json.loads(row["headers"]), row["body"], row["status"]) == (
        {"signature": "abc"}, b"\x00raw", "pending",
    )  # fmt: skip

    await ctx.kernel.jobs.drain(strict=True)

    assert effects(ctx) == [b"\x00raw"]
    assert await ctx.fetch_value("SELECT status FROM kernel_inbox") == "done"
    assert await ctx.kernel.events.received(ctx, row["id"]) is None


async def test_a_duplicate_is_refused_and_makes_no_job(ctx: Context) -> None:
    answers = await asyncio.gather(*(receive(ctx) for _ in range(5)))
    assert sorted(answers) == [False, False, False, False, True]

    assert await ctx.kernel.jobs.drain(strict=True) == 1
    assert await receive(ctx) is False
    assert await receive(ctx, "evt_2") is True
    assert await ctx.kernel.jobs.drain(strict=True) == 1
    assert len(effects(ctx)) == 2


async def test_the_same_number_at_another_store_is_another_message(ctx: Context) -> None:
    beta = ctx.kernel.context(ctx.kernel.directory.by_code("beta"), actor=SYSTEM)  # type: ignore[arg-type]

    assert [await receive(ctx), await receive(beta)] == [True, True]


async def test_a_message_is_processed_once_even_when_its_job_runs_twice(ctx: Context) -> None:
    await receive(ctx)
    inbox_id = await ctx.fetch_value("SELECT id FROM kernel_inbox")

    async def mark() -> bool:
        async with ctx.transaction() as session:
            return await ctx.kernel.events.processed(ctx, session, inbox_id)

    assert sorted(await asyncio.gather(mark(), mark(), mark())) == [False, False, True]
    assert await mark() is False
    async with ctx.transaction() as session:
        assert await ctx.kernel.events.processed(ctx, session, new_id()) is False
