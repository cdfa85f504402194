# SPDX-License-Identifier: Apache-2.0
"""Declaring fields in the admin: list, editor, archiving, deleting."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright.errors import Conflict, Invalid
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import Column, ListView, admin_page, list_page
from shopwright_custom_fields.admin import definition_form
from shopwright_custom_fields.api import CustomField
from shopwright_custom_fields.services import definitions, edit_definition, kinds
from shopwright_custom_fields.services.definitions import Definition

routes = Routes("custom_fields", Scope.ADMIN)
VIEW, EDIT = "custom_fields.definition.view", "custom_fields.definition.edit"
_ONE = "/admin/custom-fields/{entity}/{key}"


class ListQuery(BaseModel):
    """Fields of which entity."""

    entity: str = Field(default="", max_length=120)


@routes.get("/admin/custom-fields", permission=VIEW)
async def admin_definitions(ctx: Context, query: ListQuery) -> web.Response:
    """List fields."""
    labels = {code: x.label(ctx) for code, x in definitions.entities(ctx).items()}
    base = url(ctx, "custom_fields.admin_definitions")
    found = [
        x
        for x in await definitions.everything(ctx)
        if x.field.entity in labels and query.entity in {"", x.field.entity}
    ]
    new = url(ctx, "custom_fields.new_definition")
    chosen = f"?entity={query.entity}" if query.entity in labels else ""
    view = ListView(
        title=ctx.gettext("Custom fields"),
        columns=[
            Column("label", ctx.gettext("Field"), "link"),
            Column("key", ctx.gettext("Key")),
            Column("entity", ctx.gettext("Of")),
            Column("kind", ctx.gettext("Kind")),
            Column("seen", ctx.gettext("Seen by")),
            Column("status", ctx.gettext("Status"), "badge"),
        ],
        rows=[_row(ctx, x, labels) for x in found],
        total=len(found),
        searchable=False,
        filters=[
            {"label": ctx.gettext("All"), "url": base, "current": not query.entity},
            *(
                {"label": label, "url": f"{base}?entity={code}", "current": code == query.entity}
                for code, label in labels.items()
            ),
        ],
        empty_title=ctx.gettext("No custom fields yet"),
        empty_text=ctx.gettext(
            "Add a field to keep more about products, customers or orders, like a material."
        ),
        create_url=f"{new}{chosen}" if ctx.actor.can(EDIT) else "",
        create_label=ctx.gettext("Add a field"),
    )
    return await list_page(ctx, view)


@routes.get("/admin/custom-field/new", permission=EDIT)
async def new_definition(ctx: Context, query: ListQuery) -> web.Response:
    """Begin a field."""
    empty = CustomField(entity=query.entity or "catalog.product", key="", kind="text", label="")
    return await _editor(ctx, Definition(empty), definition_form.of_field(empty), {}, is_new=True)


@routes.post("/admin/custom-field/new", permission=EDIT, name="create_definition")
async def create_definition(ctx: Context, request: web.Request) -> web.Response:
    """Declare a field."""
    return await _save(ctx, None, definition_form.read(await request.post()))


@routes.get(_ONE, permission=VIEW)
async def admin_definition(ctx: Context, entity: str, key: str) -> web.Response:
    """Show a field in its editor."""
    found = await edit_definition.get(ctx, entity, key)
    return await _editor(ctx, found, definition_form.of_field(found.field), {})


@routes.post(_ONE, permission=EDIT, name="update_definition")
async def update_definition(ctx: Context, request: web.Request, entity: str, key: str) -> web.Response:
    """Save a field."""
    found = await edit_definition.get(ctx, entity, key)
    return await _save(ctx, found, definition_form.read(await request.post()))


@routes.post(_ONE + "/archive", permission=EDIT, name="archive_definition")
async def archive_definition(ctx: Context, entity: str, key: str) -> web.Response:
    """Take a field out of use."""
    await edit_definition.archive(ctx, entity, key, archived=True)
    return _back(ctx, entity, key, ctx.gettext("The field is archived. Its values are kept."))


@routes.post(_ONE + "/restore", permission=EDIT, name="restore_definition")
async def restore_definition(ctx: Context, entity: str, key: str) -> web.Response:
    """Take an archived field back into use."""
    await edit_definition.archive(ctx, entity, key, archived=False)
    return _back(ctx, entity, key, ctx.gettext("The field is in use again."))


@routes.get(_ONE + "/delete", permission=EDIT)
async def ask_delete_definition(ctx: Context, entity: str, key: str) -> web.Response:
    """Ask before a field is deleted with its values."""
    found = await edit_definition.get(ctx, entity, key)
    return await admin_page(
        ctx,
        "custom_fields/admin/delete.html",
        title=ctx.gettext("Delete this field with its values?"),
        crumbs=_crumbs(ctx, found.field.label),
        field=found.field,
        number=await edit_definition.used(ctx, entity, key),
    )


@routes.post(_ONE + "/delete", permission=EDIT, name="delete_definition")
async def delete_definition(ctx: Context, entity: str, key: str) -> web.Response:
    """Delete an archived field with its values."""
    assert ctx.visit is not None
    await edit_definition.delete(ctx, entity, key)
    ctx.visit.flash("success", ctx.gettext("The field is deleted."))
    return redirect(ctx, url(ctx, "custom_fields.admin_definitions"))


def _back(ctx: Context, entity: str, key: str, message: str) -> web.Response:
    assert ctx.visit is not None
    ctx.visit.flash("success", message)
    return redirect(ctx, url(ctx, "custom_fields.admin_definition", entity=entity, key=key))


def _crumbs(ctx: Context, label: str) -> list[tuple[str, str]]:
    return [(ctx.gettext("Custom fields"), url(ctx, "custom_fields.admin_definitions")), (label, "")]


def _row(ctx: Context, found: Definition, labels: Mapping[str, str]) -> dict[str, Any]:
    field = found.field
    return {
        "url": url(ctx, "custom_fields.admin_definition", entity=field.entity, key=field.key),
        "label": definitions.label(ctx, field),
        "key": field.key,
        "entity": labels[field.entity],
        "kind": ctx.gettext(kinds.LABELS[field.kind]),
        "seen": dict(definition_form.visibilities(ctx))[field.visibility],
        "status": "archived" if found.archived else "active",
    }


async def _save(ctx: Context, found: Definition | None, typed: dict[str, str]) -> web.Response:
    version = int(typed["version"]) if typed.get("version", "").isdecimal() else 0
    known = found or Definition(
        CustomField(entity=typed.get("entity", ""), key=typed.get("key", ""), kind="text", label="")
    )
    try:
        field = definition_form.to_field(ctx, typed, found.field if found else None)
        await edit_definition.save(ctx, field, version if found else 0)
    except Invalid as error:
        errors = {e.pointer.strip("/"): ctx.gettext(e.message) for e in error.errors}
        return await _editor(ctx, known, typed, errors, is_new=found is None, status=422)
    except Conflict as error:
        if found is None:
            errors = {"key": ctx.gettext("Another field has this key; choose another one.")}
            return await _editor(ctx, known, typed, errors, is_new=True, status=422)
        errors = {"": ctx.gettext(error.detail)}
        known = replace(known, version=int(error.extra.get("version", version)))
        return await _editor(ctx, known, typed, errors, status=409)
    return _back(ctx, field.entity, field.key, ctx.gettext("The field is saved."))


async def _editor(
    ctx: Context,
    found: Definition,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    is_new: bool = False,
    status: int = 200,
) -> web.Response:
    title = typed.get("label", "") or ctx.gettext("New field")
    return await admin_page(
        ctx,
        "custom_fields/admin/definition.html",
        title=title,
        status=status,
        crumbs=_crumbs(ctx, title),
        found=found,
        is_new=is_new,
        typed=typed,
        errors=errors,
        entities=[(code, x.label(ctx)) for code, x in definitions.entities(ctx).items()],
        kinds=[(kind, ctx.gettext(words)) for kind, words in kinds.LABELS.items()],
        visibilities=definition_form.visibilities(ctx),
        locales=[x for x in ctx.store.locales if x != ctx.store.default_locale],
        can_edit=ctx.actor.can(EDIT) and (is_new or found.id is not None),
    )
