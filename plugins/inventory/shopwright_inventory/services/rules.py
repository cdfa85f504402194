# SPDX-License-Identifier: Apache-2.0
"""The rules by which a variant is sold: read and saved, only if nobody was faster."""

from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid
from shopwright.i18n import translatable
from shopwright_inventory.services import selling
from shopwright_inventory.services.news import Change, tell
from shopwright_inventory.services.selling import Rules

MOST = 1_000_000
_READ = """
SELECT policy, safety_stock, backorder_limit, available_on, low_stock_at, version FROM inventory_item WHERE id = $1
"""
# The item first, then its levels: counting takes them in the same order.
_LOCK = text("""
INSERT INTO inventory_item (store_id, id, tracked, version) VALUES (:store_id, :id, false, 0)
ON CONFLICT (store_id, id) DO UPDATE SET tracked = inventory_item.tracked RETURNING version
""")
_SAVE = text("""
UPDATE inventory_item SET policy = :policy, safety_stock = :safety_stock, backorder_limit = :backorder_limit,
    available_on = :available_on, low_stock_at = :low_stock_at, version = version + 1
WHERE id = :id
""")


@dataclass(frozen=True, slots=True)
class SavedRules:
    """By what rules a variant is sold; ``version`` is 0 as long as nobody counted it or gave it rules."""

    policy: str = "deny"
    safety_stock: int = 0
    backorder_limit: int | None = None
    available_on: date | None = None
    low_stock_at: int | None = None
    version: int = 0


async def of(ctx: Context, variant_id: UUID) -> SavedRules:
    for row in await ctx.fetch_rows(_READ, variant_id):
        return SavedRules(*row)
    return SavedRules()


async def save(ctx: Context, variant_id: UUID, version: int | None, rules: Rules) -> None:
    """Save the rules of a variant, at the version somebody saw if that is told. What is promised stays promised.

    Raises:
        Invalid, Conflict: a field is wrong, or somebody else changed them meanwhile.
    """
    if errors := errors_of(rules):
        raise Invalid(errors=errors)

    async def work(session: AsyncSession) -> None:
        keys = {"store_id": ctx.store.id, "id": variant_id}
        there = (await session.execute(_LOCK, keys)).scalar_one()
        if version is not None and version != there:
            raise Conflict(
                translatable("The rules were changed meanwhile. Look at them again before you save."),
                code="version_conflict",
                extra={"version": there},
            )
        await selling.lock(session, [variant_id])
        before = (await selling.read(session, [variant_id]))[variant_id]
        await session.execute(_SAVE, {"id": variant_id, **asdict(rules)})
        await selling.spread(session, [variant_id])
        data = {name: str(value) for name, value in asdict(rules).items() if value is not None}
        subject = ("catalog.variant", variant_id)
        await ctx.audit(session, "inventory.rules_changed", subject=subject, data=data)
        if before.tracked:
            after = (await selling.read(session, [variant_id]))[variant_id]
            change = Change(variant_id, rules, before.in_stock, after.in_stock)
            await tell(ctx, session, [change], reason="rules")

    await ctx.run(work)


def errors_of(rules: Rules) -> list[FieldError]:
    """Give what is wrong with rules, by field."""
    errors = []
    if rules.policy not in {"deny", "backorder", "preorder"}:
        message = translatable("Please choose one of the list.")
        errors.append(FieldError("/policy", "unknown", message))
    for name in ("safety_stock", "backorder_limit", "low_stock_at"):
        number = getattr(rules, name)
        if number is not None and not 0 <= number <= MOST:
            message = translatable("Give a whole number from 0 to 1,000,000.")
            errors.append(FieldError(f"/{name}", "out_of_range", message))
    if rules.policy == "preorder" and rules.available_on is None:
        message = translatable("Say from when on it is there: customers are told this day.")
        errors.append(FieldError("/available_on", "required", message))
    return errors
