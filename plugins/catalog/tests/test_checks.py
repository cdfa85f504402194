# SPDX-License-Identifier: Apache-2.0
"""The doctor finds a catalogue that does not agree with itself."""

import pytest
from plugins.catalog.tests.conftest import shirt
from sqlalchemy import text

from shopwright.doctor_run import examine


async def violated(kernel) -> list[str]:
    return [
        finding.code for finding in (await examine(kernel)).findings if finding.offenders or finding.error
    ]


@pytest.mark.parametrize(
    ("damage", "codes"),
    [
        ("UPDATE catalog_variant SET price = 1 WHERE sku = 'SHIRT-S'", ["catalog.prices"]),
        ("UPDATE catalog_product SET price_max = 9999999", ["catalog.prices"]),
        ("UPDATE catalog_variant SET archived = true", ["catalog.variants"]),
        ("SELECT 1", []),
    ],
)
async def test_damage_is_found_by_the_check_that_is_there_for_it(ctx, save, damage, codes):
    await save(shirt())
    async with ctx.transaction() as session:
        await session.execute(text(damage))

    assert await violated(ctx.kernel) == codes


async def test_a_product_that_was_taken_away_is_no_damage(ctx, save, staff):
    [saved] = await save(shirt())
    page = f"/admin/products/{saved.id}"
    await staff.submit(page, {}, action=f"{page}/delete")

    assert await violated(ctx.kernel) == []
