# SPDX-License-Identifier: Apache-2.0
"""The formats of product files that can be taken in."""

from shopwright_importer.services.formats.base import Format
from shopwright_importer.services.formats.magento import Magento
from shopwright_importer.services.formats.shopify import Shopify
from shopwright_importer.services.formats.woocommerce import WooCommerce

ALL: tuple[Format, ...] = (Shopify(), WooCommerce(), Magento())
"""A file that fits none is measured by the one it lacks the fewest columns of, the first of them."""

__all__ = ["ALL", "Format"]
