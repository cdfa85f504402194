# SPDX-License-Identifier: Apache-2.0
from shopwright.testing.conformance import PluginConformance


class TestImporter(PluginConformance):
    plugin = "importer"
    locales = ("de", "es")
