# SPDX-License-Identifier: Apache-2.0
"""Tax ids of companies: brought into one form, and checked by the rules of their country where they are known."""

import re

from stdnum import get_cc_module
from stdnum.eu import vat
from stdnum.exceptions import ValidationError

from shopwright.errors import FieldError, Invalid
from shopwright.i18n import translatable

_PLAIN = re.compile(r"[A-Z0-9][A-Z0-9./-]{2,29}")


def clean(tax_id: str, country: str) -> str:
    """Give a tax id in the form it is kept in: in the EU a VAT number with its country in front.

    Countries whose rules are not known take any short number.

    Raises:
        Invalid: it does not fit the country.
    """
    typed = re.sub(r"\s+", "", tax_id).upper()
    if not typed:
        return ""
    code = country.lower()
    try:
        if code in vat.MEMBER_STATES:
            prefix = "EL" if code == "gr" else country
            return str(vat.validate(typed if typed.startswith(prefix) else f"{prefix}{typed}"))
        module = get_cc_module(code, "vat")
        if module is not None:
            return str(module.validate(typed))
    except ValidationError:
        raise _wrong() from None
    if not _PLAIN.fullmatch(typed):
        raise _wrong()
    return typed


def _wrong() -> Invalid:
    message = translatable("This is no tax id of this country: look for a missing or mistyped digit.")
    return Invalid(message, errors=[FieldError("/tax_id", "wrong_tax_id", message)])
