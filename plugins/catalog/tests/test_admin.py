# SPDX-License-Identifier: Apache-2.0
"""The catalogue's admin pages, as forms without scripts send them."""

import re
from html import unescape

import pytest
from aiohttp import FormData
from plugins.catalog.tests.conftest import shirt
from tests.shop import as_staff

from shopwright_catalog.services.edit_category import draft as category_draft
from shopwright_catalog.services.staff_view import draft

_INPUT = re.compile(r"<input ([^>]*)>")
_ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')
_TEXTAREA = re.compile(r'<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)</textarea>')
_SELECT = re.compile(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', re.DOTALL)


def fields_of(page: str) -> dict[str, str]:
    """Give what a browser would send of the page's main form when nothing is changed."""
    form = page[
        page.index('enctype="multipart/form-data"') : page.index("</form>", page.index("multipart/form-data"))
    ]
    found = {}
    for text in _INPUT.findall(form):
        attributes = {name: unescape(value) for name, value in _ATTRIBUTE.findall(text)}
        is_off = attributes.get("type") == "checkbox" and "checked" not in attributes
        if not is_off and attributes.get("type") != "file":
            found[attributes["name"]] = attributes.get("value", "")
    found |= {name: unescape(value) for name, value in _TEXTAREA.findall(form)}
    for name, options in _SELECT.findall(form):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = unescape(chosen[1]) if chosen else ""
    return found


@pytest.fixture
def edit(staff):
    """Change some fields of a page's form, leave the rest as it is, and send it."""

    async def change(path: str, changes: dict[str, object], files=(), drop=()):
        fields = fields_of(await (await staff.get(path)).text()) | changes
        form = FormData()
        for name, value in fields.items():
            if name not in drop:
                form.add_field(name, value)
        for name, content, file_name in files:
            form.add_field(name, content, filename=file_name, content_type="application/octet-stream")
        return await staff.request("POST", path, data=form)

    return change


async def test_saving_a_form_that_was_not_touched_changes_nothing(ctx, save, edit, categorise):
    await categorise("clothes")
    texts = {"de": {"title": "Hemd", "texts": {"Size": "Größe", "Front": "Vorn"}}}
    [saved] = await save(shirt(category_handles=("clothes",), translations=texts))
    before = await draft(ctx, saved.id)

    answer = await edit(f"/admin/products/{saved.id}", {"category": "clothes"})

    assert answer.status == 303
    assert (await draft(ctx, saved.id)).product == before.product


async def test_a_product_is_made_without_scripts(ctx, edit, picture):
    answer = await edit(
        "/admin/products/new",
        {"title": "Öl & Lampe", "published": "true", "option.0": "Size", "value.0.0": "S", "price.0": "12,50",
         "value.0.1": "M", "price.1": "15", "sku.1": "LAMP-M", "tags": "oil, lamp, oil", "upload_alt": "A lamp"},
        [("upload", picture(), "Öl lampe.png")],
    )  # fmt: skip

    product = (await draft(ctx, None, handle="ol-lampe")).product
    assert answer.status == 303
    assert [(v.options, v.price, v.sku) for v in product.variants] == [
        (("S",), 1250, ""),
        (("M",), 1500, "LAMP-M"),
    ]
    assert (product.tags, product.published) == (("oil", "lamp"), True)
    image = product.images[0]
    assert (image.alt, image.width, image.height) == ("A lamp", 40, 30)
    assert re.fullmatch(r"alpha/[A-Za-z0-9-]+-[0-9a-f]{12}\.png", image.source)
    assert (ctx.kernel.config.media_path / image.source).read_bytes() == picture()


async def test_variants_and_images_are_changed_added_and_removed(ctx, save, edit):
    [saved] = await save(shirt())
    small, medium = saved.variant_ids

    await edit(
        f"/admin/products/{saved.id}",
        {"remove.0": "true", "value.0.1": "Medium", "value.0.2": "L", "price.2": "23.00", "drop.0": "true"},
    )

    product = (await draft(ctx, saved.id)).product
    assert [(v.options, v.price) for v in product.variants] == [(("Medium",), 2100), (("L",), 2300)]
    assert product.variants[0].id == medium
    assert small not in {v.id for v in product.variants}
    assert product.images == ()


async def test_a_product_gets_another_handle_unless_it_is_taken(ctx, save, edit):
    saved, _ = await save(shirt(), shirt(handle="mug"))
    page = f"/admin/products/{saved.id}"

    taken = await edit(page, {"handle": "mug"})
    moved = await edit(page, {"handle": "linen-shirt"})

    assert taken.status == 422
    assert "Shirt has this handle already; choose another one." in await taken.text()
    assert moved.status == 303
    assert (await draft(ctx, saved.id)).product.handle == "linen-shirt"


async def test_a_new_product_never_takes_the_place_of_another(ctx, save, edit):
    await save(shirt())

    answer = await edit("/admin/products/new", {"title": "Shirt", "price.0": "1"})

    assert answer.status == 422
    assert (await draft(ctx, None, handle="shirt")).product.variants[0].price == 1900


async def test_wrong_fields_are_named_and_nothing_typed_is_lost(ctx, save, edit):
    [saved] = await save(shirt())

    answer = await edit(
        f"/admin/products/{saved.id}", {"title": "Typed anew", "price.0": "cheap", "sku.1": "NEW-SKU"}
    )
    kept = fields_of(await answer.text())

    assert answer.status == 422
    assert "Give a price like 12.50." in await answer.text()
    assert (kept["title"], kept["price.0"], kept["sku.1"]) == ("Typed anew", "cheap", "NEW-SKU")
    assert (await draft(ctx, saved.id)).product.title == "Shirt"


async def test_who_was_slower_keeps_what_was_typed_and_may_save_it_after_all(ctx, save, staff):
    [saved] = await save(shirt())
    page = f"/admin/products/{saved.id}"
    mine = fields_of(await (await staff.get(page)).text()) | {"title": "Mine"}
    await save(shirt(title="Theirs"))

    late = await staff.request("POST", page, data=mine)
    shown = fields_of(await late.text())
    again = await staff.request("POST", page, data=shown)

    assert late.status == 409
    assert "What you typed is still here" in await late.text()
    assert (shown["title"], shown["version"]) == ("Mine", "2")
    assert again.status == 303
    assert (await draft(ctx, saved.id)).product.title == "Mine"


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "a.svg is not an image we take"),
        (b"not an image", "a.png", "a.png is not an image we take"),
        (b"", "a.png", "a.png is not an image we take"),
    ],
)
async def test_what_is_no_picture_is_refused_by_its_content(ctx, save, edit, content, name, words):
    [saved] = await save(shirt())
    before = (await draft(ctx, saved.id)).product

    answer = await edit(f"/admin/products/{saved.id}", {"title": "Typed"}, [("upload", content, name)])

    assert answer.status == 422
    assert words in await answer.text()
    assert (await draft(ctx, saved.id)).product == before
    assert fields_of(await answer.text())["title"] == "Typed"


