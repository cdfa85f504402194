# SPDX-License-Identifier: Apache-2.0
"""Hooks: pluggy keeps markers, validation and order; the call loop is ours, because pluggy does not await."""

from shopwright.errors import Rejected, Rejection
from shopwright.hooks.breaker import BreakerKey, Breakers
from shopwright.hooks.call import AnswerError, Change, HookError, Hooks, Next
from shopwright.hooks.plan import Plan, Step, StorePlans
from shopwright.hooks.spec import HookPolicy, Mode, OnError, hookspec, policy_of

__all__ = [
    "AnswerError",
    "BreakerKey",
    "Breakers",
    "Change",
    "HookError",
    "HookPolicy",
    "Hooks",
    "Mode",
    "Next",
    "OnError",
    "Plan",
    "Rejected",
    "Rejection",
    "Step",
    "StorePlans",
    "hookspec",
    "policy_of",
]
