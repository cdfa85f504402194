# SPDX-License-Identifier: Apache-2.0
"""The manual ways to pay: what they offer, and that the test method keeps books like a provider."""

import asyncio

import pytest
from tests.shop import system

from shopwright.ids import new_id
from shopwright.money import Money
from shopwright.testing.kernels import ALPHA, BETA
from shopwright_manual_payment import test_method
from shopwright_manual_payment.test_method import TestMethod
from shopwright_orders.api import PaymentRequest
from shopwright_orders.hookspecs import payment_providers


@pytest.fixture
async def ctx(make_kernel):
    kernel = await make_kernel(plugins=["manual_payment"], stores=[ALPHA, BETA])
    return system(kernel, "alpha")


def request_of(key="key-1", outcome=None):
    data = {} if outcome is None else {"outcome": outcome}
    amount = Money(4900, "EUR")
    return PaymentRequest(new_id(), "1001", new_id(), amount, "ada@example.com", key, data=data)


async def offered(ctx, amount=4900):
    found = ctx.hooks.registered(payment_providers)
    return [code for code, method in found.items() if await method.is_available(ctx, Money(amount, "EUR"))]


async def test_a_store_offers_what_its_settings_say(ctx):
    assert await offered(ctx) == ["manual_payment.bank_transfer", "manual_payment.on_delivery"]
    values = {"bank_transfer": False, "on_delivery_limit": 5000, "test_method": True}
    await ctx.kernel.settings.save(ctx, "manual_payment", values, "store")
    assert await offered(ctx) == ["manual_payment.on_delivery", "manual_payment.test"]
    assert await offered(ctx, 5001) == ["manual_payment.test"]
    assert await offered(system(ctx.kernel, "beta")) == [
        "manual_payment.bank_transfer",
        "manual_payment.on_delivery",
    ]


async def test_bank_details_are_told_when_the_store_has_written_them(ctx):
    method = ctx.hooks.registered(payment_providers)["manual_payment.bank_transfer"]
    before = method.description(ctx)
    await ctx.kernel.settings.save(ctx, "manual_payment", {"bank_instructions": "IBAN DE00"}, "store")
    assert (before, method.description(ctx)) == (
        "You get our bank details with the order confirmation.", "IBAN DE00",
    )  # fmt: skip


@pytest.mark.parametrize("code", ["manual_payment.bank_transfer", "manual_payment.on_delivery"])
async def test_offline_methods_confirm_without_asking_anything(ctx, code):
    method = ctx.hooks.registered(payment_providers)[code]
    assert method.fields(ctx) == ()
    assert (await method.authorize(ctx, request_of())).status == "offline"
    assert (await method.fetch(ctx, request_of())).status == "offline"


@pytest.mark.parametrize(
    ("outcome", "status"),
    [("succeed", "paid"), ("decline", "declined"), ("unknown", "unknown"), (None, "paid")],
)
async def test_the_test_method_does_what_is_chosen_and_remembers_it(ctx, outcome, status):
    answer = await TestMethod().authorize(ctx, request_of(outcome=outcome))
    again = await TestMethod().authorize(ctx, request_of(outcome="succeed"))
    found = await TestMethod().fetch(ctx, request_of())
    assert [x.status for x in (answer, again, found)] == [status] * 3
    assert {x.reference for x in (answer, again, found)} == {"test-key-1"}
    rows = await ctx.fetch_rows("SELECT amount, currency FROM manual_payment_test_charge")
    assert [tuple(row) for row in rows] == [(4900, "EUR")]


async def test_a_timeout_has_charged_all_the_same(ctx):
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await TestMethod().authorize(ctx, request_of(outcome="timeout"))
    assert test_method.HANGS_FOR > 20
    assert (await TestMethod().fetch(ctx, request_of())).status == "paid"


async def test_a_charge_that_never_arrived_is_declined_and_cannot_arrive_later(ctx):
    assert (await TestMethod().fetch(ctx, request_of())).status == "declined"
    assert (await TestMethod().authorize(ctx, request_of(outcome="succeed"))).status == "declined"


async def test_twenty_repetitions_are_one_charge(ctx):
    answers = await asyncio.gather(
        *(TestMethod().authorize(ctx, request_of(outcome="succeed")) for _ in range(20))
    )
    assert {answer.status for answer in answers} == {"paid"}
    assert await ctx.fetch_value("SELECT count(*) FROM manual_payment_test_charge") == 1


def test_every_outcome_can_be_chosen(ctx):
    assert [value for value, _ in TestMethod().fields(ctx)[0].choices] == [
        "succeed",
        "decline",
        "timeout",
        "unknown",
    ]
