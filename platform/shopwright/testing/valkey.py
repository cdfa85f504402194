# SPDX-License-Identifier: Apache-2.0
"""A real Valkey server for tests."""

from collections.abc import Iterator

import pytest

from shopwright.cache.embedded import EmbeddedValkey


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    """Give the URL of a Valkey server that runs for the whole test session."""
    with EmbeddedValkey() as server:
        yield server.url
