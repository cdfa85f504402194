# SPDX-License-Identifier: Apache-2.0
from shopwright.testing.conformance import PluginConformance


class TestCatalog(PluginConformance):
    plugin = "catalog"
    locales = ("de", "es")
