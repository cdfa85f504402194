# SPDX-License-Identifier: Apache-2.0
import re
from urllib.parse import parse_qs, urlparse

import pyotp
import pytest

from shopwright.errors import Conflict, Forbidden, Invalid

PASSWORD = "four unrelated words here"
EMAIL = "ada@shop.test"


def code_at(office, secret: str, *, seconds: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(office.clock.now().timestamp()) + seconds)


@pytest.fixture
async def ada(office):
    return await office.employ(EMAIL)


@pytest.fixture
async def enrolled(office, ada):
    """Ada's secret and recovery codes."""
    ctx = await office.acting(ada)
    enrolment = await office.auth.totp.begin(ctx, PASSWORD)
    codes = await office.auth.totp.confirm(ctx, code_at(office, enrolment.secret))
    office.clock.advance(60)
    return enrolment.secret, codes


async def sign_in(office, code: str) -> str:
    result = await office.auth.staff.sign_in(office.browser(), EMAIL, PASSWORD, code)
    return result.status


async def test_enrolment_gives_what_an_app_needs(office, ada) -> None:
    enrolment = await office.auth.totp.begin(await office.acting(ada), PASSWORD)

    uri = urlparse(enrolment.uri)
    assert (uri.scheme, uri.netloc, uri.path) == ("otpauth", "totp", f"/Ours:{EMAIL.replace('@', '%40')}")
    assert parse_qs(uri.query) == {"secret": [enrolment.secret], "issuer": ["Ours"]}
    assert re.match(r"<svg [^>]*>.*<path .*</svg>$", enrolment.qr_svg)
    assert len(enrolment.secret) == 32


async def test_the_second_factor_counts_once_a_code_was_seen(office, ada) -> None:
    ctx = await office.acting(ada)
    enrolment = await office.auth.totp.begin(ctx, PASSWORD)

    assert await sign_in(office, "") == "ok"
    with pytest.raises(Invalid, match="six digits"):
        await office.auth.totp.confirm(ctx, "000000")
    codes = await office.auth.totp.confirm(ctx, code_at(office, enrolment.secret))

    assert await sign_in(office, "") == "needs_totp"
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"([a-z2-7]{4}-){3}[a-z2-7]{4}", code) for code in codes)
    assert (await office.actions())[-2:] == ["kernel.signed_in", "kernel.totp_enabled"]


async def test_the_secret_is_encrypted_and_recovery_codes_are_hashed(office, enrolled) -> None:
    secret, codes = enrolled

    (row,) = await office.db.fetch_rows(None, "SELECT * FROM kernel_staff_user")
    stored = str(dict(row))
    assert secret not in stored
    assert not [code for code in codes if code in stored or code.replace("-", "") in stored]
    assert [len(one) for one in row["recovery_codes"]] == [32] * 10


@pytest.mark.parametrize(
    ("seconds", "status"), [(-60, "refused"), (-30, "ok"), (0, "ok"), (30, "ok"), (60, "refused")]
)
async def test_a_clock_may_be_off_by_one_step(office, enrolled, seconds: int, status: str) -> None:
    secret, _ = enrolled

    assert await sign_in(office, code_at(office, secret, seconds=seconds)) == status


async def test_a_code_is_good_once_and_so_is_every_older_one(office, enrolled) -> None:
    secret, _ = enrolled
    now, before = code_at(office, secret), code_at(office, secret, seconds=-30)

    assert await sign_in(office, now) == "ok"
    assert await sign_in(office, now) == "refused"
    assert await sign_in(office, before) == "refused"
    office.clock.advance(30)
    assert await sign_in(office, now) == "refused"
    assert await sign_in(office, code_at(office, secret)) == "ok"


async def test_a_code_may_be_typed_with_spaces(office, enrolled) -> None:
    code = code_at(office, enrolled[0])

    assert await sign_in(office, f" {code[:3]} {code[3:]} ") == "ok"


