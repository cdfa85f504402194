# SPDX-License-Identifier: Apache-2.0
"""Related products in the storefront API and in the admin API."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.errors import Conflict, NotFound
from shopwright.http.listing import ListQuery, Page
from shopwright.http.problems import Failure
from shopwright.http.routing import Caching, Reply, Routes, Scope
from shopwright_catalog import api as catalog
from shopwright_related_products.api import RelatedGroup, related
from shopwright_related_products.hookspecs import relation_kinds
from shopwright_related_products.services import relations

storefront = Routes("related_products", Scope.API)
admin = Routes("related_products", Scope.ADMIN_API)
Handle = Annotated[str, StringConstraints(max_length=255)]


class RelationsBody(BaseModel):
    """Handles of products by kind, in order; what is absent is not related any more."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    relations: dict[str, tuple[Handle, ...]] = Field(max_length=50)


@dataclass(frozen=True, slots=True)
class RelationsDetail:
    """What is picked for a product: handles by kind."""

    relations: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class KindDetail:
    """A kind of relation."""

    code: str
    label: str


@storefront.get("/api/v1/related-products/{handle}", permission=PUBLIC, caching=Caching(page=60))
async def get_related(ctx: Context, handle: str) -> tuple[RelatedGroup, ...]:
    """Give what is shown beside a published product, by kind."""
    product_id = await product_of(ctx, handle)
    if not any(product.published for product in await catalog.summaries(ctx, [product_id])):
        raise NotFound("There is no such product.")
    found = await related(ctx, product_id)
    if ctx.visit is not None:
        ctx.visit.tag(f"catalog.product:{product_id}")
        ctx.visit.tag(*(f"catalog.product:{card.id}" for group in found for card in group.cards))
    return found


@admin.get("/api/admin/v1/relation-kinds", permission="related_products.relation.view")
async def list_kinds(ctx: Context, query: ListQuery) -> Page[KindDetail]:
    """List the kinds by which products can be related."""
    kinds = ctx.hooks.registered(relation_kinds).values()
    return query.whole([KindDetail(kind.code, kind.label(ctx)) for kind in kinds], "code")


@admin.get("/api/admin/v1/related-products/{handle}", permission="related_products.relation.view")
async def get_relations(ctx: Context, handle: str) -> Reply[RelationsDetail]:
    """Give what is picked for a product, with its version as the ETag."""
    return await _reply(ctx, await product_of(ctx, handle))


@admin.put("/api/admin/v1/related-products/{handle}", permission="related_products.relation.edit")
async def put_relations(
    ctx: Context, handle: str, body: RelationsBody, request: web.Request
) -> Reply[RelationsDetail]:
    """Replace what is picked for a product; with ``If-Match`` only when nobody was faster."""
    product_id = await product_of(ctx, handle)
    chosen = await relations.ids_of(ctx, product_id, body.relations)
    match = request.headers.get("If-Match")
    try:
        await relations.save(ctx, product_id, chosen, None if match is None else match.strip().strip('"'))
    except Conflict as error:
        raise Failure(412, error.detail, headers={"ETag": f'"{error.extra["version"]}"'}) from None
    return await _reply(ctx, product_id)


async def product_of(ctx: Context, handle: str) -> UUID:
    """Give the id of a product.

    Raises:
        NotFound: there is no such product.
    """
    found = await catalog.ids_of(ctx, [handle])
    if handle not in found:
        raise NotFound("There is no such product.")
    return found[handle]


async def _reply(ctx: Context, product_id: UUID) -> Reply[RelationsDetail]:
    chosen = await relations.picked(ctx, product_id)
    ids = [id_ for listed in chosen.values() for id_ in listed]
    names = {product.id: product.handle for product in await catalog.summaries(ctx, ids)}
    handles = {kind: tuple(names[id_] for id_ in listed) for kind, listed in chosen.items()}
    return Reply(RelationsDetail(handles), 200, {"ETag": f'"{relations.version_of(chosen)}"'})
