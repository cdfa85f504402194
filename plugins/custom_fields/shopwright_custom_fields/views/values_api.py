# SPDX-License-Identifier: Apache-2.0
"""Values through the admin API: of one thing by its name, or of many at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shopwright.context import Context
from shopwright.errors import FieldError, Invalid, NotFound
from shopwright.http.listing import ListQuery, Page
from shopwright.http.routing import Reply, Routes, Scope
from shopwright.http.versions import etag
from shopwright.i18n import translatable
from shopwright_custom_fields.services import definitions, read, save
from shopwright_custom_fields.services.naming import find_all
from shopwright_custom_fields.services.read import Stored
from shopwright_custom_fields.services.save import Change

routes = Routes("custom_fields", Scope.ADMIN_API)
VIEW, EDIT = "custom_fields.value.view", "custom_fields.value.edit"
_BASE = "/api/admin/v1/custom-fields/values/{entity}"
Name = Annotated[str, StringConstraints(min_length=1, max_length=320)]
_UNKNOWN = translatable("There is nothing with this name or id.")


class PageQuery(ListQuery):
    """Where the list goes on."""

    limit: int = Field(default=100, ge=1, le=500)


class ValuesBody(BaseModel):
    """Values to change, by key: what is absent stays, null takes away; ``translations`` by language and key."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    values: dict[str, Any] = Field(default_factory=dict, max_length=200)
    translations: dict[str, dict[str, str | None]] = Field(default_factory=dict, max_length=50)
    version: int | None = Field(default=None, ge=0)


class ItemBody(ValuesBody):
    """Values of one thing, told by the name people know (handle, SKU, number, e-mail) or by id."""

    name: Name


class BulkBody(BaseModel):
    """Values of up to 500 different things; all are saved or none."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    items: Annotated[tuple[ItemBody, ...], Field(min_length=1, max_length=save.MOST)]


@dataclass(frozen=True, slots=True)
class ValuesDetail:
    """The values of one thing; version 0: none were saved yet."""

    id: UUID
    name: str
    version: int
    values: Mapping[str, Any]
    translations: Mapping[str, Mapping[str, str]]


@routes.get(_BASE, permission=VIEW)
async def list_values(ctx: Context, entity: str, query: PageQuery) -> Page[ValuesDetail]:
    """List the values of all things of a kind that have some."""
    own = definitions.entity(ctx, entity)
    ctx.require(own.view)
    rows = await read.page(ctx, entity, query.after_id(), query.limit + 1)
    names = await own.names(ctx, [row.id for row in rows])
    keys = await _visible(ctx, entity)
    return query.page([_detail(row, names.get(row.id, ""), keys) for row in rows], "id")


@routes.get(_BASE + "/{name}", permission=VIEW)
async def get_values(ctx: Context, entity: str, name: str) -> Reply[ValuesDetail]:
    """Give the values of one thing with their version as the ETag."""
    ctx.require(definitions.entity(ctx, entity).view)
    return await _reply(ctx, entity, await _one(ctx, entity, name))


@routes.put(_BASE + "/{name}", permission=EDIT)
async def put_values(
    ctx: Context, entity: str, name: str, body: ValuesBody, if_match: int | None
) -> Reply[ValuesDetail]:
    """Change values of one thing; ``If-Match`` or ``version`` say which version is changed."""
    ctx.require(definitions.entity(ctx, entity).edit)
    id_ = await _one(ctx, entity, name)
    await _may_see(ctx, entity, {"": body})
    change = Change(id_, body.values, body.version if if_match is None else if_match, body.translations)
    await save.save(ctx, entity, [change])
    return await _reply(ctx, entity, id_)


@routes.post(_BASE, permission=EDIT, name="save_many")
async def save_many(ctx: Context, entity: str, body: BulkBody) -> list[int]:
    """Change values of many things at once; gives their new versions."""
    own = definitions.entity(ctx, entity)
    ctx.require(own.edit)
    ids = await find_all(ctx, own, [item.name for item in body.items])
    words = ctx.gettext(_UNKNOWN)
    errors = [
        FieldError(f"/items/{i}/name", "unknown", words)
        for i, item in enumerate(body.items)
        if item.name not in ids
    ]
    twice = ctx.gettext(translatable("This is in the list twice."))
    seen: set[UUID] = set()
    for i, item in enumerate(body.items):
        id_ = ids.get(item.name)
        if id_ in seen:
            errors.append(FieldError(f"/items/{i}/name", "repeated", twice))
        seen |= {id_} if id_ else set()
    if errors:
        raise Invalid(errors=errors)
    prefixes = [f"/items/{i}" for i in range(len(body.items))]
    await _may_see(ctx, entity, dict(zip(prefixes, body.items, strict=True)))
    changes = [Change(ids[x.name], x.values, x.version, x.translations) for x in body.items]
    return await save.save(ctx, entity, changes, prefixes=prefixes)


async def _may_see(ctx: Context, entity: str, bodies: Mapping[str, ValuesBody]) -> None:
    """Refuse to change what the caller may not see."""
    visible = await _visible(ctx, entity)
    hidden = (await definitions.fields_of(ctx, entity)).keys() - visible
    words = ctx.gettext(translatable("There is no such field here; declare it first."))
    wrong = [
        FieldError(f"{prefix}/values/{key}", "unknown", words)
        for prefix, body in bodies.items()
        for key in {*body.values, *(k for texts in body.translations.values() for k in texts)}
        if key in hidden
    ]
    if wrong:
        raise Invalid(errors=wrong)


async def _visible(ctx: Context, entity: str) -> frozenset[str]:
    return frozenset(await definitions.fields_of(ctx, entity, definitions.seen_by(ctx)))


async def _one(ctx: Context, entity: str, name: str) -> UUID:
    found = await find_all(ctx, definitions.entity(ctx, entity), [name])
    if name not in found:
        raise NotFound(_UNKNOWN)
    return found[name]


async def _reply(ctx: Context, entity: str, id_: UUID) -> Reply[ValuesDetail]:
    row = (await read.stored(ctx, entity, [id_]))[id_]
    names = await definitions.entity(ctx, entity).names(ctx, [id_])
    detail = _detail(row, names.get(id_, ""), await _visible(ctx, entity))
    return Reply(detail, 200, etag(row.version))


def _detail(row: Stored, name: str, keys: frozenset[str]) -> ValuesDetail:
    values = {key: value for key, value in row.values.items() if key in keys}
    translations = {
        locale: kept
        for locale, texts in row.translations.items()
        if (kept := {key: value for key, value in texts.items() if key in keys})
    }
    return ValuesDetail(row.id, name, row.version, values, translations)
