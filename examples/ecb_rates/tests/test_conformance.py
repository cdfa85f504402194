# SPDX-License-Identifier: Apache-2.0
from shopwright.testing.conformance import PluginConformance


class TestEcbRates(PluginConformance):
    plugin = "ecb_rates"