@pytest.mark.parametrize("code", ["٠١٢٣٤٥", "12345", "1234567", "abcdef", "-", "\ud800", "\0"])
async def test_what_is_not_a_code_is_refused(office, enrolled, code: str) -> None:
    assert await sign_in(office, code) == "refused"


async def test_a_recovery_code_opens_once_in_any_spelling(office, enrolled) -> None:
    _, codes = enrolled

    assert await sign_in(office, codes[0].upper().replace("-", " ")) == "ok"
    assert await sign_in(office, codes[0]) == "refused"
    assert await sign_in(office, codes[1]) == "ok"


async def test_new_recovery_codes_void_the_old_ones(office, ada, enrolled) -> None:
    fresh = await office.auth.totp.renew_recovery_codes(await office.acting(ada), PASSWORD)

    assert await sign_in(office, enrolled[1][0]) == "refused"
    assert await sign_in(office, fresh[0]) == "ok"


async def test_a_new_device_replaces_the_old_one_only_when_confirmed(office, ada, enrolled) -> None:
    ctx = await office.acting(ada)
    new = await office.auth.totp.begin(ctx, PASSWORD)
    assert await sign_in(office, code_at(office, enrolled[0])) == "ok"

    office.clock.advance(60)
    await office.auth.totp.confirm(ctx, code_at(office, new.secret))
    office.clock.advance(60)

    assert await sign_in(office, code_at(office, enrolled[0])) == "refused"
    assert await sign_in(office, code_at(office, new.secret)) == "ok"


async def test_a_hijacked_session_without_the_password_cannot_touch_the_second_factor(
    office, ada, enrolled
) -> None:
    ctx = await office.acting(ada)
    totp = office.auth.totp

    for change in (totp.begin, totp.renew_recovery_codes, totp.disable_own):
        with pytest.raises(Invalid) as refused:
            await change(ctx, "not the password")
        assert refused.value.errors[0].code == "wrong_password"
    assert await sign_in(office, "") == "needs_totp"


async def test_it_can_be_switched_off_with_the_password(office, ada, enrolled) -> None:
    await office.auth.totp.disable_own(await office.acting(ada), PASSWORD)

    assert await sign_in(office, "") == "ok"


async def test_an_owner_switches_it_off_for_a_colleague_who_lost_the_device(office, ada, enrolled) -> None:
    owner = await office.acting(await office.employ("olga@shop.test"))
    clerk = await office.acting(await office.employ("carl@shop.test", "customer_service"))

    with pytest.raises(Forbidden):
        await office.auth.totp.disable_for(clerk, ada)
    assert await sign_in(office, "") == "needs_totp"
    await office.auth.totp.disable_for(owner, ada)

    assert await sign_in(office, "") == "ok"


async def test_confirming_needs_a_beginning(office, ada) -> None:
    with pytest.raises(Conflict):
        await office.auth.totp.confirm(await office.acting(ada), "123456")


async def test_only_staff_have_a_second_factor(office) -> None:
    with pytest.raises(Forbidden):
        await office.auth.totp.begin(office.browser(), PASSWORD)


async def test_what_was_begun_can_be_shown_again_until_it_is_confirmed(office, ada) -> None:
    ctx = await office.acting(ada)
    before = await office.auth.totp.pending(ctx)
    enrolment = await office.auth.totp.begin(ctx, PASSWORD)
    again = await office.auth.totp.pending(ctx)
    await office.auth.totp.confirm(ctx, code_at(office, enrolment.secret))

    assert (before, again) == (None, enrolment)
    assert await office.auth.totp.pending(ctx) is None


async def test_an_owner_needs_the_password_for_the_own_second_factor_like_everybody(
    office, ada, enrolled
) -> None:
    with pytest.raises(Forbidden, match="with your password"):
        await office.auth.totp.disable_for(await office.acting(ada), ada)

    assert await sign_in(office, "") == "needs_totp"
