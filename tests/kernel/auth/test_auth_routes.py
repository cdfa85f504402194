# SPDX-License-Identifier: Apache-2.0
import pyotp
import pytest
from pydantic import ValidationError

from shopwright.actor import PUBLIC
from shopwright.auth.routes import (
    Credentials,
    RefreshToken,
    auth_refresh,
    auth_revoke,
    auth_token,
    routes,
)
from shopwright.errors import TooManyRequests, Unauthorized

PASSWORD = "four unrelated words here"
EMAIL = "ada@shop.test"


@pytest.fixture
async def ada(office):
    return await office.employ(EMAIL)


def credentials(**change: str) -> Credentials:
    return Credentials(**{"email": EMAIL, "password": PASSWORD} | change)


def test_the_routes_are_public_and_their_answers_are_never_stored() -> None:
    assert [(route.code, route.path) for route in routes] == [
        ("kernel.admin_api.auth_token", "/api/admin/v1/auth/token"),
        ("kernel.admin_api.auth_refresh", "/api/admin/v1/auth/refresh"),
        ("kernel.admin_api.auth_revoke", "/api/admin/v1/auth/revoke"),
    ]
    for route in routes:
        assert (route.method, route.permission, route.idempotent, route.caching) == (
            "POST",
            PUBLIC,
            False,
            None,
        )


async def test_a_program_gets_tokens_renews_them_and_signs_out(office, ada) -> None:
    ctx = office.browser()
    first = await auth_token(ctx, credentials())
    second = await auth_refresh(ctx, RefreshToken(refresh_token=first.value.refresh_token))

    assert (first.value.token_type, first.value.expires_in) == ("Bearer", 600)
    assert first.headers == second.headers == {"Cache-Control": "no-store"}
    assert ctx.visit.session.staff_user_id is None
    bearer = {"Authorization": f"Bearer {second.value.access_token}"}
    assert (await office.auth.actor_for(ctx.store, None, bearer)).id == ada

    await auth_revoke(ctx, RefreshToken(refresh_token=second.value.refresh_token))
    assert (await office.auth.actor_for(ctx.store, None, bearer)).kind == "anonymous"


async def test_wrong_credentials_give_no_tokens_and_then_a_time_to_wait(office, ada) -> None:
    for _ in range(5):
        with pytest.raises(Unauthorized) as refused:
            await auth_token(office.browser(), credentials(password="wrong"))
        assert refused.value.error_code == "credentials_refused"
    with pytest.raises(TooManyRequests) as throttled:
        await auth_token(office.browser(), credentials())

    assert throttled.value.headers == {"Retry-After": "61"}
    sql = "SELECT count(*) FROM kernel_refresh_token"
    assert await office.db.fetch_value(office.stores["ours"].id, sql) == 0


async def test_a_second_factor_is_asked_for_by_name(office, ada) -> None:
    ctx = await office.acting(ada)
    enrolment = await office.auth.totp.begin(ctx, PASSWORD)
    await office.auth.totp.confirm(ctx, pyotp.TOTP(enrolment.secret).at(office.clock.now()))
    office.clock.advance(60)

    with pytest.raises(Unauthorized) as refused:
        await auth_token(office.browser(), credentials())
    code = pyotp.TOTP(enrolment.secret).at(office.clock.now())
    answer = await auth_token(office.browser(), credentials(totp_code=code))

    assert refused.value.error_code == "needs_totp"
    assert answer.value.access_token


def test_secrets_do_not_show_where_bodies_are_printed_and_unknown_fields_are_refused() -> None:
    assert PASSWORD not in repr(credentials())
    assert "very-secret" not in repr(RefreshToken(refresh_token="very-secret"))
    with pytest.raises(ValidationError):
        Credentials(email=EMAIL, password=PASSWORD, role="owner")
