# SPDX-License-Identifier: Apache-2.0
"""Saving promotions; each change checks the version the person saw, and forgets pages that show a price of it."""

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid, NotFound
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright_discounts.hookspecs import promotion_actions, promotion_conditions
from shopwright_discounts.services.promotions import changed, memory_of

T = TypeVar("T")
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_CREATE = text("""
INSERT INTO discounts_promotion (store_id, id, code, title, titles, enabled, needs_coupon, priority, exclusion_group,
    combines, starts_at, ends_at, currency, conditions, actions, limit_total, limit_per_customer, budget, created_at,
    updated_at)
VALUES (:store_id, :id, :code, :title, CAST(:titles AS jsonb), :enabled, :needs_coupon, :priority, :exclusion_group,
    :combines, :starts_at, :ends_at, :currency, CAST(:conditions AS jsonb), CAST(:actions AS jsonb), :limit_total,
    :limit_per_customer, :budget, :now, :now)
ON CONFLICT (store_id, code) DO NOTHING RETURNING id
""")
_LOCK = text("SELECT version FROM discounts_promotion WHERE id = :id FOR UPDATE")
_TAKEN = text("SELECT 1 FROM discounts_promotion WHERE code = :code AND id <> :id")
_UPDATE = text("""
UPDATE discounts_promotion SET code = :code, title = :title, titles = CAST(:titles AS jsonb), enabled = :enabled,
    needs_coupon = :needs_coupon, priority = :priority, exclusion_group = :exclusion_group, combines = :combines,
    starts_at = :starts_at, ends_at = :ends_at, currency = :currency, conditions = CAST(:conditions AS jsonb),
    actions = CAST(:actions AS jsonb), limit_total = :limit_total, limit_per_customer = :limit_per_customer,
    budget = :budget, version = version + 1, updated_at = :now
WHERE id = :id
""")
_DELETE = text("DELETE FROM discounts_promotion WHERE id = :id")


@dataclass(frozen=True, slots=True)
class PartInput:
    """A condition or an action: its kind, and values for the kind's model."""

    kind: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PromotionInput:
    """A promotion to save. ``budget`` is minor units of the store's currency."""

    code: str
    title: str
    actions: Sequence[PartInput]
    conditions: Sequence[PartInput] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    """Its title in other languages, by locale."""
    enabled: bool = True
    needs_coupon: bool = False
    priority: int = 0
    exclusion_group: str = ""
    combines: bool = True
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    limit_total: int | None = None
    limit_per_customer: int | None = None
    budget: int | None = None


async def create(ctx: Context, promotion: PromotionInput) -> UUID:
    """Add a promotion.

    Raises:
        Invalid, Conflict: a field is wrong, or the code is taken.
    """
    columns = _columns(ctx, promotion) | {"id": new_id()}

    async def work(session: AsyncSession) -> UUID:
        made = (await session.execute(_CREATE, columns)).scalar_one_or_none()
        if made is None:
            raise _taken()
        await _told(ctx, session, "discounts.promotion_created", made, promotion.code)
        return UUID(str(made))

    return await _run(ctx, work)


async def update(ctx: Context, promotion_id: UUID, version: int, promotion: PromotionInput) -> None:
    """Change a promotion; what was used of it stays counted.

    Raises:
        Invalid, NotFound, Conflict: also when somebody else changed it meanwhile.
    """
    columns = _columns(ctx, promotion) | {"id": promotion_id}

    async def work(session: AsyncSession) -> None:
        await _lock(session, promotion_id, version)
        if (await session.execute(_TAKEN, {"code": promotion.code, "id": promotion_id})).one_or_none():
            raise _taken()
        await session.execute(_UPDATE, columns)
        await _told(ctx, session, "discounts.promotion_changed", promotion_id, promotion.code)

    await _run(ctx, work)


async def delete(ctx: Context, promotion_id: UUID, version: int) -> None:
    """Remove a promotion with its codes; orders keep what they got."""

    async def work(session: AsyncSession) -> None:
        await _lock(session, promotion_id, version)
        await session.execute(_DELETE, {"id": promotion_id})
        await _told(ctx, session, "discounts.promotion_deleted", promotion_id, "")

    await _run(ctx, work)


