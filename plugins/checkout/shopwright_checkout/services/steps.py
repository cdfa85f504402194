# SPDX-License-Identifier: Apache-2.0
"""The way through checkout: our own steps, those of plugins, and the fields they ask."""

from collections.abc import Iterable
from dataclasses import dataclass

from shopwright.context import Context
from shopwright.http.responses import url
from shopwright_checkout.api import OWN_STEPS, Cart, CheckoutField, CheckoutStep, OwnStep
from shopwright_checkout.hookspecs import checkout_fields, checkout_steps
from shopwright_checkout.services import markets
from shopwright_checkout.services.answers import problem_with


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the checkout."""

    code: str
    title: str
    url: str
    fields: tuple[CheckoutField, ...]
    text: str = ""
    is_own: bool = True


async def steps_of(ctx: Context, cart: Cart, *, needs_shipping: bool) -> tuple[Step, ...]:
    """Give the steps of a cart in order."""
    ctx = markets.of_cart(ctx, cart)
    added = await ctx.hooks.collect(checkout_steps, cart=cart)
    found: list[Step] = []
    for name in OWN_STEPS:
        found += [_added(ctx, step) for step in added if step.before == name and step.fields]
        if name != "delivery" or needs_shipping:
            found.append(await _own(ctx, cart, name))
    return tuple(found)


def first_gap(ctx: Context, cart: Cart, steps: Iterable[Step]) -> Step | None:
    """Give the first step that is not done; None when everything is answered."""
    return next((step for step in steps if not _is_done(ctx, cart, step)), None)


def step_after(steps: tuple[Step, ...], code: str) -> Step:
    """Give the step that follows; the last follows itself."""
    codes = [step.code for step in steps]
    place = codes.index(code) if code in codes else -1
    return steps[min(place + 1, len(steps) - 1)]


def _is_done(ctx: Context, cart: Cart, step: Step) -> bool:
    if step.code == "contact" and (cart.shipping_address is None or not cart.email):
        return False
    if step.code == "delivery" and not cart.shipping_code:
        return False
    return not any(problem_with(ctx, x, cart.attributes.get(x.code, "")) for x in step.fields)


async def _own(ctx: Context, cart: Cart, name: OwnStep) -> Step:
    titles = {
        "contact": ctx.gettext("Address"),
        "delivery": ctx.gettext("Delivery"),
        "payment": ctx.gettext("Payment"),
    }
    fields = await ctx.hooks.collect(checkout_fields, cart=cart, step=name)
    return Step(name, titles[name], url(ctx, f"checkout.{name}"), tuple(fields))


def _added(ctx: Context, step: CheckoutStep) -> Step:
    address = url(ctx, "checkout.own_step", code=step.code)
    return Step(step.code, step.title, address, step.fields, step.text, is_own=False)
