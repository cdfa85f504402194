# SPDX-License-Identifier: Apache-2.0
"""Languages: translated messages, and numbers, dates and money as people write them."""

from shopwright.i18n.catalogue import TranslationRegistry, Translator, translatable
from shopwright.i18n.format import format_date, format_datetime, format_money, format_number
from shopwright.i18n.locales import fallback_chain, negotiate, parse_locale

__all__ = [
    "TranslationRegistry",
    "Translator",
    "fallback_chain",
    "format_date",
    "format_datetime",
    "format_money",
    "format_number",
    "negotiate",
    "parse_locale",
    "translatable",
]
