# SPDX-License-Identifier: Apache-2.0
"""The pytest plugin for plugin authors: kernels, stores and clients on a real database, closed after each test.

Databases come from ``shopwright.testing.database`` and Valkey from ``shopwright.testing.valkey``: list both
in ``pytest_plugins`` of your ``conftest.py``.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from shopwright.activation import NewStore
    from shopwright.clock import FakeClock
    from shopwright.kernel import Kernel
    from shopwright.mail import Message
    from shopwright.plugin import Plugin
    from shopwright.stores import Store
    from shopwright.testing.client import ShopClient
    from shopwright.testing.conformance import Stage
    from shopwright.testing.database import MakeDatabase

pytest.register_assert_rewrite("shopwright.testing.conformance")

MakeKernel = Callable[..., Awaitable["Kernel"]]
MakeClient = Callable[..., Awaitable["ShopClient"]]


@pytest.fixture
def fake_clock() -> "FakeClock":
    """A clock that stands still until ``advance`` is called."""
    from shopwright.clock import FakeClock

    return FakeClock()


@pytest.fixture
def mail_sink() -> "list[Message]":
    """The mails that were sent by kernels of this test."""
    return []


@pytest.fixture
async def make_kernel(
    make_database: "MakeDatabase", tmp_path: "Path", mail_sink: "list[Message]"
) -> AsyncIterator[MakeKernel]:
    """Open kernels on databases of their own.

    Call it with ``plugins=["catalog", MyPlugin]`` and ``stores=[NewStore(…)]`` and await the kernel. Names are installed plugins, classes are plugins of the test; what they require is added. Every plugin is
    on in every store, unless ``enable=False``. ``url`` opens a second kernel on the database of a first one.
    """
    from shopwright.testing.kernels import open_kernel

    async with AsyncExitStack() as stack:

        async def make(
            plugins: "Sequence[str | type[Plugin]]" = (), stores: "Sequence[NewStore]" = (), **options: Any
        ) -> "Kernel":
            kernel = await open_kernel(make_database, tmp_path, plugins, stores, mail_sink, **options)
            stack.push_async_callback(kernel.close)
            return kernel

        yield make


@pytest.fixture
async def make_client() -> AsyncIterator[MakeClient]:
    """Make clients: called with a kernel and a store, gives one that speaks to this store as one visitor."""
    from shopwright.testing.client import ShopServer

    async with AsyncExitStack() as stack:
        servers: dict[int, ShopServer] = {}

        async def make(kernel: "Kernel", store: "Store | str") -> "ShopClient":
            if id(kernel) not in servers:
                servers[id(kernel)] = await stack.enter_async_context(ShopServer(kernel))
            found = kernel.directory.by_code(store) if isinstance(store, str) else store
            assert found is not None
            return await servers[id(kernel)].client(found)

        yield make


@pytest.fixture(scope="class")
def conformance_stage(request: pytest.FixtureRequest) -> "Iterator[Stage]":
    """What the tests of one ``PluginConformance`` class share: the plugin, and a kernel once one asks for it."""
    from shopwright.testing.conformance import Stage

    with Stage(
        request.cls.plugin,
        server=lambda: request.getfixturevalue("pg_server"),
        folder=request.getfixturevalue("tmp_path_factory").mktemp("conformance"),
    ) as stage:
        yield stage
