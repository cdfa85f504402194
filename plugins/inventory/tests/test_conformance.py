# SPDX-License-Identifier: Apache-2.0
from shopwright.testing.conformance import PluginConformance


class TestInventory(PluginConformance):
    plugin = "inventory"
    locales = ("de", "es")
