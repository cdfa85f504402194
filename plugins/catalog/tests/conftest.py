# SPDX-License-Identifier: Apache-2.0
"""A store with a catalogue, and words to fill it."""

import io

import pytest
from PIL import Image
from tests.shop import as_staff, bearer, system

from shopwright.testing.kernels import ALPHA, BETA
from shopwright_catalog.api import (
    CategoryInput,
    ImageInput,
    ProductInput,
    VariantInput,
    save_category,
    save_product,
)


@pytest.fixture
async def kernel(make_kernel):
    return await make_kernel(plugins=["catalog"], stores=[ALPHA, BETA])


@pytest.fixture
def ctx(kernel):
    return system(kernel, "alpha")


@pytest.fixture
async def staff(ctx, make_client):
    return await as_staff(ctx, make_client)


@pytest.fixture
async def client(ctx, make_client):
    return await make_client(ctx.kernel, "alpha")


@pytest.fixture
async def editor(ctx):
    """Headers of a program that may keep the catalogue."""
    rights = ("product.view", "product.edit", "category.view", "category.edit")
    return {"headers": await bearer(ctx, *(f"catalog.{right}" for right in rights))}


def shirt(**values) -> ProductInput:
    variants = tuple(
        VariantInput(sku=f"SHIRT-{size}", price=price, options=(size,)) for size, price in (("S", 1900), ("M", 2100))
    )  # fmt: skip
    base = {
        "handle": "shirt", "title": "Shirt", "description_html": "<p>Soft</p>", "vendor": "Mill", "tags": ("linen",),
        "option_names": ("Size",), "variants": variants, "images": (ImageInput("https://img.example/s.jpg", "Front"),),
    }  # fmt: skip
    return ProductInput(**{**base, **values})


@pytest.fixture
def save(ctx):
    async def put(*products: ProductInput):
        async def work(session):
            return [await save_product(ctx, session, product) for product in products]

        return await ctx.run(work)

    return put


@pytest.fixture
def categorise(ctx):
    async def put(handle: str, **values):
        category = CategoryInput(handle=handle, title=values.pop("title", handle.title()), **values)
        return await ctx.run(lambda session: save_category(ctx, session, category))

    return put


@pytest.fixture
def picture(tmp_path):
    """The bytes of a small picture."""

    def draw(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
        out = io.BytesIO()
        Image.new("RGB", size, (200, 90, 10)).save(out, kind)
        return out.getvalue()

    return draw
