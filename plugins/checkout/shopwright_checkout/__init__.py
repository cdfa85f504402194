# SPDX-License-Identifier: Apache-2.0
"""Cart, totals with provenance, and the placing of orders."""
