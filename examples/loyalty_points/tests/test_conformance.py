# SPDX-License-Identifier: Apache-2.0
from shopwright.testing.conformance import PluginConformance


class TestLoyaltyPoints(PluginConformance):
    plugin = "loyalty_points"
