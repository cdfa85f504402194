# SPDX-License-Identifier: Apache-2.0
"""Tags and groups of many customers at once: a fixed number of statements, however many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import FieldError
from shopwright.http.bulk import insist
from shopwright.i18n import translatable
from shopwright.jsontext import dump
from shopwright_customers.services import records
from shopwright_customers.services.tags import LONGEST, MOST

# Rows are locked in one order, so that two calls about the same people wait and do not block each other.
_LOCK = text("""
SELECT c.id, (SELECT count(*) FROM customers_tag t WHERE t.store_id = c.store_id AND t.customer_id = c.id) AS tags
FROM customers_customer c WHERE c.id = ANY(CAST(:ids AS uuid[])) ORDER BY c.id FOR UPDATE
""")
_GROUPS = text("SELECT code FROM customers_group")
_ROWS = "jsonb_to_recordset(CAST(:rows AS jsonb)) AS x (customer_id uuid, word text)"
_STEPS = {
    "remove_tags": f"DELETE FROM customers_tag t USING {_ROWS} WHERE t.customer_id = x.customer_id AND t.tag = x.word::citext",
    "add_tags": f"""INSERT INTO customers_tag (store_id, customer_id, tag)
        SELECT :store_id, x.customer_id, x.word FROM {_ROWS} ON CONFLICT DO NOTHING""",
    "remove_groups": f"""DELETE FROM customers_membership m USING {_ROWS}
        JOIN customers_group g ON g.code = x.word WHERE m.customer_id = x.customer_id AND m.group_id = g.id""",
    "add_groups": f"""INSERT INTO customers_membership (store_id, customer_id, group_id)
        SELECT :store_id, x.customer_id, g.id FROM {_ROWS} JOIN customers_group g ON g.code = x.word
        ON CONFLICT DO NOTHING""",
}
"""Taking off comes before putting on; the same word in both is on afterwards."""


@dataclass(frozen=True, slots=True)
class Change:
    """What to put on a customer, and what to take off."""

    customer_id: UUID
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    add_groups: tuple[str, ...] = ()
    remove_groups: tuple[str, ...] = ()


async def change(ctx: Context, changes: Sequence[Change], *, atomic: bool) -> dict[int, list[FieldError]]:
    """Change tags and groups of customers; gives what was refused, by place.

    Raises:
        Invalid: all or nothing was wanted, and something is refused; each error names the item and its field.
    """
    ctx.require(records.EDIT)

    async def work(session: AsyncSession) -> dict[int, list[FieldError]]:
        locked = await session.execute(_LOCK, {"ids": sorted({x.customer_id for x in changes})})
        known = {row.id: row.tags for row in locked}
        groups = set((await session.scalars(_GROUPS)).all())
        refused = {n: found for n, x in enumerate(changes) if (found := _faults(x, known, groups))}
        insist(refused, atomic=atomic)
        wanted = [x for n, x in enumerate(changes) if n not in refused]
        for step, sql in _STEPS.items():
            rows = [
                {"customer_id": x.customer_id, "word": _tidy(word)}
                for x in wanted
                for word in getattr(x, step)
            ]
            if rows:
                await session.execute(text(sql), _values(ctx, step, rows))
        if wanted:
            data = {"customers": sorted({str(x.customer_id) for x in wanted})}
            await ctx.audit(session, "customers.marked", subject=(records.SUBJECT, "several"), data=data)
        return refused

    return await ctx.run(work)


def _values(ctx: Context, step: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {"rows": dump(rows)}
    return values | {"store_id": ctx.store.id} if step.startswith("add") else values


def _tidy(word: str) -> str:
    return " ".join(word.split())


def _faults(x: Change, known: dict[UUID, int], groups: set[str]) -> list[FieldError]:
    errors = []
    if x.customer_id not in known:
        errors.append(FieldError("/customer_id", "unknown", translatable("There is no such customer.")))
    tags = [_tidy(tag) for tag in x.add_tags]
    if (
        any("," in tag or not 0 < len(tag) <= LONGEST for tag in tags)
        or known.get(x.customer_id, 0) + len(tags) > MOST
    ):
        message = translatable("Use at most 50 tags of 40 characters each, without commas.")
        errors.append(FieldError("/add_tags", "unusable_tags", message))
    for name in ("add_groups", "remove_groups"):
        if set(getattr(x, name)) - groups:
            message = translatable("There is no such group.")
            errors.append(FieldError(f"/{name}", "unknown_group", message))
    return errors
