# SPDX-License-Identifier: Apache-2.0
import asyncio
import base64
import json
from datetime import timedelta
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from shopwright.auth.digests import derived_keys
from shopwright.auth.tokens import CLAIMS, Tokens
from shopwright.errors import Unauthorized
from shopwright.ids import new_id
from shopwright.secrets import generate_key


@pytest.fixture
async def ada(office) -> UUID:
    return await office.employ("ada@shop.test")


@pytest.fixture
async def pair(office, ada):
    return await office.auth.tokens.issue(office.ctx(), ada)


def signing_key(office) -> bytes:
    return derived_keys(office.secret_keys, "access token")[0]


def good_claims(office, pair) -> dict:
    return jwt.decode(pair.access_token, options={"verify_signature": False})


async def actor_kind(office, token: str, store: str = "ours") -> str:
    headers = {"Authorization": f"Bearer {token}"}
    return (await office.auth.actor_for(office.stores[store], None, headers)).kind


async def test_an_access_token_says_who_where_and_until_when(office, ada, pair) -> None:
    claims = good_claims(office, pair)

    assert set(claims) == set(CLAIMS)
    assert (claims["iss"], claims["aud"], claims["sub"]) == ("shopwright", "shopwright.admin_api", str(ada))
    assert claims["store"] == str(office.stores["ours"].id)
    assert claims["exp"] - claims["iat"] == 600
    assert pair.expires_in == 600
    assert jwt.get_unverified_header(pair.access_token)["alg"] == "HS256"


async def test_an_access_token_acts_with_the_role_of_its_staff_user(office, ada, pair) -> None:
    headers = {"Authorization": f"Bearer {pair.access_token}"}

    actor = await office.auth.actor_for(office.stores["ours"], None, headers)

    assert (actor.kind, actor.id, actor.label, actor.permissions) == ("staff", ada, "Ada", {"*"})


async def test_an_access_token_ends_after_ten_minutes(office, pair) -> None:
    office.clock.advance(599)
    assert await actor_kind(office, pair.access_token) == "staff"

    office.clock.advance(1)
    assert await actor_kind(office, pair.access_token) == "anonymous"


async def test_a_token_signed_like_ours_with_all_claims_is_accepted(office, pair) -> None:
    token = jwt.encode(good_claims(office, pair), signing_key(office), "HS256")

    assert await actor_kind(office, token) == "staff"


@pytest.mark.parametrize("missing", CLAIMS)
async def test_a_token_without_any_one_claim_is_refused(office, pair, missing: str) -> None:
    claims = {name: value for name, value in good_claims(office, pair).items() if name != missing}

    assert await actor_kind(office, jwt.encode(claims, signing_key(office), "HS256")) == "anonymous"


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "somebody"},
        {"aud": "shopwright.storefront"},
        {"store": "0190c8a0-0000-7000-8000-000000000001"},
        {"store": "theirs"},
        {"sub": "0190c8a0-0000-7000-8000-000000000002"},
        {"sub": "ada"},
        {"family": "0190c8a0-0000-7000-8000-000000000003"},
        {"family": 1},
        {"exp": 4_000_000_000},
        {"exp": "4000000000"},
        {"exp": 4e9},
        {"exp": None},
        {"exp": True},
        {"iat": 4_000_000_000},
        {"iat": 0},
    ],
    ids=str,
)
async def test_a_well_signed_token_with_a_wrong_claim_is_refused(office, pair, change: dict) -> None:
    if change.get("store") == "theirs":
        change = {"store": str(office.stores["theirs"].id)}
    token = jwt.encode(good_claims(office, pair) | change, signing_key(office), "HS256")

    assert await actor_kind(office, token) == "anonymous"


async def test_a_token_of_one_store_opens_no_other_even_for_staff_of_both(office, ada, pair) -> None:
    await office.auth.staff.invite(office.system("theirs"), "ada@shop.test", "Ada", "owner")

    assert await actor_kind(office, pair.access_token, "theirs") == "anonymous"


def encoded(part: dict) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "HS384", "HS512", "RS256", "ES256"])
async def test_no_other_algorithm_is_accepted(office, pair, algorithm: str) -> None:
    claims, key = good_claims(office, pair), signing_key(office)
    if algorithm.startswith("RS"):
        token = jwt.encode(claims, rsa.generate_private_key(65537, 2048), algorithm)
    elif algorithm.startswith("HS"):
        token = jwt.encode(claims, key + key, algorithm)
    else:
        token = f"{encoded({'alg': algorithm, 'typ': 'JWT'})}.{encoded(claims)}."

    assert await actor_kind(office, token) == "anonymous"
    header = encoded({"alg": algorithm, "typ": "JWT"})
    assert await actor_kind(office, f"{header}.{pair.access_token.split('.', 1)[1]}") == "anonymous"


async def test_a_token_signed_with_a_known_text_or_the_raw_key_is_refused(office, pair) -> None:
    for key in (b"secret" * 6, office.secret_keys[0].encode()):
        assert await actor_kind(office, jwt.encode(good_claims(office, pair), key, "HS256")) == "anonymous"


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "..", "\0", "é", "x" * 20_000])
async def test_nonsense_is_nobody(office, pair, token: str) -> None:
    assert await actor_kind(office, token) == "anonymous"


