# SPDX-License-Identifier: Apache-2.0
"""Values as people read them: on pages, in the API and in templates."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from markupsafe import Markup

from shopwright.context import Context
from shopwright.http.responses import url
from shopwright.i18n import format_date, format_datetime, format_number, translatable
from shopwright.money import Money
from shopwright_catalog.api import CustomValue, CustomValues, ProductSummary
from shopwright_custom_fields.api import CustomField
from shopwright_custom_fields.services import definitions, read, references, uploads


async def of_products(
    ctx: Context, product_ids: Sequence[UUID], variant_ids: Sequence[UUID]
) -> list[CustomValues]:
    """Give what customers see of products and variants: one statement, and one when products are referred to."""
    if ctx.visit is not None:
        ctx.visit.tag(definitions.TAG)
    wanted: dict[UUID, Mapping[str, CustomField]] = {}
    entities = []
    for code, ids in (("catalog.product", product_ids), ("catalog.variant", variant_ids)):
        fields = await definitions.fields_of(ctx, code, ("storefront",))
        if fields:
            entities.append(code)
            wanted |= dict.fromkeys(ids, fields)
    if not wanted:
        return []
    documents = await read.documents(ctx, entities, list(wanted))
    products = await _products(ctx, wanted, documents)
    found = ((x, shown(ctx, fields, documents.get(x, {}), products)) for x, fields in wanted.items())
    return [CustomValues(id_, values) for id_, values in found if values]


def shown(
    ctx: Context,
    fields: Mapping[str, CustomField],
    document: Mapping[str, Any],
    products: Mapping[str, ProductSummary],
) -> dict[str, CustomValue]:
    """Give the values of one thing by key; what no longer fits its field is left out."""
    found = {}
    for key, field in fields.items():
        value = document.get(key, field.default)
        if value is None:
            continue
        try:
            one = _shown(ctx, field, value, products)
        except (ValueError, TypeError, KeyError, AttributeError):
            continue
        if one is not None:
            found[key] = one
    return found


def _shown(
    ctx: Context, field: CustomField, value: Any, products: Mapping[str, ProductSummary]
) -> CustomValue | None:
    label, html, address = definitions.label(ctx, field), "", ""
    text = text_of(ctx, field, value)
    if field.kind in uploads.KINDS:
        value, text, html, address = uploads.shown(ctx, field, label, value)
    elif field.kind == "rich_text":
        html = Markup(value)  # noqa: S704 - sanitised when it was saved
        text = html.striptags()
    elif field.kind == "link":
        address = value
    elif field.kind == "product":
        product = products.get(value)
        if product is None or not product.published:
            return None
        text, value = product.title, product.handle
        address = url(ctx, "storefront.product", handle=product.handle)
    return CustomValue(field.key, label, field.kind, value, text, html, address)


def text_of(ctx: Context, field: CustomField, value: Any) -> str:
    """Write a value in the context's language."""
    match field.kind:
        case "boolean":
            return ctx.gettext(translatable("Yes")) if value else ctx.gettext(translatable("No"))
        case "integer":
            return format_number(int(value), ctx.locale)
        case "decimal":
            return format_number(Decimal(value), ctx.locale)
        case "date":
            return format_date(date.fromisoformat(value), ctx.locale)
        case "datetime":
            return format_datetime(datetime.fromisoformat(value), ctx.locale)
        case "choice":
            return definitions.choice_label(ctx, field, value)
        case "choices":
            return ", ".join(definitions.choice_label(ctx, field, code) for code in value)
        case "money":
            return ctx.format_money(Money(value["amount"], value["currency"]))
    return str(value)


async def _products(
    ctx: Context,
    wanted: Mapping[UUID, Mapping[str, CustomField]],
    documents: Mapping[UUID, Mapping[str, Any]],
) -> dict[str, ProductSummary]:
    referred = [
        document[key]
        for id_, document in documents.items()
        for key, field in wanted[id_].items()
        if field.kind == "product" and key in document
    ]
    found = await references.summaries(ctx, referred)
    if ctx.visit is not None:
        ctx.visit.tag(*(f"catalog.product:{id_}" for id_ in found))
    return found
