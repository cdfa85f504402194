# SPDX-License-Identifier: Apache-2.0
import asyncio
from datetime import UTC, datetime
from enum import Enum
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shopwright.actor import Actor
from shopwright.auth.checks import checks
from shopwright.db.settings import driver_options
from shopwright.ids import new_id


class Colour(Enum):
    RED = "red"


async def record(office, number: int, store: str = "ours", **data: Any) -> None:
    ctx = office.ctx(store, actor=Actor("staff", UUID(int=7), "Ada"))
    async with ctx.transaction() as session:
        await ctx.audit(session, "sample.done", subject=("sample.thing", str(number)), data=data)


async def verify(office, store: str = "ours") -> list[str]:
    return await office.audit.verify(office.db, office.stores[store].id)


async def chain_check(office, store: str = "ours") -> list[str]:
    sql = next(check.sql for check in checks if check.code == "kernel.audit_chain")
    return [row[1] for row in await office.db.fetch_rows(office.stores[store].id, sql)]


@pytest.fixture
async def intruder(database):
    """Somebody with the database's own password, above grants and row-level security."""
    connection = await asyncpg.connect(**driver_options(database.settings.url))
    yield connection
    await connection.close()


@pytest.fixture
async def five(office):
    for number in range(1, 6):
        await record(office, number, amount=number)
    await record(office, 1, "theirs")
    return office


async def test_an_entry_says_who_did_what_to_what_when_and_in_which_request(office) -> None:
    await record(office, 1, reason="because")

    (entry,) = await office.audit.entries(office.ctx())

    assert (entry.seq, entry.at, entry.action) == (1, office.clock.now(), "sample.done")
    assert (entry.actor_kind, entry.actor_id, entry.actor_label) == ("staff", UUID(int=7), "Ada")
    assert (entry.subject_kind, entry.subject_id) == ("sample.thing", "1")
    assert (entry.data, entry.request_id) == ({"reason": "because"}, "request-1")


async def test_entries_are_read_newest_first_by_page_and_by_subject(five) -> None:
    ctx = five.ctx()

    assert [entry.seq for entry in await five.audit.entries(ctx, limit=2)] == [5, 4]
    assert [entry.seq for entry in await five.audit.entries(ctx, before=4, limit=2)] == [3, 2]
    assert [e.seq for e in await five.audit.entries(ctx, subject=("sample.thing", "3"))] == [3]


async def test_each_store_has_a_chain_of_its_own_that_is_whole(five) -> None:
    assert [entry.seq for entry in await five.audit.entries(five.ctx("theirs"))] == [1]
    assert (await verify(five), await verify(five, "theirs")) == ([], [])
    assert (await chain_check(five), await chain_check(five, "theirs")) == ([], [])


async def test_values_that_postgresql_would_rewrite_are_kept_so_that_the_hash_still_fits(office) -> None:
    await record(
        office,
        1,
        ratio=1e16,
        tiny=1e-7,
        when=datetime(2026, 1, 2, tzinfo=UTC),
        colour=Colour.RED,
        whom=UUID(int=1),
        tags={"b", "a"},
        text="nul \0 half \ud800",
        nested={"list": (1, None, True)},
        big=2**80,
    )

    (entry,) = await office.audit.entries(office.ctx())

    assert entry.data == {
        "ratio": "1e+16",
        "tiny": "1e-07",
        "when": "2026-01-02T00:00:00+00:00",
        "colour": "red",
        "whom": str(UUID(int=1)),
        "tags": ["a", "b"],
        "text": "nul \N{REPLACEMENT CHARACTER} half ?",
        "nested": {"list": [1, None, True]},
        "big": 2**80,
    }
    assert await verify(office) == []


