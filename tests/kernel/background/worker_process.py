# SPDX-License-Identifier: Apache-2.0
"""A worker in a process of its own, for tests that kill it: ``worker_process.py <database> <folder>``."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))


async def main(url: str, folder: Path) -> None:
    from tests.kernel.background import conftest as harness

    from shopwright.testing.kernels import open_kernel

    kernel = await open_kernel(None, folder, harness.PLUGINS, [], [], url=url, enable=False)  # type: ignore[arg-type]
    kernel.jobs.lost_after = timedelta(seconds=1)

    async def hang(*_: Any) -> None:
        (folder / "began").touch()
        await asyncio.sleep(3600)

    shop = harness.Shop(kernel)
    shop.hearer.on_event = hang
    shop.hearer.on_work = hang
    await kernel.jobs.run_worker(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
