# SPDX-License-Identifier: Apache-2.0
from shopwright.testing.conformance import PluginConformance


class TestCareLabels(PluginConformance):
    plugin = "care_labels"
