# SPDX-License-Identifier: Apache-2.0
"""The plugin of wishlists: its manifest and its hook implementations."""

from collections.abc import Sequence
from typing import ClassVar

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.http.responses import url
from shopwright.http.routing import Route
from shopwright.i18n import translatable
from shopwright.plugin import Manifest, Permission, PiiColumn, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright.templating.slots import Fragment
from shopwright_admin.api import NavItem
from shopwright_customers.api import AccountPage, Outcome, Section, Subject
from shopwright_storefront.api import ProductPage
from shopwright_wishlists.admin import pages as admin_pages
from shopwright_wishlists.services import lists, own, privacy
from shopwright_wishlists.views import admin_api, api, pages


class Plugin(BasePlugin):
    """Wishlists of customers: on the account, shared by a link, moved to the cart."""

    manifest: ClassVar[Manifest] = Manifest(
        name="wishlists",
        version="0.1.0",
        title="Wishlists",
        summary="Wishlists of customers: on the account, shared by a link, moved to the cart.",
        requires=("admin", "catalog", "checkout", "customers", "inventory", "storefront"),
        permissions=(Permission("wishlists.list.view", translatable("See what customers wish for")),),
        pii=(PiiColumn("wishlists_list", "share_token", "secret"),),
    )

    @hookimpl
    async def template_slot(self, ctx: Context, slot: str, model: object) -> Sequence[Fragment]:
        if slot != "storefront.product.after_form" or not isinstance(model, ProductPage):
            return []
        owner = own.customer_id(ctx)
        # The page of guests is kept for all of them: it asks nothing, and says nothing of anybody.
        ids = [variant.id for variant in model.variants]
        listed = await lists.listed(ctx, owner, ids) if owner is not None else frozenset()
        return [Fragment("wishlists/slots/button.html", {"listed": listed}, priority=20)]

    @hookimpl
    def register_routes(self) -> Sequence[Route]:
        return [*pages.routes, *api.routes, *admin_pages.routes, *admin_api.routes]

    @hookimpl
    async def account_pages(self, ctx: Context) -> Sequence[AccountPage]:
        return [AccountPage(ctx.gettext("Your wishlist"), url(ctx, "wishlists.wishlist"), 30)]

    @hookimpl
    async def admin_nav(self, ctx: Context) -> Sequence[NavItem]:
        path = url(ctx, "wishlists.admin_wished")
        return [NavItem(ctx.gettext("Most wished"), path, "wishlists.list.view", "Customers", "people", 50)]

    @hookimpl
    async def data_export(self, ctx: Context, subject: Subject) -> Sequence[Section]:
        return await privacy.sections(ctx, subject)

    @hookimpl
    async def data_erase(self, ctx: Context, session: AsyncSession, subject: Subject) -> Sequence[Outcome]:
        return await privacy.forget(ctx, session, subject)
