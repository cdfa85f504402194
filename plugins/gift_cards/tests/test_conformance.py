# SPDX-License-Identifier: Apache-2.0
from shopwright.testing.conformance import PluginConformance


class TestGiftCards(PluginConformance):
    plugin = "gift_cards"
    locales = ("de", "es")
