# SPDX-License-Identifier: Apache-2.0
from shopwright.testing.conformance import PluginConformance


class TestWishlists(PluginConformance):
    plugin = "wishlists"
    locales = ("de", "es")
