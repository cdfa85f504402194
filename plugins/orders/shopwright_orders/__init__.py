# SPDX-License-Identifier: Apache-2.0
"""Placed orders, their payments and their history."""
