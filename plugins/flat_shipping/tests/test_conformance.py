# SPDX-License-Identifier: Apache-2.0
from shopwright.testing.conformance import PluginConformance


class TestFlatShipping(PluginConformance):
    plugin = "flat_shipping"
    locales = ("de", "es")
