# SPDX-License-Identifier: Apache-2.0
"""Lists of APIs: cursors that are theirs alone, and the fields and parts that were asked for."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import pytest
from pydantic import TypeAdapter

from shopwright.errors import BadRequest, Invalid
from shopwright.http.listing import ListQuery, Page, item_names, selection
from shopwright.http.versions import seen


@dataclass(frozen=True, slots=True)
class Thing:
    id: UUID
    name: str
    parts: tuple[str, ...] = ()


class ThingQuery(ListQuery):
    PARTS = ("parts",)
    q: str = ""
    sort: Literal["", "name", "-name"] = ""
    include: str = ""


THINGS = [Thing(UUID(int=n), name, ("bolt",)) for n, name in enumerate("dbeac", 1)]
PAGE = TypeAdapter(Page[Thing])


def test_a_whole_list_is_walked_in_its_order_or_a_sorted_one_and_survives_the_loss_of_an_item():
    for sort, wanted in (("", "dbeac"), ("name", "abcde"), ("-name", "edcba")):
        found, cursor = "", ""
        while True:
            page = ThingQuery(sort=sort, limit=2, cursor=cursor).whole(THINGS, "id")
            found, cursor = found + "".join(x.name for x in page.items), page.next_cursor
            if not cursor:
                break
        assert found == wanted

    second = ThingQuery(limit=2, cursor=ThingQuery(limit=2).whole(THINGS, "id").next_cursor)
    assert [x.name for x in second.whole([THINGS[0], *THINGS[2:]], "id").items] == ["e", "a"]


def test_a_page_of_rows_goes_on_behind_its_last_one_and_a_cursor_is_good_for_one_list_only():
    page = ThingQuery(limit=2).page(THINGS[:3], "name", "id")
    following = ThingQuery(limit=3, cursor=page.next_cursor)

    assert ([x.name for x in page.items], following.after(str, UUID)) == (["d", "b"], ("b", UUID(int=2)))
    assert ThingQuery(limit=3).page(THINGS[:3], "id").next_cursor == ""
    for query in (
        ThingQuery(cursor=page.next_cursor, q="x"),
        ThingQuery(cursor=page.next_cursor, sort="name"),
        ListQuery(cursor=page.next_cursor),
        ThingQuery(cursor=page.next_cursor[:-1]),
        ThingQuery(cursor="ä"),
    ):
        with pytest.raises(BadRequest) as refused:
            query.after(str, UUID)
        assert refused.value.errors[0].pointer == "/cursor"


def test_fields_and_include_say_what_is_sent_and_name_what_there_is():
    names = item_names(PAGE)

    def sent(**query):
        chosen = selection(ThingQuery(**query), lambda: names)
        return set(PAGE.dump_python(Page(THINGS, ""), **chosen)["items"][0])

    assert names == ("id", "name", "parts")
    assert sent() == {"id", "name"}
    assert sent(include="parts") == {"id", "name", "parts"}
    assert sent(fields="name, parts") == {"name", "parts"}
    assert sent(fields="id", include="parts") == {"id", "parts"}
    for query, pointer, there in (
        ({"fields": "id,sise"}, "/fields", "'sise'. There are: id, name, parts."),
        ({"include": "name"}, "/include", "'name'. There are: parts."),
    ):
        with pytest.raises(Invalid) as refused:
            sent(**query)
        assert refused.value.errors[0].pointer == pointer
        assert refused.value.errors[0].message.endswith(there)


def test_the_version_of_the_header_wins_and_one_is_needed():
    assert (seen(3, 2), seen(None, 2), seen(0, 2)) == (3, 2, 0)
    with pytest.raises(Invalid) as refused:
        seen(None, None)
    assert refused.value.errors[0].pointer == "/version"
