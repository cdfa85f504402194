# SPDX-License-Identifier: Apache-2.0
"""The language of the admin: the browser's, or one of the store's that was chosen here."""

from aiohttp import web
from pydantic import BaseModel

from shopwright.actor import SIGNED_IN_STAFF
from shopwright.context import Context
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright.http.visits import LANGUAGE
from shopwright.i18n.locales import parse_locale

routes = Routes("admin", Scope.ADMIN)


class LanguageForm(BaseModel):
    """A language tag; empty for the browser's."""

    language: str = ""


def languages(ctx: Context) -> list[tuple[str, str]]:
    """Give the languages there are to choose from, each by its own name; none when there is no choice."""
    names = [(tag, parse_locale(tag).get_display_name() or tag) for tag in ctx.store.locales]
    return [(tag, f"{name[:1].upper()}{name[1:]}") for tag, name in names] if len(names) > 1 else []


def chosen(ctx: Context) -> str:
    """Give the language that was chosen; empty when it is the browser's."""
    assert ctx.visit is not None
    return str(ctx.visit.session.get(LANGUAGE, ""))


@routes.post("/admin/account/language", permission=SIGNED_IN_STAFF)
async def change_language(ctx: Context, request: web.Request) -> web.Response:
    """Remember a language in this session."""
    assert ctx.visit is not None
    form = await read_form(request, LanguageForm)
    wanted = form.value.language if form.value else ""
    if wanted in ctx.store.locales:
        ctx.visit.session.set(LANGUAGE, wanted)
        said = ctx.kernel.translations.for_locale(wanted)
    else:
        ctx.visit.session.remove(LANGUAGE)
        said = ctx.translator
    ctx.visit.flash("success", said.gettext("The language is changed."))
    return redirect(ctx, url(ctx, "admin.account"))
