# SPDX-License-Identifier: Apache-2.0
"""The kinds of relations there are without other plugins."""

from dataclasses import dataclass

from shopwright.context import Context
from shopwright.i18n import translatable
from shopwright_related_products.api import RELATED


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind with its words."""

    code: str
    words: str

    def label(self, ctx: Context) -> str:
        return ctx.gettext(self.words)


KINDS = (
    Kind("related_products.accessory", translatable("Goes with it")),
    Kind("related_products.upsell", translatable("One step up")),
    Kind(RELATED, translatable("Related products")),
)
