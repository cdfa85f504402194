# SPDX-License-Identifier: Apache-2.0
"""The hook of collections."""

from collections.abc import Sequence

from shopwright.hooks import hookspec
from shopwright_collections.api import ConditionKind


@hookspec("register")
def collection_conditions() -> Sequence[ConditionKind]:
    """Give kinds of conditions that collections can be made of."""
    raise AssertionError
