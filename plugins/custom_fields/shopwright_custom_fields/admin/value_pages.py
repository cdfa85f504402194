# SPDX-License-Identifier: Apache-2.0
"""Changing the values of one thing in the admin, errors next to the fields."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from aiohttp import web
from multidict import MultiDictProxy

from shopwright.context import Context
from shopwright.errors import Conflict, Invalid, NotFound
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright.i18n import translatable
from shopwright_admin.api import admin_page
from shopwright_catalog.api import media_address
from shopwright_custom_fields.api import CustomField
from shopwright_custom_fields.services import definitions, read, references, save, show, uploads
from shopwright_custom_fields.services.read import Stored
from shopwright_custom_fields.services.save import Change
from shopwright_custom_fields.services.written import from_text, to_text
from shopwright_custom_fields.services.wrong import Wrong

routes = Routes("custom_fields", Scope.ADMIN)
VIEW, EDIT = "custom_fields.value.view", "custom_fields.value.edit"
_PATH = "/admin/custom-field-values/{entity}/{entity_id}"
_HOMES = {
    "catalog.product": ("catalog.admin_product", "product_id"),
    "customers.customer": ("customers.admin_customer", "customer_id"),
    "customers.company": ("customers.admin_company", "company_id"),
    "orders.order": ("orders.admin_order", "order_id"),
}
LARGEST_FORM = 64 * 1024 * 1024
_INPUTS = {"date": "date", "link": "url", "integer": "number"}


@dataclass(frozen=True, slots=True)
class Input:
    """One field of the form."""

    name: str
    kind: str
    label: str
    help: str
    text: str
    error: str
    required: bool
    choices: Sequence[tuple[str, str]] = ()
    chosen: Sequence[str] = ()
    type: str = "text"
    address: str = ""
    """Of what was uploaded."""
    words: str = ""
    """Of what was uploaded: what a picture shows, what a file is called."""


@routes.get(_PATH, permission=VIEW)
async def admin_values(ctx: Context, entity: str, entity_id: UUID) -> web.Response:
    """Show the values of one thing in a form."""
    ctx.require(definitions.entity(ctx, entity).view)
    stored = (await read.stored(ctx, entity, [entity_id]))[entity_id]
    return await _page(ctx, entity, entity_id, stored.version, await _texts(ctx, entity, stored), {})


@routes.post(_PATH, permission=EDIT, name="save_values", max_body=LARGEST_FORM)
async def save_values(ctx: Context, request: web.Request, entity: str, entity_id: UUID) -> web.Response:
    """Save the values of one thing."""
    assert ctx.visit is not None
    ctx.require(definitions.entity(ctx, entity).edit)
    await _name(ctx, entity, entity_id)
    fields = await definitions.fields_of(ctx, entity, definitions.seen_by(ctx))
    posted = await request.post()
    texts = _posted(ctx, fields, posted)
    errors: dict[str, str] = {}
    for field in (x for x in fields.values() if x.kind in uploads.KINDS):
        try:
            texts[field.key] = await uploads.posted(ctx, field, posted)
        except Invalid as error:
            errors[field.key] = " ".join(ctx.gettext(x.message) for x in error.errors)
    typed = str(posted.get("version", ""))
    version = int(typed) if typed.isdecimal() and len(typed) < 10 else 0
    values: dict[str, Any] = {}
    for key, field in fields.items():
        try:
            values[key] = from_text(field, texts[key], ctx.store.currency)
        except Wrong as error:
            errors[key] = ctx.gettext(error.words, **error.values)
    change = Change(entity_id, values, version, _translations(ctx, fields, texts))
    try:
        if errors:
            raise Invalid
        await save.save(ctx, entity, [change])
    except Invalid as error:
        errors |= {_field_of(e.pointer): ctx.gettext(e.message) for e in error.errors}
        return await _page(ctx, entity, entity_id, version, texts, errors, status=422)
    except Conflict as error:
        words = ctx.gettext(
            "Somebody else changed these fields meanwhile, and nothing was saved. What you typed is still here: "
            "save again to put it in place of theirs."
        )
        there = int(error.extra.get("version", version))
        return await _page(ctx, entity, entity_id, there, texts, {"": words}, status=409)
    ctx.visit.flash("success", ctx.gettext("The fields are saved."))
    return redirect(ctx, url(ctx, "custom_fields.admin_values", entity=entity, entity_id=entity_id))


def _field_of(pointer: str) -> str:
    parts = pointer.strip("/").split("/")
    if parts[0] == "translations" and len(parts) == 3:
        return f"{parts[1]}/{parts[2]}"
    return parts[1] if len(parts) == 2 else ""


def _posted(ctx: Context, fields: Mapping[str, CustomField], posted: MultiDictProxy[Any]) -> dict[str, str]:
    """Give what was typed, by key, and by language and key."""
    names = [(key, f"f.{key}") for key in fields]
    names += [(f"{x}/{key}", f"t.{x}.{key}") for x in _others(ctx) for key in fields]
    return {
        key: "|".join(str(x) for x in posted.getall(name, []) if isinstance(x, str)).replace("\0", "")
        for key, name in names
    }


def _translations(
    ctx: Context, fields: Mapping[str, CustomField], texts: Mapping[str, str]
) -> dict[str, dict[str, str | None]]:
    keys = [key for key, field in fields.items() if field.translatable]
    return {x: {key: texts[f"{x}/{key}"] or None for key in keys} for x in _others(ctx)} if keys else {}


def _others(ctx: Context) -> list[str]:
    return [locale for locale in ctx.store.locales if locale != ctx.store.default_locale]


async def _texts(ctx: Context, entity: str, stored: Stored) -> dict[str, str]:
    """Give the values of the form as texts."""
    fields = await definitions.fields_of(ctx, entity, definitions.seen_by(ctx))
    referred = [stored.values[k] for k, x in fields.items() if x.kind == "product" and k in stored.values]
    products = await references.summaries(ctx, referred)
    texts = {}
    for key, field in fields.items():
        value = stored.values.get(key)
        product = products.get(str(value)) if field.kind == "product" else None
        texts[key] = product.handle if product else to_text(field, value)
        for locale in _others(ctx):
            texts[f"{locale}/{key}"] = stored.translations.get(locale, {}).get(key, "")
    return texts


async def _name(ctx: Context, entity: str, entity_id: UUID) -> str:
    names = await definitions.entity(ctx, entity).names(ctx, [entity_id])
    if entity_id not in names:
        raise NotFound(translatable("There is nothing with this name or id."))
    return names[entity_id]


async def _page(
    ctx: Context,
    entity: str,
    entity_id: UUID,
    version: int,
    texts: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    status: int = 200,
) -> web.Response:
    own = definitions.entity(ctx, entity)
    name = await _name(ctx, entity, entity_id)
    fields = await definitions.fields_of(ctx, entity, definitions.seen_by(ctx))
    route, parameter = _HOMES.get(entity, ("", ""))
    home = url(ctx, route, **{parameter: entity_id}) if route else ""
    if entity == "catalog.category":
        home = url(ctx, "catalog.admin_category", handle=name)
    translated = [x for x in fields.values() if x.translatable]
    return await admin_page(
        ctx,
        "custom_fields/admin/values.html",
        title=ctx.gettext("Custom fields of %(name)s", name=name or entity_id),
        status=status,
        crumbs=[(own.label(ctx), ""), (name or str(entity_id), home), (ctx.gettext("Custom fields"), "")],
        version=version,
        inputs=[_input(ctx, x, f"f.{x.key}", x.key, texts, errors) for x in fields.values()],
        languages=[
            (x, [_input(ctx, y, f"t.{x}.{y.key}", f"{x}/{y.key}", texts, errors) for y in translated])
            for x in (_others(ctx) if translated else [])
        ],
        errors=errors,
        can_edit=ctx.actor.can(EDIT) and ctx.actor.can(own.edit),
        currency=ctx.store.currency,
    )


def _input(
    ctx: Context, field: CustomField, name: str, key: str, texts: Mapping[str, str], errors: Mapping[str, str]
) -> Input:
    text = texts.get(key, "")
    yes_no = [("true", ctx.gettext("Yes")), ("false", ctx.gettext("No"))]
    listed = [(x.code, definitions.choice_label(ctx, field, x.code)) for x in field.choices]
    is_own = name.startswith("f.")
    there = uploads.from_text(field.kind, text) if field.kind in uploads.KINDS and text else {}
    return Input(
        name=name,
        kind=field.kind,
        label=definitions.label(ctx, field),
        help=" ".join(
            x for x in (definitions.help_text(ctx, field) or _hint(ctx, field), _default(ctx, field)) if x
        ),
        text=text,
        error=errors.get(key, ""),
        required=field.required and is_own,
        choices=[("", "–"), *(yes_no if field.kind == "boolean" else listed)],
        chosen=text.split("|") if field.kind == "choices" else (),
        type=_INPUTS.get(field.kind, "text"),
        address=media_address(ctx, there["source"]) if there else "",
        words=there.get("alt", "") or there.get("name", ""),
    )


def _default(ctx: Context, field: CustomField) -> str:
    if field.default is None:
        return ""
    text = show.text_of(ctx, field, field.default)
    return ctx.gettext("Where nothing is entered: %(text)s.", text=text)


def _hint(ctx: Context, field: CustomField) -> str:
    hints = {
        "datetime": ctx.gettext("With its zone, like 2026-12-24T18:00:00Z."),
        "money": ctx.gettext("Like 12.50 EUR."),
        "colour": ctx.gettext("Like #2f6f4f."),
        "product": ctx.gettext("The handle of a product."),
        "rich_text": ctx.gettext("HTML; what is unsafe is removed."),
        "picture": ctx.gettext("PNG, JPEG, WebP, AVIF or GIF, at most 20 MB."),
        "file": ctx.gettext("PDF, TXT, CSV or ZIP, at most 20 MB."),
    }
    return hints.get(field.kind, "")
