# SPDX-License-Identifier: Apache-2.0
from shopwright.testing.conformance import PluginConformance


class TestRelatedProducts(PluginConformance):
    plugin = "related_products"
