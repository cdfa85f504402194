# SPDX-License-Identifier: Apache-2.0
from shopwright.testing.conformance import PluginConformance


class TestStockNotices(PluginConformance):
    plugin = "stock_notices"
    locales = ("de", "es")
