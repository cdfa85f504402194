# SPDX-License-Identifier: Apache-2.0
"""Companies of the admin API."""

from uuid import UUID

from pydantic import Field

from shopwright.context import Context
from shopwright.http.listing import ListQuery, Page
from shopwright.http.routing import Reply, Routes, Scope
from shopwright.http.versions import etag, seen
from shopwright_customers.admin.companies import CompanyBody, CompanyForm
from shopwright_customers.admin.forms import SeenVersion, Typed
from shopwright_customers.api import BuyerRole
from shopwright_customers.services import companies
from shopwright_customers.services.companies import EDIT, VIEW, Buyer, SavedCompany

routes = Routes("customers", Scope.ADMIN_API)
_ALL, _ONE = "/api/admin/v1/companies", "/api/admin/v1/companies/{company_id}"


class BuyerBody(Typed):
    """A customer who buys for the company; the limit is minor units of the store's currency, null for none."""

    email: str = Field(min_length=1, max_length=254)
    role: BuyerRole = "buyer"
    approval_limit: int | None = Field(default=None, ge=0, le=10**15)


@routes.get(_ALL, permission=VIEW)
async def list_companies(ctx: Context, query: ListQuery) -> Page[SavedCompany]:
    """List companies by name."""
    return query.whole(await companies.saved(ctx), "id")


@routes.post(_ALL, permission=EDIT, idempotent=True, status=201)
async def create_company(ctx: Context, body: CompanyForm) -> Reply[SavedCompany]:
    """Add a company."""
    return await _company(ctx, await companies.create(ctx, **body.model_dump()), 201)


@routes.get(_ONE, permission=VIEW)
async def get_company(ctx: Context, company_id: UUID) -> Reply[SavedCompany]:
    """Give one company, with its version as the ETag."""
    return await _company(ctx, company_id)


@routes.put(_ONE, permission=EDIT)
async def update_company(
    ctx: Context, company_id: UUID, body: CompanyBody, if_match: int | None
) -> Reply[SavedCompany]:
    """Replace a company; ``If-Match`` or ``version`` say which version is replaced."""
    version = seen(if_match, body.version)
    await companies.update(ctx, company_id, **body.model_dump() | {"version": version})
    return await _company(ctx, company_id)


@routes.delete(_ONE, permission=EDIT)
async def delete_company(ctx: Context, company_id: UUID, query: SeenVersion, if_match: int | None) -> None:
    """Remove a company; its buyers stay customers."""
    await companies.delete(ctx, company_id, seen(if_match, query.version))


@routes.get(f"{_ONE}/buyers", permission=VIEW)
async def list_buyers(ctx: Context, company_id: UUID, query: ListQuery) -> Page[Buyer]:
    """List who buys for a company."""
    await companies.get(ctx, company_id)
    return query.whole(await companies.buyers(ctx, company_id), "customer_id")


@routes.put(f"{_ONE}/buyers", permission=EDIT)
async def put_buyer(ctx: Context, company_id: UUID, body: BuyerBody) -> list[Buyer]:
    """Let a customer buy for a company, or change their role and limit."""
    await companies.put_buyer(
        ctx, company_id, email=body.email, role=body.role, approval_limit=body.approval_limit
    )
    return await companies.buyers(ctx, company_id)


@routes.delete(f"{_ONE}/buyers/{{customer_id}}", permission=EDIT)
async def drop_buyer(ctx: Context, company_id: UUID, customer_id: UUID) -> None:
    """Let a customer buy for a company no more."""
    await companies.drop_buyer(ctx, company_id, customer_id)


async def _company(ctx: Context, company_id: UUID, status: int = 200) -> Reply[SavedCompany]:
    found = await companies.get(ctx, company_id)
    return Reply(found, status, etag(found.version))
