# SPDX-License-Identifier: Apache-2.0
"""Saving a bundle: what is accepted, and only if nobody was faster."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid, NotFound
from shopwright.http.versions import must_be
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright_bundles.services.bundles import KIND, TAG, Component, Pricing
from shopwright_catalog import api as catalog

MOST = 50
_LOCK = text("SELECT version FROM bundles_bundle WHERE id = :id FOR UPDATE")
_SAVE = text("""
INSERT INTO bundles_bundle AS b (store_id, id, product_id, pricing, percent)
VALUES (:store_id, :id, :product_id, :pricing, :percent)
ON CONFLICT (store_id, id) DO UPDATE SET product_id = excluded.product_id, pricing = excluded.pricing,
    percent = excluded.percent, version = b.version + 1
RETURNING version
""")
_CLEAR = text("DELETE FROM bundles_component WHERE bundle_id = :id")
_ADD = text("""
INSERT INTO bundles_component SELECT * FROM jsonb_populate_recordset(NULL::bundles_component, CAST(:rows AS jsonb))
""")
_DELETE = text("DELETE FROM bundles_bundle WHERE id = :id RETURNING product_id, version")


async def save(
    ctx: Context,
    bundle_id: UUID,
    components: Sequence[Component],
    *,
    pricing: Pricing = "own",
    percent: int = 0,
    version: int | None = None,
) -> int:
    """Say what a variant is made of; with ``version`` (0: nothing yet) only when that is what is there.

    Raises:
        NotFound: there is no such variant.
        Invalid: names the field and what is accepted.
        Conflict: somebody else changed it; says which version it has now.
    """
    ids = [bundle_id, *(component.variant_id for component in components)]
    variants = await catalog.variants(ctx, ids)
    own = variants.get(bundle_id)
    if own is None:
        raise NotFound("There is no such variant.", code="variant_not_found")
    errors = _faults(own, components, variants, percent)
    if errors:
        raise Invalid(errors=errors)
    head = {
        "store_id": ctx.store.id, "id": bundle_id, "product_id": own.product_id, "pricing": pricing,
        "percent": percent if pricing == "components" else 0,
    }  # fmt: skip
    rows = [
        {
            "store_id": ctx.store.id, "id": new_id(), "bundle_id": bundle_id, "variant_id": x.variant_id,
            "product_id": variants[x.variant_id].product_id, "quantity": x.quantity, "position": position,
        }
        for position, x in enumerate(components)
    ]  # fmt: skip

    async def work(session: AsyncSession) -> int:
        there = (await session.execute(_LOCK, {"id": bundle_id})).scalar_one_or_none() or 0
        if version is not None and version != there:
            words = translatable(
                "Somebody else changed this bundle meanwhile. Look at it again before you save."
            )
            raise Conflict(words, code="version_conflict", extra={"version": there})
        saved = int((await session.execute(_SAVE, head)).scalar_one())
        await session.execute(_CLEAR, {"id": bundle_id})
        await session.execute(_ADD, {"rows": dump(rows)})
        await ctx.audit(session, "bundles.saved", subject=("bundles.bundle", bundle_id))
        await forget(ctx, session, [own.product_id])
        return saved

    return await ctx.run(work)


async def delete(ctx: Context, bundle_id: UUID, version: int | None = None) -> None:
    """Forget what a variant is made of: as a bundle it cannot be sold then.

    Raises:
        NotFound: it is made of nothing.
        Conflict: it has another version than the given one.
    """

    async def work(session: AsyncSession) -> None:
        row = (await session.execute(_DELETE, {"id": bundle_id})).one_or_none()
        if row is None:
            raise NotFound("This variant has no components.", code="bundle_not_found")
        must_be(version, row.version)
        await ctx.audit(session, "bundles.deleted", subject=("bundles.bundle", bundle_id))
        await forget(ctx, session, [row.product_id])

    await ctx.run(work)


async def forget(ctx: Context, session: AsyncSession, product_ids: Sequence[UUID]) -> None:
    """Drop the pages of products, in every process."""
    tags = [f"catalog.product:{product_id}" for product_id in product_ids]
    await ctx.kernel.events.invalidate(ctx, session, [*tags, "catalog.products", TAG])


def _faults(
    own: catalog.VariantInfo,
    components: Sequence[Component],
    variants: dict[UUID, catalog.VariantInfo],
    percent: int,
) -> list[FieldError]:
    errors = []
    if own.kind != KIND.code:
        words = translatable("Make the kind of the product a bundle first.")
        errors.append(FieldError("/variant_id", "not_a_bundle", words))
    if not 0 <= percent <= 90:
        errors.append(FieldError("/percent", "out_of_range", translatable("Give 0 to 90 percent.")))
    if not 1 <= len(components) <= MOST:
        errors.append(FieldError("/components", "wrong_number", translatable("Give 1 to 50 components.")))
    times = Counter(component.variant_id for component in components)
    for n, component in enumerate(components):
        found = variants.get(component.variant_id)
        if not 1 <= component.quantity <= 999:
            words = translatable("Give a quantity from 1 to 999.")
            errors.append(FieldError(f"/components/{n}/quantity", "out_of_range", words))
        if found is None:
            words = translatable("There is no such variant.")
            errors.append(FieldError(f"/components/{n}/variant_id", "unknown", words))
        elif found.kind == KIND.code:
            words = translatable("A bundle cannot be a component of a bundle.")
            errors.append(FieldError(f"/components/{n}/variant_id", "nested", words))
        elif times[component.variant_id] > 1:
            words = translatable("This variant is there twice. Give its quantity once.")
            errors.append(FieldError(f"/components/{n}/variant_id", "repeated", words))
    return errors
