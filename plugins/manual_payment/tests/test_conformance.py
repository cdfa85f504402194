# SPDX-License-Identifier: Apache-2.0
from shopwright.testing.conformance import PluginConformance


class TestManualPayment(PluginConformance):
    plugin = "manual_payment"
    locales = ("de", "es")
