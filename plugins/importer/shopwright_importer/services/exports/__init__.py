# SPDX-License-Identifier: Apache-2.0
"""Writing products as files of other platforms."""

from shopwright_importer.services.exports import magento, shopify, woocommerce
from shopwright_importer.services.exports.item import Writer

WRITERS: dict[str, Writer] = {
    "shopify-csv": Writer("Shopify", shopify.COLUMNS, shopify.rows),
    "woocommerce-csv": Writer("WooCommerce", woocommerce.COLUMNS, woocommerce.rows),
    "magento-csv": Writer("Magento", magento.COLUMNS, magento.rows),
}
"""By the code of the format, which is that of imports."""
