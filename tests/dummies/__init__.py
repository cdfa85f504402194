# SPDX-License-Identifier: Apache-2.0
"""Plugins that only tests load."""
