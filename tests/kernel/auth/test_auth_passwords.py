# SPDX-License-Identifier: Apache-2.0
import asyncio
from threading import Event

import pytest

from shopwright.auth.passwords import (
    CHEAP,
    STANDARD,
    Cost,
    Passwords,
    password_problem,
    require_acceptable,
)
from shopwright.errors import Invalid, Unavailable

WORDS = "four unrelated words here"


async def test_a_password_belongs_to_its_own_hash_only() -> None:
    passwords = Passwords(CHEAP)
    stored = await passwords.hash(WORDS)

    assert stored.startswith("$argon2id$")
    assert await passwords.verify(WORDS, stored)
    assert not await passwords.verify(WORDS + " ", stored)
    assert await passwords.hash(WORDS) != stored


async def test_the_same_characters_typed_on_another_keyboard_are_the_same_password() -> None:
    passwords = Passwords(CHEAP)

    assert await passwords.verify(
        "cafe\N{COMBINING ACUTE ACCENT} au lait", await passwords.hash("café au lait")
    )


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$v=19$m=64,t=1,p=1$AAAA$AAAA"])
async def test_without_a_usable_hash_the_answer_is_no(stored: str | None) -> None:
    assert not await Passwords(CHEAP).verify(WORDS, stored)


async def test_a_password_with_half_a_character_is_wrong_not_an_error() -> None:
    passwords = Passwords(CHEAP)

    assert not await passwords.verify("\ud800" * 12, await passwords.hash(WORDS))


async def test_a_hash_made_at_another_cost_is_made_anew() -> None:
    old = await Passwords(CHEAP).hash(WORDS)

    assert not Passwords(CHEAP).needs_rehash(old)
    assert Passwords(Cost(time=2, memory_kib=64)).needs_rehash(old)


def test_the_usual_cost_is_not_below_what_owasp_asks_for() -> None:
    assert STANDARD.memory_kib >= 47_104
    assert STANDARD.time >= 1


class Held(Passwords):
    """Hashes when told to."""

    def __init__(self) -> None:
        super().__init__(CHEAP, threads=1, waiting=1)
        self.go = Event()

    def _compute(self, password: bytes) -> str:
        self.go.wait(10)
        return super()._compute(password)


async def test_what_does_not_fit_in_line_is_turned_away_and_the_line_moves_on() -> None:
    passwords = Held()
    two = [asyncio.create_task(passwords.hash(WORDS)) for _ in range(2)]
    await asyncio.sleep(0)

    with pytest.raises(Unavailable) as refused:
        await passwords.hash(WORDS)
    passwords.go.set()
    await asyncio.gather(*two)

    assert refused.value.headers == {"Retry-After": "5"}
    assert await passwords.verify(WORDS, await passwords.hash(WORDS))


async def test_a_place_in_line_is_given_back_when_whoever_asked_has_gone_away() -> None:
    passwords = Held()
    two = [asyncio.create_task(passwords.hash(WORDS)) for _ in range(2)]
    await asyncio.sleep(0)
    for task in two:
        task.cancel()
    await asyncio.gather(*two, return_exceptions=True)
    passwords.go.set()
    await asyncio.get_running_loop().run_in_executor(passwords._pool, lambda: None)

    await asyncio.gather(passwords.hash(WORDS), passwords.hash(WORDS))


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "too_short"),
        ("nine char", "too_short"),
        ("x" * 1025, "too_long"),
        ("ada@shop.test", "like_email"),
        ("ADA@Shop.Test", "like_email"),
        ("password123", "common"),
        ("PassWord123", "common"),
        ("qwertyuiop", "common"),
        ("1234567890", "common"),
        ("aaaaaaaaaaaaaaa", "common"),
        ("ababababababab", "common"),
        (WORDS, None),
        ("ten chars!", None),
        ("短い言葉をいくつか並べる", None),
        ("x1yz" * 256, None),
    ],
)
def test_the_policy_is_about_guessing_not_about_kinds_of_characters(password: str, code: str | None) -> None:
    problem = password_problem(password, email="ada@shop.test")

    assert (problem[0] if problem else None) == code


def test_a_refused_password_names_the_field_and_the_way_out() -> None:
    with pytest.raises(Invalid) as refused:
        require_acceptable("short", pointer="/new_password")

    (error,) = refused.value.errors
    assert (error.pointer, error.code, error.message) == (
        "/new_password",
        "too_short",
        "Use at least 10 characters.",
    )
