# SPDX-License-Identifier: Apache-2.0
"""What a product must be like to be saved; every mistake is told at once, with its place."""

import re
from collections import Counter

from shopwright.errors import FieldError, Invalid
from shopwright.i18n import translatable
from shopwright_catalog.api import ProductInput, VariantInput
from shopwright_catalog.api.handles import check_handle
from shopwright_catalog.services import publication
from shopwright_catalog.services.pictures import MISSING, is_source

MAX_PRICE = 10**12
MAX_GRAMS = 10**9
TAX_CATEGORY = r"[a-z][a-z0-9_-]{0,39}"
_LONGEST = {
    "title": (500, translatable("Use at most 500 characters.")),
    "vendor": (255, translatable("Use at most 255 characters.")),
    "product_type": (255, translatable("Use at most 255 characters.")),
    "seo_title": (500, translatable("Use at most 500 characters.")),
    "seo_description": (2000, translatable("Use at most 2000 characters.")),
}


def check(product: ProductInput) -> None:
    """Refuse what cannot be saved.

    Raises:
        Invalid: every mistake with its JSON pointer.
    """
    errors = check_handle(product.handle, product.translations)
    if not product.title.strip():
        errors.append(FieldError("/title", "required", translatable("Give the product a title.")))
    for name, (longest, words) in _LONGEST.items():
        if len(getattr(product, name)) > longest:
            errors.append(FieldError(f"/{name}", "too_long", words))
    if len(product.option_names) > 3:
        errors.append(FieldError("/option_names", "too_many", translatable("Use at most 3 options.")))
    if not 1 <= len(product.variants) <= 2000:
        errors.append(FieldError("/variants", "wrong_number", translatable("Give 1 to 2000 variants.")))
    errors += [
        FieldError(f"/images/{index}/source", "bad_source", MISSING)
        for index, image in enumerate(product.images)
        if not is_source(image.source)
    ]
    errors += [
        FieldError(f"/images/{index}/{name}", "out_of_range", translatable("Give a number from 0 to 100."))
        for index, image in enumerate(product.images)
        for name in ("focus_x", "focus_y")
        if not 0 <= getattr(image, name) <= 100
    ]
    repeated = {
        options for options, times in Counter(v.options for v in product.variants).items() if times > 1
    }
    for index, variant in enumerate(product.variants):
        errors += _variant_errors(f"/variants/{index}", variant, product, repeated)
    errors += publication.check(product)
    if errors:
        raise Invalid(errors=errors)


def _variant_errors(
    pointer: str, variant: VariantInput, product: ProductInput, repeated: set[tuple[str, ...]]
) -> list[FieldError]:
    errors: list[FieldError] = []
    if not 0 <= variant.price <= MAX_PRICE:
        errors.append(
            FieldError(f"{pointer}/price", "out_of_range", translatable("Give a price of 0 or more."))
        )
    if variant.compare_at is not None and not 0 <= variant.compare_at <= MAX_PRICE:
        errors.append(
            FieldError(
                f"{pointer}/compare_at", "out_of_range", translatable("Give a price of 0 or more, or none.")
            )
        )
    if not 0 <= variant.weight_grams <= MAX_GRAMS:
        errors.append(
            FieldError(f"{pointer}/weight_grams", "out_of_range", translatable("Give a weight of 0 or more."))
        )
    if not re.fullmatch(TAX_CATEGORY, variant.tax_category, re.ASCII):
        words = translatable("Use small letters, digits, - and _, like standard or reduced.")
        errors.append(FieldError(f"{pointer}/tax_category", "bad_tax_category", words))
    if variant.image_source and not is_source(variant.image_source):
        errors.append(FieldError(f"{pointer}/image_source", "bad_source", MISSING))
    if len(variant.options) != len(product.option_names):
        message = f"Give a value for each of the {len(product.option_names)} options."
        errors.append(FieldError(f"{pointer}/options", "wrong_number", message))
    if variant.options in repeated:
        message = f"Two variants have the same options: {' / '.join(variant.options) or 'none'}."
        errors.append(FieldError(f"{pointer}/options", "repeated", message))
    return errors
