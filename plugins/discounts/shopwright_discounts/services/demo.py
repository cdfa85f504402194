# SPDX-License-Identifier: Apache-2.0
"""Promotions of demo stores."""

from collections.abc import Mapping, Sequence
from typing import Any

from shopwright.context import Context
from shopwright_discounts.services import coupons, save_promotion
from shopwright_discounts.services.read_promotions import all_promotions
from shopwright_discounts.services.save_promotion import PartInput, PromotionInput


async def load(ctx: Context, promotions: Sequence[Mapping[str, Any]]) -> Sequence[str]:
    """Add the promotions that are not there yet, each with its code."""
    present = {promotion.code for promotion in await all_promotions(ctx)}
    missing = [given for given in promotions if given["code"] not in present]
    for given in missing:
        titles = dict(given["title"])
        promotion = PromotionInput(
            code=given["code"],
            title=titles.pop(ctx.store.default_locale),
            titles=titles,
            needs_coupon="coupon" in given,
            conditions=_parts(given.get("conditions", ())),
            actions=_parts(given["actions"]),
        )
        promotion_id = await save_promotion.create(ctx, promotion)
        if "coupon" in given:
            await coupons.add(ctx, promotion_id, given["coupon"], None)
    return [f"{len(promotions)} promotions"] if promotions else []


def _parts(given: Sequence[Mapping[str, Any]]) -> list[PartInput]:
    return [PartInput(part["kind"], part.get("values", {})) for part in given]
