# SPDX-License-Identifier: Apache-2.0
from shopwright.testing.conformance import PluginConformance


class TestBundles(PluginConformance):
    plugin = "bundles"
    locales = ("de", "es")
