# SPDX-License-Identifier: Apache-2.0
"""Kinds of products: how they are sold, and what cannot be sold because nobody knows its kind now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from shopwright.context import Context
from shopwright.errors import FieldError, Invalid
from shopwright.i18n import translatable
from shopwright_catalog.api import PHYSICAL, Availability, ProductType
from shopwright_catalog.hookspecs import product_types

BUILT_IN = (
    ProductType(PHYSICAL, translatable("Physical"), help=translatable("It is shipped and can run out.")),
    ProductType(
        "catalog.digital", translatable("Digital"), ships=False, stocked=False,
        help=translatable("Nothing is shipped, and it never runs out."),
    ),
)  # fmt: skip
_UNKNOWN = ProductType("", "", ships=True, stocked=True)


@dataclass(frozen=True, slots=True)
class KindChoice:
    """A kind as staff choose it; ``plugin`` is named when it is off and so the kind cannot be sold."""

    code: str
    title: str
    help: str = ""
    plugin: str = ""


def known(ctx: Context) -> Mapping[str, ProductType]:
    """Give the kinds of the plugins that are on in the store, by code."""
    return ctx.hooks.registered(product_types)


def of(ctx: Context, code: str) -> tuple[ProductType, bool]:
    """Give a kind and whether it can be sold now."""
    found = known(ctx).get(code)
    return (_UNKNOWN, False) if found is None else (found, True)


def available(ctx: Context, code: str, stock: Availability) -> Availability:
    """Give what is left of a variant of a kind, of which inventory tells ``stock``."""
    kind, is_known = of(ctx, code)
    if not is_known:
        return Availability(sellable=False, left=0)
    return stock if kind.stocked else Availability()


def all_available(
    ctx: Context, kinds: Iterable[tuple[UUID, str]], stock: Mapping[UUID, Availability]
) -> dict[UUID, Availability]:
    """Do as ``available`` for variants with their kinds."""
    return {id_: available(ctx, code, stock.get(id_, Availability())) for id_, code in kinds}


def choices(ctx: Context, current: str) -> list[KindChoice]:
    """Give the kinds staff choose from, the product's own among them even when its plugin is off."""
    found = [KindChoice(x.code, ctx.gettext(x.title), ctx.gettext(x.help)) for x in known(ctx).values()]
    if current and current not in known(ctx):
        found.append(KindChoice(current, current, plugin=current.partition(".")[0]))
    return found


def check(ctx: Context, wanted: str, present: str | None) -> str:
    """Give the kind a product gets: what it has stays what it is, even while nobody knows it.

    Raises:
        Invalid: there is no such kind.
    """
    if not wanted:
        return PHYSICAL if present is None else present
    if wanted != present and wanted not in known(ctx):
        words = translatable(
            "There is no such kind of product here. Switch its plugin on, or choose another one."
        )
        raise Invalid(words, errors=[FieldError("/kind", "unknown", words)])
    return wanted


def translated(ctx: Context) -> list[ProductType]:
    """Give the kinds as the API lists them."""
    return [
        replace(x, title=ctx.gettext(x.title), help=ctx.gettext(x.help) if x.help else "")
        for x in known(ctx).values()
    ]
