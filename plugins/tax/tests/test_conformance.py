# SPDX-License-Identifier: Apache-2.0
from shopwright.testing.conformance import PluginConformance


class TestTax(PluginConformance):
    plugin = "tax"
    locales = ("de", "es")
