# SPDX-License-Identifier: Apache-2.0
from shopwright.testing.conformance import PluginConformance


class TestHouseRules(PluginConformance):
    plugin = "house_rules"
