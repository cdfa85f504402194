# SPDX-License-Identifier: Apache-2.0
"""Values as CSV files in the admin: download, and upload."""

from aiohttp import web

from shopwright.context import Context
from shopwright.errors import Invalid
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import admin_page
from shopwright_custom_fields.services import csv_file, definitions

routes = Routes("custom_fields", Scope.ADMIN)
VIEW, EDIT = "custom_fields.value.view", "custom_fields.value.edit"
_PATH = "/admin/custom-field-files/{entity}"


@routes.get(_PATH, permission=VIEW)
async def admin_file(ctx: Context, entity: str) -> web.Response:
    """Offer the values of a kind of thing as a file, and take one."""
    ctx.require(definitions.entity(ctx, entity).view)
    return await _page(ctx, entity, [])


@routes.get(_PATH + "/values.csv", permission=VIEW)
async def download_file(ctx: Context, entity: str) -> web.Response:
    """Give the values of a kind of thing as a CSV file."""
    ctx.require(definitions.entity(ctx, entity).view)
    headers = {"Content-Disposition": f'attachment; filename="{entity}-fields.csv"'}
    text = await csv_file.export(ctx, entity)
    return web.Response(text=text, content_type="text/csv", charset="utf-8", headers=headers)


@routes.post(_PATH, permission=EDIT, name="upload_file", max_body=csv_file.LARGEST + 100_000)
async def upload_file(ctx: Context, request: web.Request, entity: str) -> web.Response:
    """Save the values of a CSV file."""
    assert ctx.visit is not None
    ctx.require(definitions.entity(ctx, entity).edit)
    given = (await request.post()).get("file")
    if not isinstance(given, web.FileField):
        return await _page(ctx, entity, [("", ctx.gettext("Choose a CSV file."))], status=422)
    try:
        number = await csv_file.take(ctx, entity, given.file.read(csv_file.LARGEST).decode("utf-8"))
    except UnicodeDecodeError:
        words = ctx.gettext("This file is not in UTF-8; save it as “CSV UTF-8”.")
        return await _page(ctx, entity, [("", words)], status=422)
    except Invalid as error:
        errors = [(_place(e.pointer), ctx.gettext(e.message)) for e in error.errors]
        return await _page(ctx, entity, errors, status=422)
    ctx.visit.flash("success", ctx.gettext("%(number)s lines are saved.", number=number))
    return redirect(ctx, url(ctx, "custom_fields.admin_file", entity=entity))


def _place(pointer: str) -> str:
    parts = [part for part in pointer.split("/") if part not in {"", "file", "values"}]
    return ", ".join(parts)


async def _page(
    ctx: Context, entity: str, errors: list[tuple[str, str]], *, status: int = 200
) -> web.Response:
    own = definitions.entity(ctx, entity)
    back = f"{url(ctx, 'custom_fields.admin_definitions')}?entity={entity}"
    return await admin_page(
        ctx,
        "custom_fields/admin/file.html",
        title=ctx.gettext("Values as a file: %(entity)s", entity=own.label(ctx)),
        status=status,
        crumbs=[(ctx.gettext("Custom fields"), back), (ctx.gettext("Values as a file"), "")],
        entity=entity,
        errors=errors,
        can_edit=ctx.actor.can(EDIT) and ctx.actor.can(own.edit),
    )
