# SPDX-License-Identifier: Apache-2.0
"""Templates and pages a store has its own of: the list, an editor beside the original, and the way back."""

from typing import Literal

from aiohttp import web
from pydantic import BaseModel

from shopwright.context import Context
from shopwright.errors import Conflict, Invalid, NotFound
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright.templating.overrides import PERMISSION, remove_override, save_override
from shopwright_admin.api import admin_page
from shopwright_admin.services import template_files
from shopwright_admin.services.answers import words
from shopwright_admin.services.template_files import TemplateFile

routes = Routes("admin", Scope.ADMIN)
VIEW = "kernel.settings.view"


class ListQuery(BaseModel):
    """What is looked for."""

    q: str = ""
    own: Literal["", "yes"] = ""


class PathQuery(BaseModel):
    """Which template."""

    path: str


class EditForm(BaseModel):
    """A template as it was typed, and the version it was made of; 0 when the store had none."""

    source: str = ""
    version: int = 0
    do: Literal["save", "compare"] = "save"


class RemoveForm(BaseModel):
    """The version that was looked at."""

    version: int = 0


@routes.get("/admin/templates", permission=VIEW)
async def templates(ctx: Context, query: ListQuery) -> web.Response:
    """List what can be overridden."""
    found = await template_files.all_of(ctx)
    wanted = query.q.strip().lower()
    rows = [
        row
        for row in found
        if wanted in f"{row.name} {row.origin}".lower() and (row.own is not None or not query.own)
    ]
    problems = [p for p in ctx.kernel.problems.for_store(ctx.store.id) if p.plugin == "templates"]
    return await admin_page(
        ctx, "admin/templates.html", title=ctx.gettext("Templates"), rows=rows, search=query.q, own=query.own,
        count=sum(row.own is not None for row in found), problems=problems,
    )  # fmt: skip


@routes.get("/admin/templates/edit", permission=VIEW)
async def template(ctx: Context, query: PathQuery) -> web.Response:
    """Show a template, the store's own or the original, to be edited."""
    found = await _file(ctx, query.path)
    return await _editor(ctx, found, found.own.source if found.own else found.original)


@routes.post("/admin/templates/edit", permission=PERMISSION, name="save_template")
async def save_template(ctx: Context, request: web.Request, query: PathQuery) -> web.Response:
    """Save a template of the store's own, or show what would be different."""
    assert ctx.visit is not None
    found = await _file(ctx, query.path)
    form = await read_form(request, EditForm)
    typed = _lines(form.raw.get("source", ""))
    if form.value is None:
        return await _editor(ctx, found, typed, error=next(iter(form.errors.values())), status=422)
    if form.value.do == "compare":
        return await _editor(ctx, found, typed, version=form.value.version)
    try:
        await save_override(ctx, found.name, typed, version=form.value.version)
    except Invalid as error:
        return await _editor(
            ctx, found, typed, version=form.value.version, error=words(ctx, error), status=error.status
        )
    except Conflict as error:
        now = await _file(ctx, query.path)
        return await _editor(ctx, now, typed, conflict=words(ctx, error), status=error.status)
    ctx.visit.flash("success", ctx.gettext("The template is saved. Your customers see it from now on."))
    return redirect(ctx, _address(ctx, "admin.template", found.name))


@routes.get("/admin/templates/remove", permission=PERMISSION)
async def template_to_remove(ctx: Context, query: PathQuery) -> web.Response:
    """Ask once more before a template of the store's own goes."""
    return await _remove_page(ctx, await _own(ctx, query.path))


@routes.post("/admin/templates/remove", permission=PERMISSION, name="remove_template")
async def remove_template(ctx: Context, request: web.Request, query: PathQuery) -> web.Response:
    """Go back to the original."""
    assert ctx.visit is not None
    found = await _own(ctx, query.path)
    form = await read_form(request, RemoveForm)
    try:
        await remove_override(ctx, found.name, version=form.value.version if form.value else 0)
    except Conflict as error:
        return await _remove_page(ctx, found, words(ctx, error), status=error.status)
    ctx.visit.flash("success", ctx.gettext("The original of %(name)s is used again.", name=found.name))
    return redirect(ctx, url(ctx, "admin.templates"))


def _lines(text: str) -> str:
    """Give a text as it is kept: forms send lines ended as on other systems."""
    return text.replace("\r\n", "\n")


def _address(ctx: Context, code: str, name: str) -> str:
    return url(ctx, code, path=name)


async def _file(ctx: Context, name: str) -> TemplateFile:
    found = await template_files.one_of(ctx, name)
    if found is None:
        raise NotFound("There is no such template.")
    return found


async def _own(ctx: Context, name: str) -> TemplateFile:
    found = await _file(ctx, name)
    if found.own is None:
        raise NotFound("The store has no template of its own here.")
    return found


async def _editor(
    ctx: Context,
    found: TemplateFile,
    source: str,
    *,
    version: int | None = None,
    error: str = "",
    conflict: str = "",
    status: int = 200,
) -> web.Response:
    current = found.own.version if found.own else 0
    return await admin_page(
        ctx,
        "admin/template.html",
        title=found.name,
        crumbs=_crumbs(ctx, found.name),
        status=status,
        found=found,
        source=source,
        version=current if version is None else version,
        difference=template_files.difference(found.original, source),
        error=error,
        conflict=conflict,
        theirs=template_files.difference(found.own.source, source) if conflict and found.own else [],
        can_edit=ctx.actor.can(PERMISSION),
    )


async def _remove_page(
    ctx: Context, found: TemplateFile, error: str = "", *, status: int = 200
) -> web.Response:
    assert found.own is not None
    title = ctx.gettext("Go back to the original of %(name)s?", name=found.name)
    return await admin_page(
        ctx,
        "admin/template_remove.html",
        title=title,
        crumbs=_crumbs(ctx, title),
        status=status,
        found=found,
        difference=template_files.difference(found.own.source, found.original),
        error=error,
    )


def _crumbs(ctx: Context, title: str) -> list[tuple[str, str]]:
    return [(ctx.gettext("Templates"), url(ctx, "admin.templates")), (title, "")]
