# SPDX-License-Identifier: Apache-2.0
from shopwright.testing.conformance import PluginConformance


class TestApprovals(PluginConformance):
    plugin = "approvals"
    locales = ("de", "es")