async def test_a_picture_with_too_many_pixels_is_refused(edit, picture):
    files = [("upload", picture(size=(9000, 6000)), "big.png")]
    answer = await edit("/admin/products/new", {"title": "Big", "price.0": "1"}, files)

    assert answer.status == 422
    assert "big.png has more than 50 million pixels." in await answer.text()


async def test_translations_are_kept_for_words_the_product_has(ctx, save, edit):
    [saved] = await save(shirt())

    await edit(f"/admin/products/{saved.id}", {"t.de.title": "Hemd", "t.de.text.0": "Größe"})

    found = (await draft(ctx, saved.id)).product.translations
    assert found == {"de": {"title": "Hemd", "texts": {"Size": "Größe"}}}


async def test_a_product_is_taken_away_and_brought_back(ctx, save, staff, edit):
    [saved] = await save(shirt())
    page = f"/admin/products/{saved.id}"

    gone = await staff.submit(page, {}, action=f"{page}/delete")
    archived = await draft(ctx, saved.id)
    listed = await (await staff.get("/admin/products?status=archived")).text()
    await edit(page, {"published": "true"})

    assert (gone.status, archived.archived) == (303, True)
    assert page in listed
    back = await draft(ctx, saved.id)
    assert (back.archived, back.product.published, len(back.product.variants)) == (False, True, 2)


