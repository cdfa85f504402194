# SPDX-License-Identifier: Apache-2.0
from shopwright.testing.conformance import PluginConformance


class TestBrands(PluginConformance):
    plugin = "brands"
