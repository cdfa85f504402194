# SPDX-License-Identifier: Apache-2.0
import asyncio
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from shopwright.db.settings import driver_options

SCRIPT = Path(__file__).with_name("worker_process.py")


@pytest.fixture
def doomed(live_shop: Any, tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker whose handlers never come to an end."""
    process = subprocess.Popen([sys.executable, str(SCRIPT), live_shop.kernel.db.settings.url, str(tmp_path)])
    yield process
    process.kill()
    process.wait()


async def test_an_event_is_handled_after_its_worker_was_killed_in_the_middle(
    live_shop: Any, doomed: "subprocess.Popen[bytes]", tmp_path: Path, wait_until: Any
) -> None:
    shop = live_shop
    shop.kernel.jobs.lost_after = timedelta(seconds=1)
    await shop.emit(1, 2)
    await wait_until((tmp_path / "began").exists, 40)
    doomed.kill()
    doomed.wait()
    assert (await shop.deliveries())[0] == (1, "pending", 1)

    async with shop.workers():
        await wait_until(lambda: shop.hearer.numbers == [1, 2])
        await wait_until(lambda: _empty(shop))

    assert await shop.deliveries() == [(1, "done", 2), (2, "done", 1)]


async def test_a_job_is_run_after_its_worker_was_killed_in_the_middle(
    live_shop: Any, doomed: "subprocess.Popen[bytes]", tmp_path: Path, wait_until: Any
) -> None:
    shop = live_shop
    shop.kernel.jobs.lost_after = timedelta(seconds=1)
    await shop.enqueue(7)
    await wait_until((tmp_path / "began").exists, 40)
    doomed.kill()
    doomed.wait()

    async with shop.workers():
        await wait_until(lambda: shop.hearer.worked == [7])
        await wait_until(lambda: _empty(shop))


async def _empty(shop: Any) -> bool:
    return bool(await shop.queued() == 0)


async def test_a_worker_outlives_the_database(live_shop: Any, pg_server: Any, wait_until: Any) -> None:
    shop = live_shop
    async with shop.workers():
        await shop.enqueue(1)
        await wait_until(lambda: shop.hearer.worked == [1])

        name = await shop.kernel.db.fetch_value(None, "SELECT current_database()")
        await _take_the_database_away(pg_server, name)

        await shop.enqueue(2)
        await wait_until(lambda: shop.hearer.worked == [1, 2])
        await wait_until(lambda: _empty(shop))


async def _take_the_database_away(server: Any, name: str) -> None:
    """Let nobody in for a while, and put everybody out, as a restart does."""
    connection = await asyncpg.connect(**driver_options(server.url_of("postgres")))
    try:
        await connection.execute(f"ALTER DATABASE {name} CONNECTION LIMIT 0")
        await connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name
        )
        await asyncio.sleep(0.7)
        await connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        await connection.execute(f"ALTER DATABASE {name} CONNECTION LIMIT -1")
    finally:
        await connection.close()
