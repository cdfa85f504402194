# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta
from uuid import UUID

import pyotp
import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from shopwright.auth.sign_in import PENDING, SignIn

PASSWORD = "four unrelated words here"
EMAIL = "ada@shop.test"


@pytest.fixture
async def ada(office) -> UUID:
    return await office.employ(EMAIL)


async def test_the_right_password_puts_the_staff_user_into_a_session_with_a_new_id(office, ada) -> None:
    ctx = office.browser()

    result = await office.auth.staff.sign_in(ctx, "  ADA@shop.test ", PASSWORD)

    session = ctx.visit.session
    assert result == SignIn("ok", ada)
    assert (session.staff_user_id, session.rotate, session.changed) == (ada, True, True)
    assert (await office.actions())[-1] == "kernel.signed_in"
    assert (await office.auth.staff.get(await office.acting(ada), ada)).signed_in_at == office.clock.now()


async def test_a_refused_sign_in_leaves_the_session_alone(office, ada) -> None:
    ctx = office.browser()

    assert await office.auth.staff.sign_in(ctx, EMAIL, "wrong") == SignIn("refused")

    assert (ctx.visit.session.staff_user_id, ctx.visit.session.rotate) == (None, False)


async def employ_elsewhere(office) -> str:
    await office.employ("eve@shop.test", store="theirs")
    return "eve@shop.test"


async def employ_disabled(office) -> str:
    bob = await office.employ("bob@shop.test")
    async with office.db.system_transaction() as session:
        await session.execute(
            text("UPDATE kernel_staff_user SET disabled_at = now() WHERE id = :id"), {"id": bob}
        )
    return "bob@shop.test"


async def invite_only(office) -> str:
    await office.auth.staff.invite(office.system(), "ian@shop.test", "Ian", "manager")
    return "ian@shop.test"


async def nobody(office) -> str:
    return "nobody@shop.test"


async def known(office) -> str:
    return EMAIL


@pytest.mark.parametrize(
    ("account", "password"),
    [
        (known, "not the password"),
        (nobody, PASSWORD),
        (employ_elsewhere, PASSWORD),
        (employ_disabled, PASSWORD),
        (invite_only, PASSWORD),
    ],
    ids=["wrong password", "unknown", "no role in this store", "disabled", "invited only"],
)
async def test_every_refusal_gives_the_same_answer_after_the_same_work(
    office, ada, query_log, account, password: str
) -> None:
    email = await account(office)
    await office.auth.passwords.verify("x", None)  # the hash of nobody's password is made once
    before = office.passwords.computed

    with query_log.at_most(100) as log:
        result = await office.auth.staff.sign_in(office.browser(), email, password)

    assert result == SignIn("refused")
    assert office.passwords.computed - before == 1
    kinds = [" ".join(statement.split()[:3]) for statement in log.statements]
    assert kinds == [
        "INSERT INTO kernel_sign_in_failure",
        "SELECT u.id, u.email,",
        "SELECT pg_advisory_xact_lock(hashtextextended('kernel_audit:' ||",
        "SELECT seq, hash",
        "INSERT INTO kernel_audit",
        "INSERT INTO kernel_audit_head",
    ]
    assert (await office.actions())[-1] == "kernel.sign_in_refused"


async def test_the_log_of_refusals_names_known_accounts_and_keeps_no_unknown_address(office, ada) -> None:
    ctx = office.browser(remote="203.0.113.5")
    await office.auth.staff.sign_in(ctx, EMAIL, "wrong")
    await office.auth.staff.sign_in(ctx, "stranger@shop.test", "wrong")

    unknown, known_one = await office.audit.entries(office.ctx(), limit=2)

    assert (known_one.subject_id, unknown.subject_id) == (str(ada), "unknown")
    assert known_one.data == {"reason": "credentials", "address": "203.0.113.5", "locked": False}
    assert "stranger" not in str(unknown)


async def test_guessing_is_throttled_alike_for_known_and_unknown_accounts(office, ada) -> None:
    for email in (EMAIL, "nobody@shop.test"):
        answers = [await office.auth.staff.sign_in(office.browser(), email, "wrong") for _ in range(6)]
        assert [answer.status for answer in answers] == ["refused"] * 5 + ["throttled"]
        assert answers[-1].retry_after == 60


