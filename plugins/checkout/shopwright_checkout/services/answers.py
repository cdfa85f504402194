# SPDX-License-Identifier: Apache-2.0
"""Answers to the fields that plugins ask at checkout: read, checked, and kept with the order."""

from collections.abc import Iterable, Mapping
from datetime import date

from shopwright.context import Context
from shopwright.errors import FieldError, Invalid
from shopwright.i18n import format_date
from shopwright_checkout.api import CheckoutField
from shopwright_orders.api import OrderAttribute

YES = "yes"
LONGEST = {"text": 200, "long_text": 2000}


def problem_with(ctx: Context, field: CheckoutField, value: str) -> str:
    """Say what is wrong with an answer, in the customer's words; ``""`` when nothing is."""
    if not value:
        return ctx.gettext("Please fill this in.") if field.required else ""
    if field.kind == "checkbox":
        return "" if value == YES else ctx.gettext("Tick the box or leave it.")
    if field.kind == "choice":
        return "" if value in dict(field.choices) else ctx.gettext("Choose one of the list.")
    if field.kind == "date":
        return _problem_with_date(ctx, field, value)
    longest = LONGEST[field.kind]
    return ctx.gettext("At most %(count)s characters.", count=longest) if len(value) > longest else ""


def _problem_with_date(ctx: Context, field: CheckoutField, value: str) -> str:
    try:
        chosen = date.fromisoformat(value)
    except ValueError:
        return ctx.gettext("Give a date like 2026-12-24.")
    if field.earliest is not None and chosen < field.earliest:
        return ctx.gettext("Not before %(date)s.", date=format_date(field.earliest, ctx.locale))
    if field.latest is not None and chosen > field.latest:
        return ctx.gettext("Not after %(date)s.", date=format_date(field.latest, ctx.locale))
    return ""


def typed(fields: Iterable[CheckoutField], raw: Mapping[str, str]) -> dict[str, str]:
    """Give what was typed into a form, by code; a field that was not sent is empty."""
    return {field.code: raw.get(field.code, "").strip() for field in fields}


def problems(ctx: Context, fields: Iterable[CheckoutField], values: Mapping[str, str]) -> dict[str, str]:
    """Give what is wrong with a form, by code."""
    found = {field.code: problem_with(ctx, field, values.get(field.code, "")) for field in fields}
    return {code: text for code, text in found.items() if text}


def check(ctx: Context, fields: Iterable[CheckoutField], values: Mapping[str, str]) -> None:
    """Refuse answers that are wrong or missing.

    Raises:
        Invalid: each error points to ``/attributes/<code>``.
    """
    found = problems(ctx, fields, values)
    if found:
        errors = [FieldError(f"/attributes/{code}", "invalid", text) for code, text in found.items()]
        raise Invalid("Some questions of the checkout need an answer.", errors=errors)


def kept(
    ctx: Context, fields: Iterable[CheckoutField], values: Mapping[str, str]
) -> tuple[OrderAttribute, ...]:
    """Give the answers as the order keeps them; what was not answered is left out."""
    return tuple(
        OrderAttribute(field.code, field.label, value, _shown(ctx, field, value))
        for field in fields
        if (value := values.get(field.code, ""))
    )


def _shown(ctx: Context, field: CheckoutField, value: str) -> str:
    if field.kind == "checkbox":
        return ctx.gettext("Yes")
    if field.kind == "choice":
        return dict(field.choices)[value]
    return format_date(date.fromisoformat(value), ctx.locale) if field.kind == "date" else value
