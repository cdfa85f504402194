# SPDX-License-Identifier: Apache-2.0
"""Tax rates by region and category, inclusive or exclusive."""
