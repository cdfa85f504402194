# SPDX-License-Identifier: Apache-2.0
"""Shopwright: a small commerce kernel; every capability is a plugin."""

__version__ = "0.1.0"
