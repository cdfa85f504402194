# SPDX-License-Identifier: Apache-2.0
"""The two mails: the link that confirms an address, and the news that a product is back."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.http.responses import url
from shopwright.mail import Message
from shopwright_catalog import api as catalog
from shopwright_catalog.api import VariantInfo
from shopwright_stock_notices.services import links

_WANTED = """
SELECT email::text AS email, locale, variant_id FROM stock_notices_notice
WHERE id = $1 AND CASE WHEN $2 THEN notified_at IS NOT NULL AND sent_at IS NULL ELSE confirmed_at IS NULL END
"""
_SENT = text("UPDATE stock_notices_notice SET sent_at = :now WHERE id = :id AND sent_at IS NULL")


async def ask(ctx: Context, notice_id: UUID) -> None:
    """Send the link that puts an address on the list; nothing when it is on it already, or gone."""
    found = await _wanted(ctx, notice_id, is_told=False)
    if found is None:
        return
    local, row, variant = found
    body = local.gettext(
        "Somebody asked to be told at this address when %(product)s is back at %(store)s. "
        "Confirm it within the next week:\n\n%(link)s\n\n"
        "If it was not you, leave this mail alone: nothing is sent.",
        product=title_of(variant),
        store=local.store.name,
        link=_link(local, "stock_notices.confirm", token=links.token(local, "confirm", notice_id)),
    )
    subject = local.gettext("Shall we tell you when %(product)s is back?", product=title_of(variant))
    await local.kernel.mailer.send(Message(row["email"], subject, body))


async def tell(ctx: Context, notice_id: UUID) -> None:
    """Send the news that a product is back, once: a job that runs again finds it sent."""
    found = await _wanted(ctx, notice_id, is_told=True)
    if found is None:
        return
    local, row, variant = found
    body = local.gettext(
        "%(product)s is back at %(store)s:\n\n%(page)s\n\n"
        "You get this mail because you asked for it, and no other. It cannot be kept for you: it goes to who "
        "orders first.\n\nDelete your address from this list: %(link)s",
        product=title_of(variant),
        store=local.store.name,
        page=_link(local, "storefront.product", handle=variant.product_handle) + f"?variant={variant.id}",
        link=_link(local, "stock_notices.stop", token=links.token(local, "stop", notice_id)),
    )
    subject = local.gettext("%(product)s is back", product=title_of(variant))
    await local.kernel.mailer.send(Message(row["email"], subject, body))

    async def work(session: AsyncSession) -> None:
        await session.execute(_SENT, {"id": notice_id, "now": ctx.clock.now()})

    await ctx.run(work)


def title_of(variant: VariantInfo) -> str:
    return f"{variant.product_title} ({variant.title})" if variant.title else variant.product_title


async def _wanted(ctx: Context, notice_id: UUID, *, is_told: bool) -> tuple[Context, Any, VariantInfo] | None:
    rows = await ctx.fetch_rows(_WANTED, notice_id, is_told)
    if not rows:
        return None
    locale = rows[0]["locale"] if rows[0]["locale"] in ctx.store.locales else ctx.store.default_locale
    local = replace(ctx, locale=locale)
    variant = (await catalog.variants(local, [rows[0]["variant_id"]])).get(rows[0]["variant_id"])
    return (local, rows[0], variant) if variant is not None and variant.published else None


def _link(ctx: Context, code: str, **params: object) -> str:
    return ctx.kernel.config.url_of(ctx.store.hosts[0], url(ctx, code, **params))