async def _run(ctx: Context, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    result = await ctx.run(work)
    # The others hear of it in a moment; whoever made the change sees it at once.
    memory_of(ctx).forget(ctx.store.id)
    return result


async def _told(ctx: Context, session: AsyncSession, action: str, promotion_id: UUID, code: str) -> None:
    await ctx.audit(session, action, subject=("discounts.promotion", promotion_id), data={"code": code})
    await changed(ctx, session)
    # Any page with a price on it may show another one now.
    await ctx.kernel.events.invalidate(ctx, session, ["*"])


async def _lock(session: AsyncSession, promotion_id: UUID, version: int) -> None:
    row = (await session.execute(_LOCK, {"id": promotion_id})).one_or_none()
    if row is None:
        raise NotFound("There is no such promotion.")
    if row.version != version:
        raise Conflict(
            translatable("The promotion was changed meanwhile. Look at it again before you save."),
            code="version_conflict",
            extra={"version": row.version},
        )


def _taken() -> Conflict:
    message = translatable("Another promotion has this code. Choose another one.")
    return Conflict(message, code="code_taken", errors=[FieldError("/code", "taken", message)])


def _columns(ctx: Context, x: PromotionInput) -> dict[str, Any]:
    errors = list(_faults(x))
    conditions = _parts(ctx.hooks.registered(promotion_conditions), x.conditions, "conditions", errors)
    actions = _parts(ctx.hooks.registered(promotion_actions), x.actions, "actions", errors)
    if errors:
        raise Invalid(errors=errors)
    return {
        "store_id": ctx.store.id, "code": x.code, "title": x.title.strip(), "titles": dump(dict(x.titles)),
        "enabled": x.enabled, "needs_coupon": x.needs_coupon, "priority": x.priority,
        "exclusion_group": x.exclusion_group.strip(), "combines": x.combines, "starts_at": x.starts_at,
        "ends_at": x.ends_at, "currency": ctx.store.currency, "conditions": dump(conditions),
        "actions": dump(actions), "limit_total": x.limit_total, "limit_per_customer": x.limit_per_customer,
        "budget": x.budget, "now": ctx.clock.now(),
    }  # fmt: skip


def _faults(x: PromotionInput) -> Iterator[FieldError]:
    """Say what is wrong with each field but the parts' own."""
    longest = max([len(x.title), *map(len, x.titles.values())])
    checks = [
        (
            "code",
            "pattern",
            _CODE.fullmatch(x.code),
            translatable("Use up to 60 small letters, digits, - and _."),
        ),
        (
            "title",
            "required",
            x.title.strip() and longest <= 120,
            translatable("Give it a name of up to 120 letters."),
        ),
        (
            "exclusion_group",
            "too_long",
            len(x.exclusion_group) <= 60,
            translatable("Use at most 60 letters."),
        ),
        ("priority", "out_of_range", abs(x.priority) <= 1_000_000, translatable("Give -1000000 to 1000000.")),
        ("ends_at", "before_start", _is_forward(x), translatable("It must end after it begins.")),
        (
            "actions",
            "required",
            1 <= len(x.actions) <= 20,
            translatable("Give it at least one action, and at most 20."),
        ),
        ("conditions", "too_many", len(x.conditions) <= 20, translatable("Give it at most 20 conditions.")),
    ]
    for name in ("limit_total", "limit_per_customer", "budget"):
        value = getattr(x, name)
        is_fine = value is None or 1 <= value <= 2_000_000_000
        checks.append((name, "out_of_range", is_fine, translatable("Give 1 to 2000000000.")))
    for name in ("starts_at", "ends_at"):
        has_zone = getattr(x, name) is None or getattr(x, name).tzinfo is not None
        checks.append((name, "no_zone", has_zone, translatable("Give the time with its time zone.")))
    for name, code, is_fine, words in checks:
        if not is_fine:
            yield FieldError(f"/{name}", code, words)


def _is_forward(x: PromotionInput) -> bool:
    moments = [
        moment for moment in (x.starts_at, x.ends_at) if moment is not None and moment.tzinfo is not None
    ]
    return len(moments) < 2 or moments[0] < moments[1]


def _parts(
    kinds: Mapping[str, Any], given: Sequence[PartInput], name: str, errors: list[FieldError]
) -> list[dict[str, Any]]:
    result = []
    for index, part in enumerate(given):
        kind = kinds.get(part.kind)
        if kind is None:
            words = f"There is no kind {part.kind!r}. Kinds are: {', '.join(sorted(kinds))}."
            errors.append(FieldError(f"/{name}/{index}/kind", "unknown", words))
            continue
        try:
            values = kind.model.model_validate(dict(part.values))
        except ValidationError as error:
            errors += [_fault(f"/{name}/{index}/values", x) for x in error.errors()]
        else:
            result.append({"kind": part.kind, "values": values.model_dump(mode="json")})
    return result


def _fault(base: str, problem: Any) -> FieldError:
    pointer = "/".join([base, *(str(part) for part in problem["loc"])])
    message = str(problem["msg"]).removeprefix("Value error, ")
    return FieldError(pointer, problem["type"], message[:1].upper() + message[1:] + ".")
