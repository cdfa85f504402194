# SPDX-License-Identifier: Apache-2.0
"""The card on the admin page of a product, a customer, an order: its values, and the way to change them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from shopwright.context import Context
from shopwright_admin.api import Card
from shopwright_custom_fields.services import definitions, read, references, show


async def of_subject(ctx: Context, zone: str, subject: Any) -> Sequence[Card]:
    """Give the card for things of a kind that has fields; nobody else pays for it."""
    entity = definitions.entities(ctx).get(zone)
    id_ = getattr(subject, "id", None)
    if entity is None or not isinstance(id_, UUID) or not ctx.actor.can("custom_fields.value.view"):
        return []
    fields = await definitions.fields_of(ctx, zone, definitions.seen_by(ctx))
    parts: Sequence[tuple[UUID, str]] = ()
    if zone == "catalog.product" and await definitions.fields_of(ctx, "catalog.variant"):
        parts = getattr(subject, "parts", ())
    if not fields and not parts:
        return []
    rows = []
    if fields:
        stored = (await read.stored(ctx, zone, [id_]))[id_]
        names = [stored.values[k] for k, x in fields.items() if x.kind == "product" and k in stored.values]
        products = await references.summaries(ctx, names)
        for key, field in fields.items():
            value = stored.values.get(key, field.default)
            if value is None:
                text = "–"
            elif field.kind == "product":
                text = products[value].title if value in products else "–"
            else:
                text = show.text_of(ctx, field, value)
            rows.append((definitions.label(ctx, field), text, field.kind))
    can_edit = ctx.actor.can("custom_fields.value.edit") and ctx.actor.can(entity.edit)
    values = {"entity": zone, "id": id_, "rows": rows, "parts": parts, "can_edit": can_edit}
    return [Card("custom_fields/admin/card.html", values, priority=60)]
