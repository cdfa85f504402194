# SPDX-License-Identifier: Apache-2.0
"""Exemptions from tax, for the admin API."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shopwright.context import Context
from shopwright.http.routing import Routes, Scope
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
    """An exemption to replace, with the version the caller has seen."""

    version: int


class VersionQuery(BaseModel):
    """The version of the exemption the caller has seen."""

    version: int


@routes.get("/api/admin/v1/tax-exemptions", permission="tax.rate.view")
async def list_exemptions(ctx: Context) -> Sequence[Exemption]:
    """List who is exempt from tax."""
    return await exemptions.all_of(ctx)


@routes.post("/api/admin/v1/tax-exemptions", permission="tax.rate.edit", idempotent=True, status=201)
async def create_exemption(ctx: Context, body: ExemptionBody) -> Exemption:
    """Exempt a group, a company or a customer from tax."""
    return await exemptions.by_id(ctx, await exemptions.save(ctx, body.given()))


@routes.get("/api/admin/v1/tax-exemptions/{exemption_id}", permission="tax.rate.view")
async def get_exemption(ctx: Context, exemption_id: UUID) -> Exemption:
    """Give one exemption."""
    return await exemptions.by_id(ctx, exemption_id)


@routes.put("/api/admin/v1/tax-exemptions/{exemption_id}", permission="tax.rate.edit")
async def update_exemption(ctx: Context, exemption_id: UUID, body: ChangedExemption) -> Exemption:
    """Replace an exemption; 409 when it was changed meanwhile."""
    await exemptions.save(ctx, body.given(), known=exemption_id, version=body.version)
    return await exemptions.by_id(ctx, exemption_id)


@routes.delete("/api/admin/v1/tax-exemptions/{exemption_id}", permission="tax.rate.edit", status=204)
async def delete_exemption(ctx: Context, exemption_id: UUID, query: VersionQuery) -> None:
    """Remove an exemption; orders keep the taxes they were placed with."""
    await exemptions.delete(ctx, exemption_id, query.version)