async def test_tokens_outlive_the_arrival_of_a_new_installation_key(office, pair) -> None:
    store = office.stores["ours"].id

    assert Tokens(office.clock, (generate_key(), *office.secret_keys)).read(store, pair.access_token)
    assert Tokens(office.clock, (generate_key(),)).read(store, pair.access_token) is None


async def test_a_refresh_token_is_traded_once_and_the_family_goes_on(office, pair) -> None:
    second = await office.auth.tokens.refresh(office.ctx(), pair.refresh_token)
    third = await office.auth.tokens.refresh(office.ctx(), second.refresh_token)

    assert len({pair.refresh_token, second.refresh_token, third.refresh_token}) == 3
    assert await actor_kind(office, third.access_token) == "staff"
    assert good_claims(office, third)["family"] == good_claims(office, pair)["family"]


async def test_a_refresh_token_shown_twice_ends_the_whole_family_and_its_access_tokens(
    office, ada, pair
) -> None:
    other = await office.auth.tokens.issue(office.ctx(), ada)
    second = await office.auth.tokens.refresh(office.ctx(), pair.refresh_token)

    for token in (pair.refresh_token, second.refresh_token, pair.refresh_token):
        with pytest.raises(Unauthorized):
            await office.auth.tokens.refresh(office.ctx(), token)

    assert await actor_kind(office, second.access_token) == "anonymous"
    assert await actor_kind(office, other.access_token) == "staff"
    assert (await office.actions())[-1] == "kernel.refresh_token_reused"
    assert (await office.actions()).count("kernel.refresh_token_reused") == 1


async def test_of_many_refreshes_with_one_token_at_once_at_most_one_succeeds_and_none_stays_live(
    office, pair
) -> None:
    outcomes = await asyncio.gather(
        *(office.auth.tokens.refresh(office.ctx(), pair.refresh_token) for _ in range(6)),
        return_exceptions=True,
    )

    assert sorted(isinstance(outcome, Unauthorized) for outcome in outcomes) == [False] + [True] * 5
    (winner,) = [outcome for outcome in outcomes if not isinstance(outcome, Unauthorized)]
    with pytest.raises(Unauthorized):
        await office.auth.tokens.refresh(office.ctx(), winner.refresh_token)


async def test_revoking_ends_the_family_at_once_and_unknown_tokens_are_no_error(office, pair) -> None:
    await office.auth.tokens.revoke(office.ctx(), pair.refresh_token)
    await office.auth.tokens.revoke(office.ctx(), "unknown")

    assert await actor_kind(office, pair.access_token) == "anonymous"
    with pytest.raises(Unauthorized):
        await office.auth.tokens.refresh(office.ctx(), pair.refresh_token)


async def test_refresh_tokens_end_after_thirty_days_without_use_and_ninety_with(office, ada) -> None:
    idle = await office.auth.tokens.issue(office.ctx(), ada)
    office.clock.advance(timedelta(days=30))
    with pytest.raises(Unauthorized):
        await office.auth.tokens.refresh(office.ctx(), idle.refresh_token)

    busy = await office.auth.tokens.issue(office.ctx(), ada)
    for _ in range(3):
        office.clock.advance(timedelta(days=29))
        busy = await office.auth.tokens.refresh(office.ctx(), busy.refresh_token)
    assert busy.refresh_expires_at == office.clock.now() + timedelta(days=3)
    office.clock.advance(timedelta(days=3))
    with pytest.raises(Unauthorized):
        await office.auth.tokens.refresh(office.ctx(), busy.refresh_token)


async def test_a_refresh_token_is_good_in_its_own_store_only(office, pair) -> None:
    with pytest.raises(Unauthorized):
        await office.auth.tokens.refresh(office.ctx("theirs"), pair.refresh_token)

    assert await office.auth.tokens.refresh(office.ctx(), pair.refresh_token)


async def test_refresh_tokens_are_stored_as_hashes(office, pair) -> None:
    (row,) = await office.db.fetch_rows(office.stores["ours"].id, "SELECT * FROM kernel_refresh_token")

    assert pair.refresh_token not in str(dict(row))
    assert len(row["token_hash"]) == 32


async def test_the_database_itself_allows_one_live_token_a_family(office, pair) -> None:
    with pytest.raises(IntegrityError, match="kernel_refresh_token_live_key"):
        async with office.ctx().transaction() as session:
            await session.execute(
                text(
                    """
                    INSERT INTO kernel_refresh_token (store_id, id, family, staff_user_id, token_hash,
                                                      created_at, expires_at, family_expires_at)
                    SELECT store_id, :id, family, staff_user_id, 'other', created_at, expires_at,
                           family_expires_at
                    FROM kernel_refresh_token
                    """
                ),
                {"id": new_id()},
            )


async def test_signing_in_anew_removes_tokens_that_have_expired(office, ada, pair) -> None:
    office.clock.advance(timedelta(days=31))
    await office.auth.tokens.issue(office.ctx(), ada)

    sql = "SELECT count(*) FROM kernel_refresh_token"
    assert await office.db.fetch_value(office.stores["ours"].id, sql) == 1
