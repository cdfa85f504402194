# SPDX-License-Identifier: Apache-2.0
"""The custom fields plugin: its manifest and its hook implementations."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.hookspecs import PluginSwitched
from shopwright.http.responses import url
from shopwright.http.routing import Route
from shopwright.plugin import Manifest, Permission, PiiColumn, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright.templating.slots import Fragment
from shopwright_admin.api import Card, NavItem
from shopwright_catalog.api import CustomValues, FacetSource, ListingFilter
from shopwright_custom_fields import hookspecs
from shopwright_custom_fields.admin import cards, definition_pages, files, value_pages
from shopwright_custom_fields.services import definitions, edit_definition, facets, filters, privacy, show
from shopwright_custom_fields.views import definitions_api, values_api
from shopwright_storefront.api import ProductPage

_TEXTS = {
    "custom_fields_definition": {"entity": "none", "key": "none", "kind": "none", "settings": "none"},
    "custom_fields_value": {"entity": "none", "document": "free_text", "translations": "free_text"},
    "custom_fields_index": {"entity": "none", "key": "none", "value": "free_text"},
}


class Plugin(BasePlugin):
    """Typed fields on products, customers, orders and whatever else plugins offer."""

    manifest: ClassVar[Manifest] = Manifest(
        name="custom_fields",
        version="0.1.0",
        title="Custom fields",
        summary="Typed fields on products, customers, orders and whatever else plugins offer.",
        requires=("admin", "catalog", "storefront"),
        permissions=(
            Permission("custom_fields.definition.view", "See which custom fields there are"),
            Permission("custom_fields.definition.edit", "Declare custom fields"),
            Permission("custom_fields.value.view", "See values of custom fields"),
            Permission("custom_fields.value.edit", "Change values of custom fields"),
        ),
        pii=tuple(
            PiiColumn(table, column, kind)
            for table, columns in _TEXTS.items()
            for column, kind in columns.items()
        ),
    )
    hookspecs = (hookspecs,)

    @hookimpl
    def register_routes(self) -> Sequence[Route]:
        return [
            *definitions_api.routes, *values_api.routes, *definition_pages.routes, *value_pages.routes, *files.routes,
        ]  # fmt: skip

    @hookimpl
    async def product_fields(
        self, ctx: Context, product_ids: Sequence[UUID], variant_ids: Sequence[UUID]
    ) -> Sequence[CustomValues]:
        return await show.of_products(ctx, product_ids, variant_ids)

    @hookimpl
    async def listing_filters(
        self, ctx: Context, wanted: Sequence[tuple[str, str]]
    ) -> Sequence[ListingFilter]:
        return await filters.listing_filters(ctx, wanted)

    @hookimpl
    async def listing_facets(self, ctx: Context) -> Sequence[FacetSource]:
        return await facets.listing_facets(ctx)

    @hookimpl
    async def template_slot(self, ctx: Context, slot: str, model: object) -> Sequence[Fragment]:
        if slot != "storefront.product.after_form" or not isinstance(model, ProductPage):
            return []
        return [Fragment("custom_fields/slots/details.html", priority=200)] if model.custom_fields else []

    @hookimpl
    async def admin_slot(self, ctx: Context, zone: str, subject: object) -> Sequence[Card]:
        return await cards.of_subject(ctx, zone, subject)

    @hookimpl
    async def plugin_enabled(self, ctx: Context, event: PluginSwitched) -> None:
        # What a plugin's fields are found by may have changed while it was off.
        fields = [
            x.field
            for x in await definitions.everything(ctx)
            if x.id is None and x.field.key.startswith(f"{event.plugin}.")
        ]
        if fields:
            await ctx.run(lambda session: edit_definition.reindex(session, fields))

    @hookimpl(optionalhook=True)
    async def data_export(self, ctx: Context, subject: Any) -> Sequence[Any]:
        return await privacy.sections(ctx, subject)

    @hookimpl(optionalhook=True)
    async def data_erase(self, ctx: Context, session: AsyncSession, subject: Any) -> Sequence[Any]:
        return await privacy.forget(ctx, session, subject)

    @hookimpl
    async def admin_nav(self, ctx: Context) -> Sequence[NavItem]:
        path = url(ctx, "custom_fields.admin_definitions")
        return [
            NavItem(
                ctx.gettext("Custom fields"), path, "custom_fields.definition.view", "Settings", "list", 60
            )
        ]
