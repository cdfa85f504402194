# SPDX-License-Identifier: Apache-2.0
"""The hooks of promotions."""

from collections.abc import Sequence

from shopwright.context import Context
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


@hookspec("collect", on_error="open", budget=0.5)
async def discount_audience(ctx: Context) -> Sequence[str]:
    """Tell what the context's actor is to promotions, as tags like ``group:vip``."""
    raise AssertionError
