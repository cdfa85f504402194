# SPDX-License-Identifier: Apache-2.0
"""The hooks of customer accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Rejection
from shopwright.hooks import hookspec
from shopwright_customers.api import AccountPage, ConditionKind, ErasureOutcome, ExportSection, Subject


@dataclass(frozen=True, slots=True)
class CustomerRegistered:
    """Somebody made an account."""

    customer_id: UUID
    version: int = 1


@dataclass(frozen=True, slots=True)
class CustomerEmailConfirmed:
    """A customer followed a link that was sent to their address."""

    customer_id: UUID
    email: str
    version: int = 1


@hookspec("veto")
async def customer_validate(ctx: Context, email: str, name: str) -> Sequence[Rejection]:
    """Object to a new account, or to another e-mail address or name of one."""
    raise AssertionError


@hookspec("event")
async def customer_registered(ctx: Context, event: CustomerRegistered) -> None:
    """Learn that somebody made an account."""
    raise AssertionError


@hookspec("event")
async def customer_email_confirmed(ctx: Context, event: CustomerEmailConfirmed) -> None:
    """Learn that an account's address is its owner's: what was left under it without an account is theirs."""
    raise AssertionError


@hookspec("collect", on_error="open", budget=0.5)
async def account_pages(ctx: Context) -> Sequence[AccountPage]:
    """Give pages for the menu of a customer's account."""
    raise AssertionError


@hookspec("register")
def customer_conditions() -> Sequence[ConditionKind]:
    """Give kinds of conditions that segments of customers can be made of."""
    raise AssertionError


@hookspec("collect", coded=True)
async def data_export(ctx: Context, subject: Subject) -> Sequence[ExportSection]:
    """Give what the plugin knows of a person, for the copy they may ask for."""
    raise AssertionError


@hookspec("collect", coded=True)
async def data_erase(ctx: Context, session: AsyncSession, subject: Subject) -> Sequence[ErasureOutcome]:
    """Erase what the plugin knows of a person, and answer what was erased, what was kept and why.

    All plugins do it in one transaction: when one fails, nothing is erased. Doing it again must be harmless.
    """
    raise AssertionError
