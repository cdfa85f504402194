# SPDX-License-Identifier: Apache-2.0
"""Groups, tags and notes of the admin API."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.http.bulk import MOST, BulkBody, BulkResult, results
from shopwright.http.listing import ListQuery, Page
from shopwright.http.routing import Reply, Routes, Scope
from shopwright.http.versions import etag, seen
from shopwright_customers.admin.forms import GroupBody, GroupForm, GroupsForm, NoteForm, SeenVersion, TagList
from shopwright_customers.services import accounts, bulk, consent, groups, notes, tags
from shopwright_customers.services.consent import Consent
from shopwright_customers.services.groups import SavedGroup
from shopwright_customers.services.notes import Note
from shopwright_customers.services.records import EDIT

routes = Routes("customers", Scope.ADMIN_API)
VIEW, VIEW_GROUPS = "customers.customer.view", "customers.group.view"


@routes.get("/api/admin/v1/customer-groups", permission=VIEW_GROUPS)
async def list_groups(ctx: Context, query: ListQuery) -> Page[SavedGroup]:
    """List groups, the highest priority first."""
    return query.whole(await groups.saved(ctx), "id")


@routes.post("/api/admin/v1/customer-groups", permission=groups.EDIT, idempotent=True, status=201)
async def create_group(ctx: Context, body: GroupForm) -> Reply[SavedGroup]:
    """Add a group; each has a code of its own."""
    return await _group(ctx, await groups.create(ctx, **body.model_dump()), 201)


@routes.get("/api/admin/v1/customer-groups/{group_id}", permission=VIEW_GROUPS)
async def get_group(ctx: Context, group_id: UUID) -> Reply[SavedGroup]:
    """Give one group, with its version as the ETag."""
    return await _group(ctx, group_id)


@routes.put("/api/admin/v1/customer-groups/{group_id}", permission=groups.EDIT)
async def update_group(
    ctx: Context, group_id: UUID, body: GroupBody, if_match: int | None
) -> Reply[SavedGroup]:
    """Replace a group; ``If-Match`` or ``version`` say which version is replaced."""
    version = seen(if_match, body.version)
    await groups.update(ctx, group_id, **body.model_dump() | {"version": version})
    return await _group(ctx, group_id)


@routes.delete("/api/admin/v1/customer-groups/{group_id}", permission=groups.EDIT)
async def delete_group(ctx: Context, group_id: UUID, query: SeenVersion, if_match: int | None) -> None:
    """Remove a group; its customers stay."""
    await groups.delete(ctx, group_id, seen(if_match, query.version))


@routes.get("/api/admin/v1/customers/{customer_id}/groups", permission=VIEW)
async def groups_of_customer(ctx: Context, customer_id: UUID) -> list[str]:
    """List the codes of a customer's groups, the highest priority first."""
    await _must_exist(ctx, customer_id)
    return list(await groups.codes_of(ctx, customer_id))


@routes.put("/api/admin/v1/customers/{customer_id}/groups", permission=EDIT)
async def set_groups(ctx: Context, customer_id: UUID, body: GroupsForm) -> list[str]:
    """Put a customer into these groups and no others."""
    await groups.put_into(ctx, customer_id, body.groups)
    return list(await groups.codes_of(ctx, customer_id))


class CustomerChange(BaseModel):
    """What to put on a customer, and what to take off: tags by word, groups by code."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    customer_id: UUID
    add_tags: tuple[str, ...] = Field(default=(), max_length=50)
    remove_tags: tuple[str, ...] = Field(default=(), max_length=50)
    add_groups: tuple[str, ...] = Field(default=(), max_length=50)
    remove_groups: tuple[str, ...] = Field(default=(), max_length=50)


class CustomerChanges(BulkBody):
    """Customers to change."""

    items: tuple[CustomerChange, ...] = Field(min_length=1, max_length=MOST)


@routes.post("/api/admin/v1/customers/bulk", permission=EDIT, idempotent=True)
async def change_customers(ctx: Context, body: CustomerChanges) -> BulkResult:
    """Put tags and groups on up to 1,000 customers, and take others off: all of it or nothing, unless not ``atomic``."""
    changes = [bulk.Change(**item.model_dump()) for item in body.items]
    return results(len(changes), await bulk.change(ctx, changes, atomic=body.atomic))


@routes.get("/api/admin/v1/customers/{customer_id}/tags", permission=VIEW)
async def tags_of_customer(ctx: Context, customer_id: UUID) -> list[str]:
    """List a customer's tags."""
    await _must_exist(ctx, customer_id)
    return await tags.of_customer(ctx, customer_id)


@routes.put("/api/admin/v1/customers/{customer_id}/tags", permission=EDIT)
async def set_tags(ctx: Context, customer_id: UUID, body: TagList) -> list[str]:
    """Give a customer these tags and no others."""
    await tags.put_on(ctx, customer_id, body.tags)
    return await tags.of_customer(ctx, customer_id)


@routes.get("/api/admin/v1/customers/{customer_id}/notes", permission=VIEW)
async def list_notes(ctx: Context, customer_id: UUID, query: ListQuery) -> Page[Note]:
    """List what staff wrote down about a customer, newest first."""
    await _must_exist(ctx, customer_id)
    return query.whole(await notes.of_customer(ctx, customer_id), "id")


@routes.post("/api/admin/v1/customers/{customer_id}/notes", permission=EDIT, idempotent=True, status=201)
async def add_note(ctx: Context, customer_id: UUID, body: NoteForm) -> Note:
    """Write something down about a customer."""
    return await notes.add(ctx, customer_id, body.text)


@routes.delete("/api/admin/v1/customers/{customer_id}/notes/{note_id}", permission=EDIT)
async def remove_note(ctx: Context, customer_id: UUID, note_id: UUID) -> None:
    """Remove a note."""
    await notes.remove(ctx, customer_id, note_id)


@routes.get("/api/admin/v1/customers/{customer_id}/consents", permission=VIEW)
async def list_consents(ctx: Context, customer_id: UUID, query: ListQuery) -> Page[Consent]:
    """List a customer's decisions about news and offers with their proof, the latest first."""
    await _must_exist(ctx, customer_id)
    return query.whole(await consent.of_customer(ctx, customer_id), "at")


@routes.post("/api/admin/v1/customers/{customer_id}/marketing/stop", permission=EDIT)
async def stop_marketing(ctx: Context, customer_id: UUID) -> list[Consent]:
    """Take a customer's consent to news and offers back; giving it is theirs alone."""
    await consent.stop(ctx, customer_id)
    return await consent.of_customer(ctx, customer_id)


async def _group(ctx: Context, group_id: UUID, status: int = 200) -> Reply[SavedGroup]:
    found = await groups.get(ctx, group_id)
    return Reply(found, status, etag(found.version))


async def _must_exist(ctx: Context, customer_id: UUID) -> None:
    if await accounts.by_id(ctx, customer_id) is None:
        raise NotFound("There is no such customer.")
