# SPDX-License-Identifier: Apache-2.0
"""Makes the link for a forgotten password and sends it: the part that would take longer for known addresses."""

from dataclasses import replace
from uuid import UUID

from shopwright.context import Context
from shopwright_customers.services import mails, records
from shopwright_customers.services.records import SUBJECT


async def send(ctx: Context, customer_id: UUID | None, host: str, locale: str) -> None:
    """Send a new link; links sent before die. Nobody gets one for an account that was disabled meanwhile."""
    if customer_id is None:
        return
    async with ctx.transaction() as session:
        record = await records.locked(session, customer_id)
        if record is None or record.is_disabled:
            return
        token = await ctx.kernel.auth.one_time.issue(
            session, "reset", (SUBJECT, record.id), binding=record.binding
        )
    await mails.send_reset_link(replace(ctx, locale=locale), host, record.email, token)
