# SPDX-License-Identifier: Apache-2.0
"""Declaring fields through the admin API: by entity and key, saved whole and only if nobody was faster."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shopwright.context import Context
from shopwright.http.listing import ListQuery, Page
from shopwright.http.routing import Reply, Routes, Scope
from shopwright.http.versions import etag
from shopwright_custom_fields.api import Choice, CustomField, Kind, Visibility
from shopwright_custom_fields.services import definitions, edit_definition
from shopwright_custom_fields.services.definitions import Definition

routes = Routes("custom_fields", Scope.ADMIN_API)
VIEW, EDIT = "custom_fields.definition.view", "custom_fields.definition.edit"
_BASE = "/api/admin/v1/custom-fields/definitions"
Word = Annotated[str, StringConstraints(max_length=500)]


class DefinitionsQuery(ListQuery):
    """Which fields: of one entity, or of all."""

    entity: str = Field(default="", max_length=120)


class ChoiceBody(BaseModel):
    """One of the values of a list."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Annotated[str, StringConstraints(max_length=40)]
    label: Annotated[str, StringConstraints(min_length=1, max_length=120)]


class DefinitionBody(BaseModel):
    """A field. ``version`` is the one that was read: 0 for a new one, absent to save over whatever is there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    label: Annotated[str, StringConstraints(max_length=120)]
    help: Word = ""
    required: bool = False
    unique: bool = False
    minimum: Annotated[str, StringConstraints(pattern=r"^[+-]?[0-9]{1,15}(\.[0-9]{1,6})?$")] | None = None
    """A number as a text, so that no digit is lost."""
    maximum: Annotated[str, StringConstraints(pattern=r"^[+-]?[0-9]{1,15}(\.[0-9]{1,6})?$")] | None = None
    pattern: Word = ""
    choices: tuple[ChoiceBody, ...] = ()
    default: Any = None
    position: int = Field(default=100, ge=0, le=100_000)
    visibility: Visibility = "storefront"
    filterable: bool = False
    translatable: bool = False
    translations: dict[str, dict[str, Word]] = Field(default_factory=dict, max_length=50)
    archived: bool = False
    version: int | None = Field(default=None, ge=0)

    def to_field(self, entity: str, key: str) -> CustomField:
        values = {name: getattr(self, name) for name in DefinitionBody.model_fields if name not in _OWN}
        return CustomField(
            entity=entity,
            key=key,
            minimum=None if self.minimum is None else Decimal(self.minimum),
            maximum=None if self.maximum is None else Decimal(self.maximum),
            choices=tuple(Choice(x.code, x.label) for x in self.choices),
            **values,
        )


_OWN = frozenset({"minimum", "maximum", "choices", "archived", "version"})


@dataclass(frozen=True, slots=True)
class DefinitionDetail:
    """A field as staff see it; ``declared_by`` is the plugin's name, or empty for a field of the merchant's."""

    entity: str
    key: str
    version: int
    declared_by: str
    definition: dict[str, Any]

    @property
    def address(self) -> str:
        return f"{self.entity}/{self.key}"


@dataclass(frozen=True, slots=True)
class EntityDetail:
    """A kind of thing that can have fields."""

    code: str
    label: str


@routes.get("/api/admin/v1/custom-fields/entities", permission=VIEW)
async def list_entities(ctx: Context, query: ListQuery) -> Page[EntityDetail]:
    """List what can have custom fields."""
    found = [EntityDetail(code, x.label(ctx)) for code, x in definitions.entities(ctx).items()]
    return query.whole(found, "code")


@routes.get(_BASE, permission=VIEW)
async def list_definitions(ctx: Context, query: DefinitionsQuery) -> Page[DefinitionDetail]:
    """List fields in their order, archived ones and those of plugins included."""
    found = await definitions.everything(ctx)
    details = [_detail(x) for x in found if not query.entity or x.field.entity == query.entity]
    return query.whole(details, "address")


@routes.get(_BASE + "/{entity}/{key}", permission=VIEW)
async def get_definition(ctx: Context, entity: str, key: str) -> Reply[DefinitionDetail]:
    """Give a field with its version as the ETag."""
    return await _reply(ctx, entity, key, 200)


@routes.put(_BASE + "/{entity}/{key}", permission=EDIT)
async def put_definition(
    ctx: Context, entity: str, key: str, body: DefinitionBody, if_match: int | None
) -> Reply[DefinitionDetail]:
    """Declare or replace a field; ``If-Match`` or ``version`` say which version is replaced."""
    version = body.version if if_match is None else if_match
    saved = await edit_definition.save(ctx, body.to_field(entity, key), version)
    if (await edit_definition.get(ctx, entity, key)).archived != body.archived:
        await edit_definition.archive(ctx, entity, key, archived=body.archived)
    return await _reply(ctx, entity, key, 201 if saved.created else 200)


@routes.delete(_BASE + "/{entity}/{key}", permission=EDIT, status=204)
async def remove_definition(ctx: Context, entity: str, key: str, if_match: int | None) -> None:
    """Delete an archived field with all its values."""
    await edit_definition.delete(ctx, entity, key, if_match)


async def _reply(ctx: Context, entity: str, key: str, status: int) -> Reply[DefinitionDetail]:
    found = await edit_definition.get(ctx, entity, key)
    return Reply(_detail(found), status, etag(found.version))


def _detail(found: Definition) -> DefinitionDetail:
    field = found.field
    values = {"kind": field.kind, "position": field.position, **definitions.stored(field)}
    plugin = "" if found.id is not None else field.key.partition(".")[0]
    return DefinitionDetail(
        field.entity, field.key, found.version, plugin, values | {"archived": found.archived}
    )
