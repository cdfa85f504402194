# SPDX-License-Identifier: Apache-2.0
import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from shopwright.auth.one_time import LIFETIME, OneTime
from shopwright.ids import new_id

KIND = "customers.customer"
SUBJECT = new_id()


class Bindings:
    """What subjects are bound to now."""

    def __init__(self) -> None:
        self.now = {SUBJECT: "ada@shop.test hash-1"}

    async def __call__(self, subject_id: UUID) -> str | None:
        return self.now.get(subject_id)


@pytest.fixture
def bindings() -> Bindings:
    return Bindings()


async def issue(office, purpose="reset", store: str = "ours", **options) -> str:
    options = {"binding": "ada@shop.test hash-1"} | options
    async with office.ctx(store).transaction() as session:
        return await office.auth.one_time.issue(session, purpose, (KIND, SUBJECT), **options)


async def redeem(office, token: str, bindings, purpose="reset", store="ours", kind=KIND) -> OneTime | None:
    async with office.ctx(store).transaction() as session:
        return await office.auth.one_time.redeem(session, token, purpose, kind, binding_of=bindings)


async def test_a_token_gives_back_its_subject_and_data_once(office, bindings) -> None:
    token = await issue(office, data={"email": "new@shop.test"})

    first = await redeem(office, token, bindings)

    assert first == OneTime("reset", KIND, SUBJECT, {"email": "new@shop.test"})
    assert await redeem(office, token, bindings) is None


async def test_looking_does_not_use_a_token_up(office, bindings) -> None:
    token = await issue(office)

    for _ in range(2):
        async with office.ctx().transaction(readonly=True) as session:
            seen = await office.auth.one_time.look(session, token, "reset", KIND, binding_of=bindings)
        assert seen == OneTime("reset", KIND, SUBJECT, {})

    assert await redeem(office, token, bindings) is not None


async def test_of_many_who_redeem_at_once_one_succeeds(office, bindings) -> None:
    token = await issue(office)

    found = await asyncio.gather(*(redeem(office, token, bindings) for _ in range(8)))

    assert [one is None for one in found].count(False) == 1


async def test_a_token_used_in_a_transaction_that_fails_is_still_good(office, bindings) -> None:
    token = await issue(office)

    async def fail() -> None:
        async with office.ctx().transaction() as session:
            assert await office.auth.one_time.redeem(session, token, "reset", KIND, binding_of=bindings)
            raise LookupError

    with pytest.raises(LookupError):
        await fail()

    assert await redeem(office, token, bindings) is not None


@pytest.mark.parametrize(
    "other",
    [{"purpose": "email_change"}, {"store": "theirs"}, {"kind": "staff"}],
    ids=lambda o: next(iter(o)),
)
async def test_a_token_is_good_for_its_own_purpose_store_and_kind_only(office, bindings, other) -> None:
    token = await issue(office)

    assert await redeem(office, token, bindings, **other) is None
    assert await redeem(office, token, bindings) is not None


async def test_a_token_dies_when_the_password_changes(office, bindings) -> None:
    token = await issue(office)
    bindings.now[SUBJECT] = "ada@shop.test hash-2"

    assert await redeem(office, token, bindings) is None


async def test_a_token_dies_with_its_subject(office, bindings) -> None:
    token = await issue(office)
    del bindings.now[SUBJECT]

    assert await redeem(office, token, bindings) is None


@pytest.mark.parametrize("purpose", sorted(LIFETIME))
async def test_a_token_expires(office, bindings, purpose) -> None:
    early, late = await issue(office, purpose), None
    office.clock.advance(LIFETIME[purpose] - timedelta(seconds=1))
    assert await redeem(office, early, bindings, purpose) is not None

    late = await issue(office, purpose)
    office.clock.advance(LIFETIME[purpose])
    assert await redeem(office, late, bindings, purpose) is None


async def test_a_newer_token_replaces_the_older_one_of_the_same_purpose(office, bindings) -> None:
    older, other = await issue(office), await issue(office, "email_change")
    newer = await issue(office)

    assert await redeem(office, older, bindings) is None
    assert await redeem(office, newer, bindings) is not None
    assert await redeem(office, other, bindings, "email_change") is not None


async def test_only_a_hash_of_the_token_is_stored(office) -> None:
    token = await issue(office)

    (row,) = await office.db.fetch_rows(office.stores["ours"].id, "SELECT * FROM kernel_one_time_token")
    assert len(token) == 43
    assert token not in str(dict(row))
    assert len(row["token_hash"]) == 32


@pytest.mark.parametrize("token", ["", "x", "\0", "\ud800", "a" * 10_000])
async def test_nonsense_is_not_a_token(office, bindings, token: str) -> None:
    await issue(office)

    assert await redeem(office, token, bindings) is None
