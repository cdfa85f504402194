# SPDX-License-Identifier: Apache-2.0
"""Who is exempt from tax, as staff keep it: a group, a company or a customer, why, and for how long."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid, NotFound
from shopwright.i18n import translatable
from shopwright.ids import new_id

_SUBJECT = re.compile(r"(group:[a-z0-9][a-z0-9_-]{0,79}|(company|customer):[0-9a-f-]{36})")
_COLUMNS = "id, subject, reason, certificate, valid_from, valid_until, version"
_ALL = (
    f"SELECT {_COLUMNS} FROM tax_exemption WHERE $1::uuid IS NULL OR id = $1 ORDER BY subject, id LIMIT 2000"
)
_CREATE = text("""
INSERT INTO tax_exemption (store_id, id, subject, reason, certificate, valid_from, valid_until)
VALUES (:store_id, :id, :subject, :reason, :certificate, :valid_from, :valid_until)
""")
_UPDATE = text("""
UPDATE tax_exemption SET subject = :subject, reason = :reason, certificate = :certificate, valid_from = :valid_from,
    valid_until = :valid_until, version = version + 1 WHERE id = :id
""")
_LOCK = text("SELECT version FROM tax_exemption WHERE id = :id FOR UPDATE")
_DELETE = text("DELETE FROM tax_exemption WHERE id = :id")


@dataclass(frozen=True, slots=True)
class ExemptionInput:
    """An exemption to save; both days are included, None has no limit."""

    subject: str
    """``group:<code>``, ``company:<id>`` or ``customer:<id>``."""
    reason: str
    certificate: str = ""
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption(ExemptionInput):
    """An exemption of the store."""

    id: UUID
    version: int


async def all_of(ctx: Context) -> Sequence[Exemption]:
    return [Exemption(**dict(row)) for row in await ctx.fetch_rows(_ALL, None)]


async def by_id(ctx: Context, exemption_id: UUID) -> Exemption:
    """Give an exemption.

    Raises:
        NotFound: there is no such one.
    """
    rows = await ctx.fetch_rows(_ALL, exemption_id)
    if not rows:
        raise NotFound("There is no such exemption.")
    return Exemption(**dict(rows[0]))


async def save(ctx: Context, given: ExemptionInput, *, known: UUID | None = None, version: int = 0) -> UUID:
    """Add an exemption, or change a known one.

    Raises:
        Invalid, NotFound, Conflict: also when somebody else changed it meanwhile.
    """
    columns = _checked(given) | {"store_id": ctx.store.id, "id": known or new_id()}

    async def work(session: AsyncSession) -> UUID:
        if known is not None:
            await _lock(session, known, version)
        await session.execute(_CREATE if known is None else _UPDATE, columns)
        what = "tax.exemption_created" if known is None else "tax.exemption_changed"
        data = {name: str(value) for name, value in asdict(given).items() if value}
        await ctx.audit(session, what, subject=("tax.exemption", columns["id"]), data=data)
        return UUID(str(columns["id"]))

    return await ctx.run(work)


async def delete(ctx: Context, exemption_id: UUID, version: int) -> None:
    """Remove an exemption; orders keep the taxes they were placed with."""

    async def work(session: AsyncSession) -> None:
        await _lock(session, exemption_id, version)
        await session.execute(_DELETE, {"id": exemption_id})
        await ctx.audit(session, "tax.exemption_deleted", subject=("tax.exemption", exemption_id))

    await ctx.run(work)


async def _lock(session: AsyncSession, exemption_id: UUID, version: int) -> None:
    row = (await session.execute(_LOCK, {"id": exemption_id})).one_or_none()
    if row is None:
        raise NotFound("There is no such exemption.")
    if row.version != version:
        words = translatable("The exemption was changed meanwhile. Look at it again before you save.")
        raise Conflict(words, code="version_conflict", extra={"version": row.version})


def _checked(given: ExemptionInput) -> dict[str, Any]:
    errors = []
    if not _SUBJECT.fullmatch(given.subject.strip()):
        words = translatable(
            "Write group: and a code, or company: or customer: and an id, like group:resellers."
        )
        errors.append(FieldError("/subject", "bad_subject", words))
    if not given.reason.strip() or len(given.reason) > 200:
        errors.append(FieldError("/reason", "required", translatable("Give a reason of up to 200 letters.")))
    if len(given.certificate) > 100:
        errors.append(FieldError("/certificate", "too_long", translatable("Use at most 100 characters.")))
    if given.valid_from and given.valid_until and given.valid_until < given.valid_from:
        errors.append(
            FieldError("/valid_until", "backwards", translatable("The last day is before the first."))
        )
    if errors:
        raise Invalid(errors=errors)
    texts = {name: getattr(given, name).strip() for name in ("subject", "reason", "certificate")}
    return texts | {"valid_from": given.valid_from, "valid_until": given.valid_until}
