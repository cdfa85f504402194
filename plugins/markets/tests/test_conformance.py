# SPDX-License-Identifier: Apache-2.0
from shopwright.testing.conformance import PluginConformance


class TestMarkets(PluginConformance):
    plugin = "markets"
    locales = ("de", "es")
