# SPDX-License-Identifier: Apache-2.0
"""The hooks of promotions."""

from collections.abc import Sequence

from shopwright.hooks import hookspec
from shopwright_discounts.api import ActionKind, ConditionKind


@hookspec("register")
def promotion_conditions() -> Sequence[ConditionKind]:
    """Give kinds of conditions that promotions can have."""
    raise AssertionError


@hookspec("register")
def promotion_actions() -> Sequence[ActionKind]:
    """Give kinds of actions that promotions can have."""
    raise AssertionError
