# SPDX-License-Identifier: Apache-2.0
"""Copies of people's data, and forgetting them, of the admin API."""

from dataclasses import dataclass

from pydantic import model_validator

from shopwright.context import Context
from shopwright.http.routing import RawJson, Routes, Scope
from shopwright_customers.admin.privacy import Whom
from shopwright_customers.api import Outcome, Subject
from shopwright_customers.services import privacy
from shopwright_customers.services.privacy import EDIT

routes = Routes("customers", Scope.ADMIN_API)


class Person(Whom):
    """A person by account or by e-mail address: one of the two."""

    @model_validator(mode="after")
    def _one_of_the_two(self) -> "Person":
        if (self.customer_id is not None) == ("@" in self.email):
            raise ValueError("give customer_id, or an e-mail address")
        return self


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was erased, and what was kept and why."""

    outcomes: list[Outcome]


@routes.post("/api/admin/v1/customer-privacy/export", permission=EDIT)
async def export_data(ctx: Context, body: Person) -> RawJson:
    """Give a copy of all that is known of a person: ``sections``, each with ``code``, ``title`` and ``rows``."""
    return RawJson((await privacy.export(ctx, await _subject(ctx, body))).text)


@routes.post("/api/admin/v1/customer-privacy/erase", permission=EDIT, idempotent=True)
async def erase_data(ctx: Context, body: Person) -> Forgotten:
    """Forget a person; answers what was erased, and what was kept and why."""
    outcomes = await privacy.erase(ctx, await _subject(ctx, body))
    return Forgotten([Outcome(o.code, o.title, o.action, o.number, o.reason) for o in outcomes])


async def _subject(ctx: Context, body: Person) -> Subject:
    if body.customer_id is not None:
        return await privacy.subject_of(ctx, body.customer_id)
    return await privacy.subject_by_email(ctx, body.email)
