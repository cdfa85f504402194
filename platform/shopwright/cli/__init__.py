# SPDX-License-Identifier: Apache-2.0
"""The ``shopwright`` command."""

from shopwright.cli.main import main

__all__ = ["main"]
