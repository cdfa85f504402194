# SPDX-License-Identifier: Apache-2.0
"""The plugin of related products: its manifest and its hook implementations."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from shopwright.context import Context
from shopwright.http.routing import Route
from shopwright.i18n import translatable
from shopwright.plugin import Manifest, Permission, PiiColumn, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright.templating.slots import Fragment
from shopwright_admin.api import Card
from shopwright_catalog import api as catalog
from shopwright_related_products import hookspecs
from shopwright_related_products.admin import pages as admin_pages
from shopwright_related_products.api import Candidate, RelationKind, related
from shopwright_related_products.services import kinds
from shopwright_related_products.settings import RelatedProductsSettings
from shopwright_related_products.views import api
from shopwright_storefront.api import ProductPage, product_cards


class Plugin(BasePlugin):
    """Products shown beside a product."""

    manifest: ClassVar[Manifest] = Manifest(
        name="related_products",
        version="0.1.0",
        title="Related products",
        summary="Products shown beside a product: hand-picked by kind, filled up with similar ones.",
        requires=("admin", "catalog", "storefront"),
        settings=RelatedProductsSettings,
        permissions=(
            Permission("related_products.relation.view", translatable("See related products")),
            Permission("related_products.relation.edit", translatable("Pick related products")),
        ),
        pii=(PiiColumn("related_products_relation", "kind", "none"),),
    )
    hookspecs = (hookspecs,)

    @hookimpl
    def register_routes(self) -> Sequence[Route]:
        return [*api.storefront, *api.admin, *admin_pages.routes]

    @hookimpl
    def relation_kinds(self) -> Sequence[RelationKind]:
        return kinds.KINDS

    @hookimpl
    async def related_candidates(
        self, ctx: Context, product_ids: Sequence[UUID], limit: int
    ) -> Sequence[Candidate]:
        found = await catalog.similar(ctx, product_ids, limit)
        return [
            Candidate(id_, other, -place)
            for id_, others in found.items()
            for place, other in enumerate(others)
        ]

    @hookimpl
    async def template_slot(self, ctx: Context, slot: str, model: object) -> Sequence[Fragment]:
        if slot != "storefront.product.end" or not isinstance(model, ProductPage):
            return []
        found = await related(ctx, model.id)
        if ctx.visit is not None:
            ctx.visit.tag(*(f"catalog.product:{card.id}" for group in found for card in group.cards))
        groups = [(group.label, product_cards(ctx, group.cards)) for group in found]
        return [Fragment("related_products/slots/related.html", {"groups": groups})] if groups else []

    @hookimpl
    async def admin_slot(self, ctx: Context, zone: str, subject: object) -> Sequence[Card]:
        return await admin_pages.card(ctx, zone, subject)
