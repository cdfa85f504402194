# SPDX-License-Identifier: Apache-2.0
import asyncio

from tests.kernel.http import dummies

LINE = {"sku": "A", "quantity": 2}
PATH = "/api/v1/once"


async def code(response) -> tuple[int, str]:
    return response.status, (await response.json())["code"]


async def test_the_key_is_needed(client):
    for headers in ({}, {"Idempotency-Key": ""}, {"Idempotency-Key": "x" * 256}):
        response = await client.request("POST", PATH, json=LINE, headers=headers)
        assert await code(response) == (400, "idempotency_key_missing")
    assert dummies.ran == []


async def test_a_repetition_gets_the_same_bytes_and_nothing_is_done_again(client):
    first = await client.send("POST", PATH, LINE, key="k")
    again = await client.send("POST", PATH, LINE, key="k")

    assert (first.status, again.status) == (201, 201)
    assert await first.read() == await again.read()
    assert again.headers["Location"] == first.headers["Location"] == "/api/v1/things/1"
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert ("Idempotent-Replayed" in first.headers, again.headers["Idempotent-Replayed"]) == (False, "true")
    assert dummies.ran == ["once"]


async def test_a_key_used_for_something_else_is_refused(client):
    await client.send("POST", PATH, LINE, key="k")

    for path, body in ((PATH, {**LINE, "quantity": 3}), (f"{PATH}?a=1", LINE)):
        assert await code(await client.send("POST", path, body, key="k")) == (422, "idempotency_key_reused")
    assert dummies.ran == ["once"]


async def test_two_at_once_do_it_once(client):
    first = asyncio.create_task(client.send("POST", PATH, {**LINE, "sku": "wait"}, key="k"))
    await dummies.entered.wait()
    second = await client.send("POST", PATH, {**LINE, "sku": "wait"}, key="k")
    other = asyncio.create_task(client.send("POST", PATH, {**LINE, "sku": "wait"}, key="another"))
    dummies.gate.set()

    assert (second.status, second.headers["Retry-After"]) == (409, "1")
    assert (await second.json())["code"] == "in_flight"
    assert (await first).status == (await other).status == 201
    replay = await client.send("POST", PATH, {**LINE, "sku": "wait"}, key="k")
    assert await replay.read() == await (await first).read()
    assert dummies.ran == ["once", "once"]


async def test_a_storm_of_the_same_call_does_it_once(client):
    answers = await asyncio.gather(*(client.send("POST", PATH, LINE, key="storm") for _ in range(12)))

    assert {answer.status for answer in answers} <= {201, 409}
    assert len({await answer.read() for answer in answers if answer.status == 201}) == 1
    assert dummies.ran == ["once"]


async def test_who_else_uses_the_same_key_has_a_call_of_their_own(client, kernel, make_client):
    await client.request("POST", "/session/a/b")
    other_session, other_store = await make_client(kernel, "alpha"), await make_client(kernel, "beta")
    await other_session.request("POST", "/session/a/b")

    answers = [await c.send("POST", PATH, LINE, key="k") for c in (client, other_session, other_store)]

    assert [answer.headers.get("Idempotent-Replayed") for answer in answers] == [None, None, None]
    assert dummies.ran == ["once", "once", "once"]


async def test_a_crashed_call_is_taken_over_after_its_lease_and_not_before(client, kernel, fake_clock):
    task = asyncio.create_task(client.send("POST", PATH, {**LINE, "sku": "wait"}, key="k"))
    await dummies.entered.wait()

    fake_clock.advance(59)
    early = await client.send("POST", PATH, {**LINE, "sku": "wait"}, key="k")
    fake_clock.advance(2)
    changed = await client.send("POST", PATH, {**LINE, "sku": "wait", "quantity": 9}, key="k")
    slow_gate, dummies.gate = dummies.gate, asyncio.Event()
    dummies.gate.set()
    taken = await client.send("POST", PATH, {**LINE, "sku": "wait"}, key="k")
    slow_gate.set()
    slow = await task

    assert (early.status, changed.status, taken.status, slow.status) == (409, 422, 201, 201)
    replay = await client.send("POST", PATH, {**LINE, "sku": "wait"}, key="k")
    assert await replay.read() == await taken.read() != await slow.read()


async def test_a_failure_of_ours_and_a_state_that_may_pass_can_be_tried_again(client):
    for sku, first in {"crash": 500, "gone": 409}.items():
        dummies.ran.clear()
        statuses = [(await client.send("POST", PATH, {**LINE, "sku": sku}, key=sku)).status for _ in range(2)]
        assert statuses == [first, 201]


async def test_a_refusal_of_the_input_stays_the_answer(client):
    answers = [await client.send("POST", PATH, {**LINE, "sku": "bad"}, key="k") for _ in range(2)]

    assert [answer.status for answer in answers] == [422, 422]
    assert await answers[0].read() == await answers[1].read()
    assert dummies.ran == ["once"]


async def test_a_key_is_kept_for_a_day_and_then_swept(client, kernel, fake_clock):
    store = kernel.directory.by_code("alpha")
    await client.send("POST", PATH, LINE, key="old")
    fake_clock.advance(24 * 3600 - 10)
    assert "Idempotent-Replayed" in (await client.send("POST", PATH, LINE, key="old")).headers

    fake_clock.advance(20)
    await client.send("POST", PATH, LINE, key="new")

    keys = [row["key"] for row in await kernel.db.fetch_rows(store.id, "SELECT key FROM kernel_idempotency")]
    assert keys == ["new"]
    assert "Idempotent-Replayed" not in (await client.send("POST", PATH, LINE, key="old")).headers
