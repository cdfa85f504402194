# SPDX-License-Identifier: Apache-2.0
"""A plugin that cannot even be imported."""

raise RuntimeError("the manual is missing")
