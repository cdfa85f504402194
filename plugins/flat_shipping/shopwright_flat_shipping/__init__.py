# SPDX-License-Identifier: Apache-2.0
"""Shipping methods with a fixed price, free above an amount."""
