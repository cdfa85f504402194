# SPDX-License-Identifier: Apache-2.0
"""Codes of promotions, and the codes a customer has entered in a cart."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid, NotFound
from shopwright.http.bulk import insist
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright_checkout import api as checkout
from shopwright_checkout.api import CartCodes, CodeAnswer, EnteredCode
from shopwright_discounts.api import Reason
from shopwright_discounts.services.cart import CODE_OFF, CODE_USED_UP, OVER, CodeState, read_note, said
from shopwright_discounts.services.engine import NOT_YET
from shopwright_discounts.services.promotions import enabled

MOST_IN_CART = 10
_PREFIX = "discounts."
_CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{2,39}")
_FIND = """
SELECT c.id, c.uses, c.limit_total, c.enabled, p.enabled AS is_on, p.needs_coupon, p.starts_at, p.ends_at,
    (SELECT count(*) FROM discounts_cart_coupon x WHERE x.store_id = c.store_id AND x.cart_id = $2
        AND x.coupon_id <> c.id) AS others
FROM discounts_coupon c JOIN discounts_promotion p ON p.store_id = c.store_id AND p.id = c.promotion_id
WHERE c.code = $1
"""
_ENTER = text("""
INSERT INTO discounts_cart_coupon (store_id, id, cart_id, coupon_id, added_at)
VALUES (:store_id, :id, :cart_id, :coupon_id, :now) ON CONFLICT (store_id, cart_id, coupon_id) DO NOTHING
""")
_LEAVE = text("""
DELETE FROM discounts_cart_coupon x USING discounts_coupon c
WHERE x.cart_id = :cart_id AND c.store_id = x.store_id AND c.id = x.coupon_id AND c.code = :code RETURNING x.id
""")
_ENTERED = text("SELECT coupon_id FROM discounts_cart_coupon WHERE cart_id = :cart_id ORDER BY id")
_LIST = """
SELECT id, code, limit_total, uses, enabled, created_at FROM discounts_coupon
WHERE promotion_id = $1 AND id > $2 ORDER BY id LIMIT $3
"""
_ADD = text("""
INSERT INTO discounts_coupon (store_id, id, promotion_id, code, limit_total, created_at)
VALUES (:store_id, :id, :promotion_id, :code, :limit_total, :now)
ON CONFLICT (store_id, code) DO NOTHING RETURNING id
""")
_ADD_MANY = text("""
INSERT INTO discounts_coupon (store_id, id, promotion_id, code, limit_total, created_at)
SELECT :store_id, x.id, :promotion_id, x.code, x.limit_total, :now
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS x (id uuid, code text, limit_total integer)
ON CONFLICT (store_id, code) DO NOTHING RETURNING code
""")
_HAS = text("SELECT 1 FROM discounts_promotion WHERE id = :id")
_SWITCH = text(
    "UPDATE discounts_coupon SET enabled = :enabled WHERE id = :id AND promotion_id = :promotion_id RETURNING code"
)
UNKNOWN = Reason("coupon_unknown", translatable("We do not know this code. Please check it."))
TOO_MANY = Reason(
    "too_many_coupons", translatable("There are too many codes in this cart. Remove one first.")
)


@dataclass(frozen=True, slots=True)
class Coupon:
    """A code of a promotion, and how often it was used."""

    id: UUID
    code: str
    limit_total: int | None
    uses: int
    enabled: bool
    created_at: datetime


def tidy(code: str) -> str:
    """Write a code as it is kept: capitals, no spaces."""
    return "".join(code.split()).upper()


async def enter(ctx: Context, cart_id: UUID, code: str) -> None:
    """Put a code into an open cart. One that does not apply yet is kept, with the reason shown.

    Raises:
        NotFound, Conflict: no such cart, or it is ordered.
        Invalid: the code is unknown, used up, not valid yet or any more; the message is for the customer.
    """
    await open_cart(ctx, cart_id)
    reason = await _put(ctx, cart_id, code)
    if reason is not None:
        message = said(ctx, reason)
        raise Invalid(message, code=reason.code, errors=[FieldError("/code", reason.code, message)])


async def answer(ctx: Context, cart_id: UUID, code: str) -> CodeAnswer | None:
    """Put a code into an open cart or say why not; None for one that is not known."""
    reason, name = await _put(ctx, cart_id, code), f"{_PREFIX}{tidy(code)}"
    if reason is None:
        return CodeAnswer(name, ctx.gettext("The code %(code)s is in your cart.", code=tidy(code)))
    if reason is UNKNOWN:
        return None
    return CodeAnswer(name, said(ctx, reason), is_accepted=False, reason=reason.code)


async def in_field(ctx: Context, shown: checkout.CartView) -> CartCodes:
    """Tell which codes are in a cart, and that codes can be entered while a promotion has some."""
    codes = read_note(shown.notes).codes
    is_asked = any(x.needs_coupon for x in await enabled(ctx))
    return CartCodes(
        ctx.gettext("discount code") if is_asked else "",
        tuple(EnteredCode(f"{_PREFIX}{x.code}", x.code, x.title, x.reason) for x in codes),
    )


async def remove(ctx: Context, cart_id: UUID, name: str) -> bool | None:
    """Take a code out of an open cart by its name in the field; None for what is none of ours or not there."""
    if not name.startswith(_PREFIX):
        return None
    return await _take_out(ctx, cart_id, name.removeprefix(_PREFIX)) or None


async def _put(ctx: Context, cart_id: UUID, code: str) -> Reason | None:
    rows = await ctx.fetch_rows(_FIND, tidy(code), cart_id)
    reason = _fault(ctx, rows[0]) if rows else UNKNOWN
    if reason is not None:
        return reason
    values = {
        "store_id": ctx.store.id, "id": new_id(), "cart_id": cart_id, "coupon_id": rows[0]["id"],
        "now": ctx.clock.now(),
    }  # fmt: skip

    async def work(session: AsyncSession) -> None:
        await session.execute(_ENTER, values)

    await ctx.run(work)
    return None


async def leave(ctx: Context, cart_id: UUID, code: str) -> None:
    """Take a code out of an open cart.

    Raises:
        NotFound, Conflict: no such cart or no such code in it, or it is ordered.
    """
    await open_cart(ctx, cart_id)
    if not await _take_out(ctx, cart_id, code):
        raise NotFound("This code is not in the cart.", code="coupon_not_in_cart")


async def _take_out(ctx: Context, cart_id: UUID, code: str) -> bool:
    async def work(session: AsyncSession) -> bool:
        found = await session.execute(_LEAVE, {"cart_id": cart_id, "code": tidy(code)})
        return found.one_or_none() is not None

    return await ctx.run(work)


async def states(ctx: Context, cart: checkout.Cart) -> tuple[CodeState, ...]:
    """Tell of each code in a cart whether it applies now, and why not."""
    return read_note((await checkout.show(ctx, cart)).notes).codes


async def open_cart(ctx: Context, cart_id: UUID) -> checkout.Cart:
    """Give a cart that can still be changed.

    Raises:
        NotFound, Conflict: there is none, or it is ordered.
    """
    cart = await checkout.cart(ctx, cart_id)
    if cart is None:
        raise NotFound("There is no such cart.", code="cart_not_found")
    if cart.status != "open":
        raise Conflict("This cart has been ordered already.", code="already_placed")
    return cart


async def copy(ctx: Context, session: AsyncSession, cart_id: UUID, copy_id: UUID) -> None:
    """Enter the codes of a cart in its copy."""
    rows = (await session.execute(_ENTERED, {"cart_id": cart_id})).all()
    for row in rows:
        values = {"store_id": ctx.store.id, "id": new_id(), "cart_id": copy_id, "coupon_id": row.coupon_id}
        await session.execute(_ENTER, values | {"now": ctx.clock.now()})


async def of_promotion(
    ctx: Context, promotion_id: UUID, *, after: UUID | None = None, limit: int = 100
) -> Sequence[Coupon]:
    """Give codes of a promotion in the order in which they were made."""
    rows = await ctx.fetch_rows(_LIST, promotion_id, after or UUID(int=0), limit)
    return [Coupon(**dict(row)) for row in rows]


async def add_many(
    ctx: Context, promotion_id: UUID, wanted: Sequence[tuple[str, int | None]], *, atomic: bool
) -> dict[int, list[FieldError]]:
    """Add codes with their limits to a promotion, with one statement; gives what was refused, by place.

    Raises:
        NotFound: there is no such promotion.
        Invalid: all or nothing was wanted, and something is refused; each error names the item and its field.
    """
    codes = [tidy(code) for code, _ in wanted]
    refused = {n: found for n, (_, limit) in enumerate(wanted) if (found := _wrong(codes[n], limit))}
    taken = FieldError("/code", "taken", translatable("This code is taken. Choose another one."))
    for n, code in enumerate(codes):
        if n not in refused and code in codes[:n]:
            refused[n] = [taken]
    rows = [
        {"id": new_id(), "code": codes[n], "limit_total": limit}
        for n, (_, limit) in enumerate(wanted)
        if n not in refused
    ]
    values = {
        "store_id": ctx.store.id,
        "promotion_id": promotion_id,
        "now": ctx.clock.now(),
        "rows": dump(rows),
    }

    async def work(session: AsyncSession) -> dict[int, list[FieldError]]:
        if (await session.execute(_HAS, {"id": promotion_id})).one_or_none() is None:
            raise NotFound("There is no such promotion.")
        made = set((await session.scalars(_ADD_MANY, values)).all())
        there = {n: [taken] for n, code in enumerate(codes) if n not in refused and code not in made}
        insist(refused | there, atomic=atomic)
        data = {"codes": len(made), "promotion": str(promotion_id)}
        subject = ("discounts.promotion", promotion_id)
        await ctx.audit(session, "discounts.coupons_created", subject=subject, data=data)
        return refused | there

    return await ctx.run(work)


async def add(ctx: Context, promotion_id: UUID, code: str, limit_total: int | None) -> UUID:
    """Add a code to a promotion.

    Raises:
        Invalid, NotFound, Conflict: the code cannot be one, there is no such promotion, or the code is taken.
    """
    code = tidy(code)
    if errors := _wrong(code, limit_total):
        raise Invalid(errors[0].message, errors=errors)
    values = {
        "store_id": ctx.store.id, "id": new_id(), "promotion_id": promotion_id, "code": code,
        "limit_total": limit_total, "now": ctx.clock.now(),
    }  # fmt: skip

    async def work(session: AsyncSession) -> UUID:
        if (await session.execute(_HAS, {"id": promotion_id})).one_or_none() is None:
            raise NotFound("There is no such promotion.")
        made = (await session.execute(_ADD, values)).scalar_one_or_none()
        if made is None:
            message = translatable("This code is taken. Choose another one.")
            raise Conflict(message, code="code_taken", errors=[FieldError("/code", "taken", message)])
        data = {"code": code, "promotion": str(promotion_id)}
        await ctx.audit(session, "discounts.coupon_created", subject=("discounts.coupon", made), data=data)
        return UUID(str(made))

    return await ctx.run(work)


async def switch(ctx: Context, promotion_id: UUID, coupon_id: UUID, *, enabled: bool) -> None:
    """Make a code valid or not; it is never removed, so that nobody gets it a second time."""

    async def work(session: AsyncSession) -> None:
        values = {"id": coupon_id, "promotion_id": promotion_id, "enabled": enabled}
        code = (await session.execute(_SWITCH, values)).scalar_one_or_none()
        if code is None:
            raise NotFound("There is no such code.")
        action = "discounts.coupon_enabled" if enabled else "discounts.coupon_disabled"
        await ctx.audit(session, action, subject=("discounts.coupon", coupon_id), data={"code": code})

    await ctx.run(work)


def _fault(ctx: Context, row: Any) -> Reason | None:
    now = ctx.clock.now()
    if not row["enabled"]:
        return CODE_OFF
    if row["limit_total"] is not None and row["uses"] >= row["limit_total"]:
        return CODE_USED_UP
    if not row["is_on"] or not row["needs_coupon"] or (row["ends_at"] is not None and row["ends_at"] <= now):
        return OVER
    if row["starts_at"] is not None and row["starts_at"] > now:
        return NOT_YET
    return TOO_MANY if row["others"] >= MOST_IN_CART else None


def _wrong(code: str, limit_total: int | None) -> list[FieldError]:
    """Say what is wrong with a code to add."""
    errors = []
    if not _CODE.fullmatch(code):
        message = translatable("Use 3 to 40 letters without accents, digits, - and _.")
        errors.append(FieldError("/code", "pattern", message))
    if limit_total is not None and not 1 <= limit_total <= 2_000_000_000:
        errors.append(FieldError("/limit_total", "out_of_range", translatable("Give 1 to 2000000000.")))
    return errors
