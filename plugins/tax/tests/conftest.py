# SPDX-License-Identifier: Apache-2.0
"""Two stores with taxes, and staff who may do everything in one of them."""

import pytest
from tests.shop import system

from shopwright.testing.kernels import ALPHA, BETA


@pytest.fixture
async def kernel(make_kernel):
    kernel = await make_kernel(plugins=["tax"], stores=[ALPHA, BETA])
    assert kernel.registry.problems == []
    return kernel


@pytest.fixture
def ctx(kernel):
    return system(kernel, "alpha")
