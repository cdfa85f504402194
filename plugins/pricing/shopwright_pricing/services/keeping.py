# SPDX-License-Identifier: Apache-2.0
"""How long what prices are made with is kept in memory, and the tag that has every process forget it."""

TAG = "pricing.lists"
SECONDS = 3600.0