async def test_the_list_is_searched_filtered_and_paged(save, staff):
    await save(
        shirt(),
        shirt(handle="mug", title="Mug", published=False),
        *(shirt(handle=f"x{n}") for n in range(50)),
    )

    async def text(query: str) -> str:
        return await (await staff.get(f"/admin/products{query}")).text()

    assert "Mug" in await text("?q=mug")
    assert ">Shirt</a>" not in await text("?status=draft")
    assert "No products here" in await text("?status=archived")
    following = re.search(r'href="/admin/products(\?cursor=[^"]+)">Next', await text(""))
    assert ">Next</a>" not in await text(following[1])
    assert "Nothing was found" in await text("?q=%25")


async def test_a_category_is_made_changed_and_deleted(ctx, staff, edit, picture):
    made = await edit(
        "/admin/category/new", {"title": "Floor lamps", "visible": "true", "t.de.title": "Stehlampen"}
    )
    page = made.headers["Location"]
    await edit(page, {"title": "Lamps", "position": "3"}, [("picture", picture("WEBP"), "lamps.webp")])
    found = await category_draft(ctx, "floor-lamps")
    wrong = await edit(page, {"title": ""})
    twice = await edit("/admin/category/new", {"title": "Floor lamps"})
    renamed = await edit(page, {"handle": "lamps"})
    gone = await staff.submit("/admin/categories/lamps", {}, action="/admin/categories/lamps/delete")

    assert (made.status, page) == (303, "/admin/categories/floor-lamps")
    assert (found.category.title, found.category.position) == ("Lamps", 3)
    assert found.category.translations["de"]["title"] == "Stehlampen"
    assert found.category.image_source.endswith(".webp")
    assert (wrong.status, twice.status, renamed.headers["Location"], gone.status) == (
        422,
        422,
        "/admin/categories/lamps",
        303,
    )
    assert await ctx.fetch_value("SELECT count(*) FROM catalog_category") == 0


async def test_a_category_that_somebody_else_changed_keeps_what_was_typed(categorise, staff):
    await categorise("lamps")
    mine = fields_of(await (await staff.get("/admin/categories/lamps")).text()) | {"title": "Mine"}
    await categorise("lamps", title="Theirs")

    late = await staff.request("POST", "/admin/categories/lamps", data=mine)

    assert late.status == 409
    assert fields_of(await late.text())["title"] == "Mine"


PAGES = ["/admin/products/new", "/admin/category/new"]


@pytest.mark.parametrize("path", PAGES)
async def test_customer_service_may_look_but_not_change(ctx, make_client, save, path):
    [saved] = await save(shirt())
    client = await as_staff(ctx, make_client, role="customer_service")
    page = f"/admin/products/{saved.id}"
    text = await (await client.get(page)).text()
    token = await client.csrf_token(page)

    changed = await client.request("POST", page, data={"csrf_token": token, "title": "No"})

    assert (await client.get("/admin/products")).status == 200
    assert (await client.get(path)).status == 403
    assert changed.status == 403
    assert ">Save</button>" not in text


@pytest.mark.parametrize("path", ["/admin/products", "/admin/categories", *PAGES])
async def test_nobody_sees_the_pages_without_signing_in(client, path):
    answer = await client.get(path)

    assert (answer.status, answer.headers["Location"].partition("?")[0]) == (303, "/admin/login")


async def test_the_point_of_a_picture_that_stays_visible_is_set_and_kept_and_checked(ctx, save, edit, client):
    [saved] = await save(shirt())
    page = f"/admin/products/{saved.id}"

    await edit(page, {"focus_x.0": "30", "focus_y.0": "96"})
    await edit(page, {"title": "Better shirt"})
    wrong = await edit(page, {"focus_x.0": "101", "focus_y.0": "middle"})

    image = (await draft(ctx, saved.id)).product.images[0]
    assert (image.focus_x, image.focus_y) == (30, 96)
    assert wrong.status == 422
    assert (await wrong.text()).count("Give a number from 0 to 100.") == 3
