# SPDX-License-Identifier: Apache-2.0
"""Changing many products at once, through the API and in the admin, and undoing it."""

import re

import pytest
from plugins.catalog.tests.conftest import shirt
from tests.shop import as_staff

from shopwright.ids import new_id
from shopwright.testing.kernels import ALPHA
from shopwright_catalog.api import VariantInput
from shopwright_catalog.services.bulk_actions import Action, changes
from shopwright_catalog.services.staff_view import Draft, draft

BULK = "/api/admin/v1/products/bulk"


@pytest.fixture
async def kernel(make_kernel):
    return await make_kernel(plugins=["catalog"], stores=[ALPHA])


@pytest.mark.parametrize(
    ("percent", "price", "becomes"),
    [("-10", 1999, 1799), ("2.5", 1900, 1948), ("-100", 5, 0), ("33,3", 100, 133), ("0", 7, None)],
)
def test_percents_round_to_whole_minor_units_half_up(percent, price, becomes):
    product = shirt(variants=(VariantInput("A", price, ("S",), id=new_id()),))
    after = changes(Action("price_percent", percent), Draft(new_id(), 1, product))

    assert list(after.get("prices", {}).values()) == ([] if becomes is None else [becomes])


async def test_each_product_changes_or_is_refused_for_itself_and_the_last_edit_is_undone(
    ctx, save, categorise, client, editor
):
    await categorise("tops")
    saved = await save(
        shirt(),
        shirt(handle="cheap", variants=(VariantInput("C", 100, ("S",)),)),
        shirt(handle="off", published=False),
    )
    ids = [str(one.id) for one in saved]

    async def bulk(action, value="", *, of=ids, status=200):
        body = {"ids": of, "action": action, "value": value}
        return await client.post_json(BULK, body, status=status, **editor)

    def states(answer):
        return [one["state"] for one in answer["results"]]

    async def undone(answer, status=202):
        path = f"/api/admin/v1/bulk-edits/{answer['edit']['id']}"
        undo = await client.post_json(f"{path}/undo", status=status, **editor)
        await ctx.kernel.jobs.drain(strict=True)
        return undo

    async def product(one):
        return (await draft(ctx, saved[one].id)).product

    nowhere = str(new_id())
    priced = await bulk("price_amount", "-1000", of=[*ids, nowhere])
    assert states(priced) == ["changed", "refused", "changed", "refused"]
    assert [x["reason"] for x in priced["results"]][1::2] == [
        "A price would be below zero.",
        "There is no such product.",
    ]
    assert [x.price for x in (await product(0)).variants] == [900, 1100]
    assert (priced["edit"]["total"], priced["edit"]["changed"], priced["edit"]["refused"]) == (3, 2, 1)
    await save(shirt(handle="off", title="Renamed", published=False))
    undo = await undone(priced)
    after = await client.get_json(f"/api/admin/v1/bulk-edits/{undo['id']}", **editor)
    assert (after["edit"]["changed"], after["edit"]["refused"]) == (1, 1)
    assert "changed since" in next(x["reason"] for x in after["results"] if x["state"] == "refused")
    assert [x.price for x in (await product(0)).variants] == [1900, 2100]
    await undone(priced, status=409)

    assert states(await bulk("add_tag", "sale")) == ["changed"] * 3
    assert states(await bulk("add_tag", "sale")) == ["unchanged"] * 3
    assert states(await bulk("set_category", "tops")) == ["changed"] * 3
    assert (await product(1)).tags == ("linen", "sale")
    assert (await product(1)).category_handles == ("tops",)
    assert states(await bulk("publish")) == ["unchanged", "unchanged", "changed"]
    archived = await bulk("archive")
    assert (states(archived), (await draft(ctx, saved[0].id)).archived) == (["changed"] * 3, True)
    assert states(await bulk("set_vendor", "Loom", of=ids[:1])) == ["refused"]
    back = await bulk("archive", of=ids[:1])
    assert states(back) == ["unchanged"]
    restored = await bulk("restore", of=ids[:2])
    assert states(restored) == ["changed"] * 2
    assert (await product(0)).published is False
    assert [x.sku for x in (await product(0)).variants] == ["SHIRT-S", "SHIRT-M"]
    await undone(restored)
    assert (await draft(ctx, saved[0].id)).archived is True
    for action, value in (("set_category", "none"), ("price_percent", "many"), ("add_tag", " ")):
        wrong = await bulk(action, value, status=422)
        assert [error["pointer"] for error in wrong["errors"]] == ["/value"]


async def test_products_are_ticked_looked_at_before_and_after_and_changed_in_a_job(
    ctx, save, make_client, client
):
    staff = await as_staff(ctx, make_client)
    saved = await save(*(shirt(handle=f"x{n}", title=f"X{n}") for n in range(60)), shirt())
    listed = await (await staff.get("/admin/products?q=X")).text()
    assert 'action="/admin/bulk-edit"' in listed
    assert "/admin/bulk-edit?all=1&amp;q=X&amp;status=" in listed
    assert f'name="id" value="{saved[59].id}"' in listed

    page = "/admin/bulk-edit?all=1&q=X&status="
    assert "Products: 60" in await (await staff.get(page)).text()
    chosen = {"all": "1", "q": "X", "status": "", "action": "price_amount", "value": "2.50"}
    wrong = await staff.submit(page, {**chosen, "value": "much"}, action="/admin/bulk-edit")
    assert (wrong.status, "Give an amount to add" in await wrong.text()) == (422, True)
    shown = await (await staff.submit(page, chosen, action="/admin/bulk-edit")).text()
    assert re.search(r"19\.00.*21\.00.*</td><td>.*21\.50.*23\.50", shown)
    confirmed = {**chosen, "value": re.search(r'name="value" value="([^"]*)"', shown)[1]}
    begun = await staff.submit(page, confirmed, action="/admin/bulk-edits")
    edit = begun.headers["Location"]
    waiting = await staff.get(edit)
    assert (waiting.headers["Refresh"], "0 of 60 products" in await waiting.text()) == ("2", True)
    await ctx.kernel.jobs.drain(strict=True)
    assert "60 of 60 products" in await (await staff.get(edit)).text()
    assert (await draft(ctx, saved[0].id)).product.variants[0].price == 2150
    assert (await draft(ctx, saved[60].id)).product.variants[0].price == 1900
    assert (await client.get_json("/api/v1/products/x1"))["variants"][0]["price"]["amount"] == 2150

    undo = await staff.submit(edit, {}, action=f"{edit}/undo")
    await ctx.kernel.jobs.drain(strict=True)
    assert "This undoes an earlier edit." in await (await staff.get(undo.headers["Location"])).text()
    assert (await draft(ctx, saved[0].id)).product.variants[0].price == 1900
    assert (await staff.get("/admin/bulk-edits")).status == 200
    assert (await staff.get("/admin/bulk-edit")).status == 400
