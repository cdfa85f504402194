# SPDX-License-Identifier: Apache-2.0
from shopwright.testing.conformance import PluginConformance


class TestOrders(PluginConformance):
    plugin = "orders"
    locales = ("de", "es")
