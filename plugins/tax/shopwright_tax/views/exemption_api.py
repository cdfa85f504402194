# SPDX-License-Identifier: Apache-2.0
"""Exemptions from tax, for the admin API."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shopwright.context import Context
from shopwright.http.listing import ListQuery, Page
from shopwright.http.routing import Reply, Routes, Scope
from shopwright.http.versions import etag, seen
from shopwright_tax.services import exemptions
from shopwright_tax.services.exemptions import Exemption, ExemptionInput

routes = Routes("tax", Scope.ADMIN_API)


class ExemptionBody(BaseModel):
    """An exemption to save: ``subject`` is ``group:<code>``, ``company:<id>`` or ``customer:<id>``."""

    model_config = ConfigDict(extra="forbid")

    subject: str
    reason: str
    certificate: str = ""
    valid_from: date | None = None
    valid_until: date | None = None

    def given(self) -> ExemptionInput:
        return ExemptionInput(self.subject, self.reason, self.certificate, self.valid_from, self.valid_until)


class ChangedExemption(ExemptionBody):
    """An exemption to replace, with the version the caller has seen (or by ``If-Match``)."""

    version: int | None = None


class VersionQuery(BaseModel):
    """The version of the exemption the caller has seen, if not by ``If-Match``."""

    version: int | None = None


@routes.get("/api/admin/v1/tax-exemptions", permission="tax.rate.view")
async def list_exemptions(ctx: Context, query: ListQuery) -> Page[Exemption]:
    """List who is exempt from tax."""
    return query.whole(await exemptions.all_of(ctx), "id")


@routes.post("/api/admin/v1/tax-exemptions", permission="tax.rate.edit", idempotent=True, status=201)
async def create_exemption(ctx: Context, body: ExemptionBody) -> Reply[Exemption]:
    """Exempt a group, a company or a customer from tax."""
    return await _one(ctx, await exemptions.save(ctx, body.given()), 201)


@routes.get("/api/admin/v1/tax-exemptions/{exemption_id}", permission="tax.rate.view")
async def get_exemption(ctx: Context, exemption_id: UUID) -> Reply[Exemption]:
    """Give one exemption, with its version as the ETag."""
    return await _one(ctx, exemption_id)


@routes.put("/api/admin/v1/tax-exemptions/{exemption_id}", permission="tax.rate.edit")
async def update_exemption(
    ctx: Context, exemption_id: UUID, body: ChangedExemption, if_match: int | None
) -> Reply[Exemption]:
    """Replace an exemption; ``If-Match`` or ``version`` say which version is replaced."""
    version = seen(if_match, body.version)
    await exemptions.save(ctx, body.given(), known=exemption_id, version=version)
    return await _one(ctx, exemption_id)


@routes.delete("/api/admin/v1/tax-exemptions/{exemption_id}", permission="tax.rate.edit", status=204)
async def delete_exemption(
    ctx: Context, exemption_id: UUID, query: VersionQuery, if_match: int | None
) -> None:
    """Remove an exemption; orders keep the taxes they were placed with."""
    await exemptions.delete(ctx, exemption_id, seen(if_match, query.version))


async def _one(ctx: Context, exemption_id: UUID, status: int = 200) -> Reply[Exemption]:
    found = await exemptions.by_id(ctx, exemption_id)
    return Reply(found, status, etag(found.version))
