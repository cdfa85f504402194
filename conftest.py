# SPDX-License-Identifier: Apache-2.0
"""Databases and Valkey for the tests of the kernel and of every plugin."""

pytest_plugins = ["shopwright.testing.database", "shopwright.testing.valkey"]