async def test_the_right_password_does_not_help_while_the_account_is_locked(office, ada) -> None:
    for _ in range(5):
        await office.auth.staff.sign_in(office.browser(), EMAIL, "wrong")
    before = office.passwords.computed

    assert (await office.auth.staff.sign_in(office.browser(), EMAIL, PASSWORD)).status == "throttled"
    assert office.passwords.computed == before

    office.clock.advance(60)
    assert (await office.auth.staff.sign_in(office.browser(), EMAIL, PASSWORD)).status == "ok"
    assert (await office.auth.staff.sign_in(office.browser(), EMAIL, "wrong")).status == "refused"


@pytest.mark.parametrize("email", ["", "\0", "\ud800", "x" * 5000, "'; DROP TABLE kernel_staff_user; --"])
async def test_what_is_not_an_address_is_refused_like_any_other(office, ada, email: str) -> None:
    assert await office.auth.staff.sign_in(office.browser(), email, PASSWORD) == SignIn("refused")


async def test_a_hash_made_at_another_cost_is_renewed_at_sign_in(office, ada) -> None:
    old = PasswordHasher(time_cost=2, memory_cost=64, parallelism=1).hash(PASSWORD)
    async with office.db.system_transaction() as session:
        await session.execute(text("UPDATE kernel_staff_user SET password_hash = :hash"), {"hash": old})

    assert (await office.auth.staff.sign_in(office.browser(), EMAIL, PASSWORD)).status == "ok"

    stored = await office.db.fetch_value(None, "SELECT password_hash FROM kernel_staff_user")
    assert "t=1" in stored
    assert (await office.auth.staff.sign_in(office.browser(), EMAIL, PASSWORD)).status == "ok"


@pytest.fixture
async def secret(office, ada) -> str:
    ctx = await office.acting(ada)
    enrolment = await office.auth.totp.begin(ctx, PASSWORD)
    await office.auth.totp.confirm(ctx, pyotp.TOTP(enrolment.secret).at(office.clock.now()))
    office.clock.advance(60)
    return enrolment.secret


async def test_with_a_second_factor_the_password_alone_does_not_sign_in(office, ada, secret: str) -> None:
    ctx = office.browser()

    assert (await office.auth.staff.sign_in(ctx, EMAIL, PASSWORD)).status == "needs_totp"

    assert ctx.visit.session.staff_user_id is None
    assert (await office.auth.staff.sign_in(ctx, EMAIL, "wrong")).status == "refused"


async def test_the_code_finishes_a_sign_in_that_was_begun_in_the_same_browser(
    office, ada, secret: str
) -> None:
    ctx = office.browser()
    await office.auth.staff.sign_in(ctx, EMAIL, PASSWORD)

    assert (await office.auth.staff.confirm_totp(ctx, "000000")).status == "refused"
    result = await office.auth.staff.confirm_totp(ctx, pyotp.TOTP(secret).at(office.clock.now()))

    session = ctx.visit.session
    assert result == SignIn("ok", ada)
    assert (session.staff_user_id, session.rotate, session.get(PENDING)) == (ada, True, None)


async def test_the_code_alone_opens_nothing(office, ada, secret: str) -> None:
    code = pyotp.TOTP(secret).at(office.clock.now())

    assert await office.auth.staff.confirm_totp(office.browser(), code) == SignIn("refused")


async def test_the_code_comes_too_late_after_five_minutes(office, ada, secret: str) -> None:
    ctx = office.browser()
    await office.auth.staff.sign_in(ctx, EMAIL, PASSWORD)
    office.clock.advance(timedelta(minutes=5))

    code = pyotp.TOTP(secret).at(office.clock.now())
    assert await office.auth.staff.confirm_totp(ctx, code) == SignIn("refused")


async def test_codes_cannot_be_guessed_by_showing_the_right_password_in_between(
    office, ada, secret: str
) -> None:
    tries = 0
    for _ in range(8):
        ctx = office.browser()
        if (await office.auth.staff.sign_in(ctx, EMAIL, PASSWORD)).status == "throttled":
            break
        tries += (await office.auth.staff.confirm_totp(ctx, "000000")).status == "refused"

    assert tries == 5


async def test_signing_out_takes_the_staff_user_out_of_the_session(office, ada) -> None:
    ctx = await office.acting(ada)

    await office.auth.staff.sign_out(ctx)

    assert (ctx.visit.session.staff_user_id, ctx.visit.session.rotate) == (None, True)
    assert (await office.actions())[-1] == "kernel.signed_out"
