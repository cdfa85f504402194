# SPDX-License-Identifier: Apache-2.0
import asyncio
import hashlib
import json

from shopwright.actor import SYSTEM
from shopwright.http.sessions import Loaded, save
from shopwright.http.visit import WebSession
from shopwright.ids import new_id

ROWS = "SELECT id, token_hash, data::text AS data, customer_id, staff_user_id, expires_at FROM kernel_session"


async def rows(kernel, store: str = "alpha"):
    return await kernel.db.fetch_rows(kernel.directory.by_code(store).id, ROWS)


def sid(client) -> str:
    return next((c.value for c in client.http.session.cookie_jar if c.key == "sid"), "")


async def with_cookie(make_client, kernel, value: str, store: str = "alpha"):
    """Read the session as a browser that has this cookie."""
    stranger = await make_client(kernel, store)
    return await (await stranger.get("/session", headers={"Cookie": f"sid={value}"})).json()


async def put(client, key: str, value: str) -> None:
    assert (await client.request("POST", f"/session/{key}/{value}")).status == 200


async def test_there_is_no_row_and_no_cookie_until_something_is_put_in(client, kernel):
    for path in ("/", "/form", "/session", "/kept"):
        await client.get(path)
    assert (sid(client), await rows(kernel)) == ("", [])

    await put(client, "a", "1")

    (row,) = await rows(kernel)
    assert row["token_hash"] == hashlib.sha256(sid(client).encode()).digest()
    assert len(sid(client)) == 43
    assert (await client.get_json("/session"))["data"] == {"alpha_pages.a": "1"}


async def test_a_session_costs_one_statement_and_reading_writes_nothing(client, query_log):
    await put(client, "a", "1")

    with query_log.recording():
        await client.get("/session")

    assert [s.split()[0] for s in query_log.statements] == ["SELECT"]


async def test_an_unknown_cookie_is_nobody_and_is_not_taken_over(client, kernel, make_client):
    for value in ("made-up", "x" * 43, "x" * 500):
        found = await with_cookie(make_client, kernel, value)
        assert found == {"data": {}, "actor": "anonymous", "id": "None"}
    await client.request("POST", "/session/a/1", headers={"Cookie": "sid=" + "x" * 43})
    assert sid(client) != "x" * 43


async def test_a_session_of_one_store_is_nothing_in_another(client, kernel, make_client):
    await put(client, "a", "1")

    assert (await with_cookie(make_client, kernel, sid(client), "beta"))["data"] == {}
    assert (await with_cookie(make_client, kernel, sid(client)))["data"] == {"alpha_pages.a": "1"}


async def test_two_requests_at_once_keep_what_each_of_them_changed(client):
    await put(client, "a", "1")
    await asyncio.gather(put(client, "b", "2"), put(client, "c", "3"))

    assert (await client.get_json("/session"))["data"] == {
        f"alpha_pages.{k}": v for k, v in zip("abc", "123", strict=True)
    }


async def test_signing_in_gives_the_browser_a_new_session_and_the_old_cookie_ends(
    client, kernel, make_client
):
    await put(client, "a", "1")
    before, customer = sid(client), new_id()

    await client.request("POST", f"/enter/{customer}")

    assert sid(client) != before
    found = await client.get_json("/session")
    assert (found["actor"], found["data"]) == ("customer", {"alpha_pages.a": "1"})
    assert (await with_cookie(make_client, kernel, before))["actor"] == "anonymous"
    assert len(await rows(kernel)) == 1
    assert (await client.get("/account")).status == 200


async def test_a_slow_request_does_not_undo_signing_in(client, kernel):
    await put(client, "a", "1")
    slow = asyncio.create_task(put(client, "b", "2"))
    await asyncio.sleep(0.02)
    await client.request("POST", f"/enter/{new_id()}")
    entered = sid(client)
    await slow

    assert sid(client) == entered
    found = await client.get_json("/session")
    assert (found["actor"], found["data"]) == ("customer", {"alpha_pages.a": "1", "alpha_pages.b": "2"})


async def test_a_session_that_was_ended_meanwhile_is_not_brought_back(client, kernel):
    await put(client, "a", "1")
    slow = asyncio.create_task(client.request("POST", "/session/b/2"))
    await asyncio.sleep(0.02)
    await client.request("POST", "/leave")
    answer = await slow

    assert await rows(kernel) == []
    assert "sid" not in answer.cookies


async def test_a_session_ends_when_it_is_idle_and_lives_while_it_is_used(client, kernel, fake_clock):
    day = 24 * 3600
    await put(client, "a", "1")
    for _ in range(3):
        fake_clock.advance(13 * day)
        response = await client.get("/session")
        assert (await response.json())["data"] == {"alpha_pages.a": "1"}
        assert response.cookies["sid"]["max-age"] == str(14 * day)
    fake_clock.advance(14 * day + 1)
    assert (await client.get_json("/session"))["data"] == {}


async def test_a_staff_session_ends_after_half_a_day(client, kernel, fake_clock):
    ctx = kernel.context(client.store, actor=SYSTEM)
    staff = await kernel.auth.staff.create(
        ctx, email="a@alpha.example", name="A", password="correct horse battery", role="owner"
    )
    await client.request("POST", f"/enter-staff/{staff}")
    assert (await client.get("/admin/numbers")).status == 200
    fake_clock.advance(12 * 3600 + 1)

    assert (await client.get("/admin/numbers")).status == 401


async def test_expired_sessions_are_swept_when_new_ones_are_made(client, kernel, make_client, fake_clock):
    await put(client, "a", "1")
    fake_clock.advance(15 * 24 * 3600)
    await put(await make_client(kernel, "alpha"), "b", "2")

    assert [row["data"] for row in await rows(kernel)] == ['{"alpha_pages.b": "2"}']


async def test_an_empty_session_is_not_written(kernel):
    session = WebSession(changed=True)

    assert (
        await save(
            kernel.context(kernel.directory.by_code("alpha")), Loaded(session, {}, (None, None), None), ""
        )
        is None
    )
    assert await rows(kernel) == []


async def test_a_session_made_anew_keeps_what_was_in_the_old_one(kernel):
    ctx = kernel.context(kernel.directory.by_code("alpha"))
    begun = WebSession(data={"cart.id": "a"}, changed=True)
    first = await save(ctx, Loaded(begun, {}, (None, None), None), "")
    session = WebSession(id=None, data={"cart.id": "a", "note": 1}, changed=True, rotate=True)

    second = await save(ctx, Loaded(session, {"cart.id": '"a"'}, (None, None), None), first.token)

    kept = {row["token_hash"]: json.loads(row["data"]) for row in await rows(kernel)}
    assert kept[hashlib.sha256(second.token.encode()).digest()] == {"cart.id": "a", "note": 1}