async def test_an_entry_vanishes_with_the_transaction_that_made_it(office) -> None:
    ctx = office.system()

    async def fail() -> None:
        async with ctx.transaction() as session:
            await ctx.audit(session, "sample.done", subject=("sample.thing", "1"))
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    await record(office, 2)

    assert [entry.seq for entry in await office.audit.entries(ctx)] == [1]
    assert await verify(office) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE kernel_audit SET action = 'sample.other'",
        "DELETE FROM kernel_audit",
        "TRUNCATE kernel_audit",
        "DELETE FROM kernel_audit_head",
    ],
)
async def test_the_application_cannot_change_or_remove_entries(five, statement: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        async with five.ctx().transaction() as session:
            await session.execute(text(statement))

    assert await verify(five) == []


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        ("UPDATE kernel_audit SET data = '{\"amount\": 9}' WHERE {mine} AND seq = 3", "Entry 3 was altered."),
        ("UPDATE kernel_audit SET actor_label = 'Eve' WHERE {mine} AND seq = 3", "Entry 3 was altered."),
        (
            "UPDATE kernel_audit SET at = at - interval '1 us' WHERE {mine} AND seq = 3",
            "Entry 3 was altered.",
        ),
        ("DELETE FROM kernel_audit WHERE {mine} AND seq = 1", "Entry 1 is missing."),
        ("DELETE FROM kernel_audit WHERE {mine} AND seq IN (2, 3)", "Entries 2 to 3 are missing."),
        ("DELETE FROM kernel_audit WHERE {mine} AND seq >= 4", "Entries 4 to 5 at the end are missing."),
        ("DELETE FROM kernel_audit WHERE {mine}", "Entries 1 to 5 at the end are missing."),
        (
            "UPDATE kernel_audit_head SET seq = 4 WHERE {mine}",
            "Entry 4 is not the one that was recorded as the last.",
        ),
        (
            "DELETE FROM kernel_audit_head WHERE {mine}",
            "Entry 1 stands after the one that was recorded as the last.",
        ),
    ],
)
async def test_what_somebody_did_in_the_database_is_found(five, intruder, tampering: str, found: str) -> None:
    await intruder.execute(tampering.replace("{mine}", f"store_id = '{five.stores['ours'].id}'"))

    assert (await verify(five))[0] == found
    assert await verify(five, "theirs") == []


async def test_entries_that_changed_places_are_found(five, intruder) -> None:
    store = five.stores["ours"].id
    for old, new in ((2, 100), (3, 2), (100, 3)):
        await intruder.execute(
            "UPDATE kernel_audit SET seq = $1 WHERE store_id = $2 AND seq = $3", new, store, old
        )

    assert await verify(five) == [
        "Entry 2 does not follow entry 1.",
        "Entry 2 was altered.",
        "Entry 3 does not follow entry 2.",
        "Entry 3 was altered.",
        "Entry 4 does not follow entry 3.",
    ]


async def test_an_entry_put_in_from_another_store_is_found(five, intruder) -> None:
    await intruder.execute("DELETE FROM kernel_audit WHERE store_id = $1", five.stores["theirs"].id)
    await intruder.execute(
        "UPDATE kernel_audit SET store_id = $1 WHERE store_id = $2 AND seq = 1",
        five.stores["theirs"].id,
        five.stores["ours"].id,
    )

    assert (await verify(five))[0] == "Entry 1 is missing."
    assert await verify(five, "theirs") == [
        "Entry 1 was altered.",
        "Entry 1 is not the one that was recorded as the last.",
    ]


async def test_the_doctor_finds_broken_links_without_recomputing_hashes(five, intruder) -> None:
    await intruder.execute("DELETE FROM kernel_audit WHERE seq IN (2, 5)")

    assert await chain_check(five) == [
        "entry 3 does not follow the one before",
        "entry 4 does not follow the one before",
        "the log does not end with entry 5",
    ]


async def test_many_writers_at_once_keep_the_chain_whole(office) -> None:
    await asyncio.gather(*(record(office, number) for number in range(24)))

    entries = await office.audit.entries(office.ctx())
    assert [entry.seq for entry in entries] == list(range(24, 0, -1))
    assert {entry.subject_id for entry in entries} == {str(number) for number in range(24)}
    assert await verify(office) == []


async def test_a_store_that_has_done_nothing_yet_verifies(office) -> None:
    assert await verify(office) == []
    assert await office.audit.verify(office.db, new_id()) == []
