# SPDX-License-Identifier: Apache-2.0
"""The calls of the how-to about the API do what it says."""

import json
import re
from pathlib import Path

from tests.shop import bearer, system

from shopwright.testing.kernels import ALPHA

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "use-the-api.md"


async def test_the_calls_of_the_page_answer_as_it_says(make_kernel, make_client):
    page = PAGE.read_text("utf-8")
    paged, sparse, wrong = re.findall(r"^GET (\S+)$", page, re.MULTILINE)
    told = [json.loads(text) for text in re.findall(r"^```json\n(.*?)^```", page, re.MULTILINE | re.DOTALL)]
    kernel = await make_kernel(plugins=["tax"], stores=[ALPHA])
    ctx = system(kernel, "alpha")
    client = await make_client(kernel, "alpha")
    headers = await bearer(ctx, "tax.rate.view", "tax.rate.edit")
    root = "/api/admin/v1/tax-rates"
    empty = await client.get_json(root, headers=headers)
    made = []
    for country, label in (("DE", "USt"), ("FR", "TVA")):
        body = {"country": country, "label": label, "percent": "19"}
        answer = await client.send("POST", root, body, headers=headers | {"Idempotency-Key": country})
        made.append((await answer.json())["id"])
    first = await client.get_json(paged, headers=headers)
    second = await client.get_json(f"{paged}&cursor={first['next_cursor']}", headers=headers)
    foreign = await client.get(f"{root}?cursor={first['next_cursor']}", headers=headers)
    refused = await client.get(wrong, headers=headers)
    one = f"{root}/{made[0]}"
    tag = {"If-Match": (await client.get(one, headers=headers)).headers["ETag"]}
    body = {"country": "DE", "label": "Umsatzsteuer", "percent": "19"}
    changes = [await client.send("PUT", one, body, headers=headers | tag) for _ in range(2)]
    neither = await client.send("DELETE", one, headers=headers)
    removed = [await client.send("DELETE", one, headers=headers | {"If-Match": x}) for x in ('"1"', '"2"')]

    assert empty == told[0]
    assert [x["country"] for x in (*first["items"], *second["items"])] == ["FR", "DE"]
    assert (second["next_cursor"], foreign.status) == ("", 400)
    assert (refused.status, (await refused.json())["errors"]) == (422, [told[1]])
    assert [x.status for x in changes] == [200, 412]
    assert [x.headers["ETag"] for x in changes] == ['"2"', '"2"']
    assert (neither.status, [x.status for x in removed]) == (422, [412, 204])
    assert (await client.get_json(sparse, headers=headers))["items"] == []
    sparse = sparse.replace("DE", "FR")
    assert (await client.get_json(sparse, headers=headers))["items"] == [
        {"id": made[1], "label": "TVA", "percent": "19"}
    ]
