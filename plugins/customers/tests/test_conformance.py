# SPDX-License-Identifier: Apache-2.0
from shopwright.testing.conformance import PluginConformance


class TestCustomers(PluginConformance):
    plugin = "customers"
    locales = ("de", "es")
