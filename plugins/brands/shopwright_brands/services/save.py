# SPDX-License-Identifier: Apache-2.0
"""Saving brands by handle, each time checking the version somebody saw; and making them of vendors."""

from collections import Counter
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid, NotFound
from shopwright.http.versions import must_be
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright_brands.api import BrandInput
from shopwright_brands.services.from_vendors import free_handle
from shopwright_brands.services.read import TAG
from shopwright_brands.settings import BrandsSettings
from shopwright_catalog import api as catalog
from shopwright_catalog.hookspecs import HandleChanged, handle_changed

_LOCK = text("""
SELECT id, handle, name, version, (SELECT jsonb_object_agg(t.key, t.value ->> 'handle')
    FROM jsonb_each(translations) t WHERE t.value ->> 'handle' <> '') AS own
FROM brands_brand WHERE id = ANY(ARRAY(SELECT thing_id FROM brands_brand_handle WHERE handle = ANY(:handles)))
    OR name = :name
FOR UPDATE
""")
_SAVE = text("""
INSERT INTO brands_brand AS b (store_id, id, handle, name, description, logo, logo_alt, logo_width, logo_height,
    seo_title, seo_description, visible, translations)
VALUES (:store_id, :id, :handle, :name, :description, :logo, :logo_alt, :logo_width, :logo_height,
    :seo_title, :seo_description, :visible, CAST(:translations AS jsonb))
ON CONFLICT (store_id, id) DO UPDATE SET handle = excluded.handle, name = excluded.name,
    description = excluded.description, logo = excluded.logo, logo_alt = excluded.logo_alt,
    logo_width = excluded.logo_width, logo_height = excluded.logo_height, seo_title = excluded.seo_title,
    seo_description = excluded.seo_description, visible = excluded.visible,
    translations = excluded.translations, version = b.version + 1
""")
_MAKE = text("""
INSERT INTO brands_brand (store_id, id, handle, name) VALUES (:store_id, :id, :handle, :name)
ON CONFLICT DO NOTHING RETURNING id
""")
_DELETE = text("DELETE FROM brands_brand WHERE handle = :handle RETURNING id, version")
_LONGEST = Counter(name=255, description=20_000, logo_alt=1000, seo_title=500, seo_description=2000)


async def save(ctx: Context, before: str, brand: BrandInput, version: int | None) -> bool:
    """Save a brand, perhaps under another handle than ``before``; tell whether it is new.

    Args:
        ctx: of the store.
        before: its handle until now; that of the brand when it is new.
        brand: what it is to be.
        version: the one that was read, 0 for a new brand, None to save over whatever is there.

    Raises:
        Conflict: it was changed meanwhile, or is there already.
        Invalid: names the field and what is accepted.
    """
    _check(ctx, brand)

    async def work(session: AsyncSession) -> bool:
        own_handles = catalog.own_handles(brand.translations)
        names = {"handles": [before, brand.handle, *own_handles.values()], "name": brand.name.strip()}
        rows = (await session.execute(_LOCK, names)).all()
        own = next((row for row in rows if row.handle == before), None)
        if version is not None and version != (own.version if own else 0):
            words = translatable("Somebody else changed this brand meanwhile; nothing was saved.")
            raise Conflict(words, code="version_conflict", extra={"version": own.version if own else 0})
        others = [row for row in rows if own is None or row.id != own.id]
        owners = {
            name: (row.id, row.name) for row in others for name in (row.handle, *(row.own or {}).values())
        }
        id_ = own.id if own else new_id()
        taken = catalog.taken_handles(ctx, brand.handle, own_handles, owners, id_)
        if taken:
            raise Invalid(taken[0].message, errors=taken)
        if any(row.name == brand.name.strip() for row in others):
            words = translatable("There is a brand of this name already.")
            raise Invalid(words, errors=[FieldError("/name", "taken", words)])
        await session.execute(_SAVE, _columns(ctx, brand) | {"id": id_})
        if own and brand.handle != before:
            event = HandleChanged("brand", id_, before, brand.handle)
            await ctx.hooks.emit(session, handle_changed, event, aggregate=("brands.address", id_))
        if own and own.own:
            thing = ("brands", "brand", id_)
            await catalog.moved_handles(ctx, session, thing, own.own, brand.handle, own_handles)
        if brand.logo:
            await catalog.want_copies(ctx, session, [brand.logo])
        await ctx.kernel.events.invalidate(ctx, session, [TAG])
        await ctx.audit(session, "brands.saved", subject=("brands.brand", id_))
        return own is None

    return await catalog.run_naming(ctx, work)


async def delete(ctx: Context, handle: str, version: int | None = None) -> None:
    """Delete a brand; its products stay.

    Raises:
        NotFound: there is no such brand.
        Conflict: it has another version than the given one.
    """

    async def work(session: AsyncSession) -> None:
        row = (await session.execute(_DELETE, {"handle": handle})).one_or_none()
        if row is None:
            raise NotFound("There is no such brand.")
        must_be(version, row.version)
        await ctx.kernel.events.invalidate(ctx, session, [TAG])
        await ctx.audit(session, "brands.deleted", subject=("brands.brand", row.id))

    await ctx.run(work)


async def of_product(ctx: Context, product_id: UUID) -> None:
    """Make a brand of a product's vendor, where the store wants that and there is none."""
    if not ctx.settings(BrandsSettings).create_from_vendors:
        return
    for product in await catalog.summaries(ctx, [product_id]):
        name = product.vendor.strip()
        if name:
            await ctx.run(lambda session, name=name: _make(ctx, session, name))  # type: ignore[misc]


async def _make(ctx: Context, session: AsyncSession, name: str) -> None:
    handle = catalog.handle_of(name)
    rows = (await session.execute(_LOCK, {"handles": [handle], "name": name})).all()
    if any(row.name == name for row in rows):
        return
    id_ = new_id()
    free = free_handle(name, id_, {handle} if rows else ())
    values = {"store_id": ctx.store.id, "id": id_, "handle": free, "name": name}
    if (await session.execute(_MAKE, values)).scalar_one_or_none() is not None:
        await ctx.kernel.events.invalidate(ctx, session, [TAG])
        await ctx.audit(session, "brands.saved", subject=("brands.brand", id_))


def _columns(ctx: Context, brand: BrandInput) -> dict[str, object]:
    texts = {locale: dict(words) for locale, words in brand.translations.items()}
    values = asdict(brand) | {"name": brand.name.strip(), "translations": dump(texts)}
    return {"store_id": ctx.store.id, **values}


def _check(ctx: Context, brand: BrandInput) -> None:
    errors = catalog.check_handle(brand.handle, brand.translations)
    if not brand.name.strip():
        errors.append(FieldError("/name", "required", translatable("Give the brand its name.")))
    words = translatable("This is too long.")
    errors += [
        FieldError(f"/{name}", "too_long", words)
        for name, most in _LONGEST.items()
        if len(getattr(brand, name)) > most
    ]
    if brand.logo and not catalog.is_stored_picture(brand.logo):
        words = translatable("Give a picture that was uploaded.")
        errors.append(FieldError("/logo", "bad_source", words))
    errors += catalog.check_locales(ctx, brand.translations)
    if errors:
        raise Invalid(errors=errors)
