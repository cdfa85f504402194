# SPDX-License-Identifier: Apache-2.0
"""Home, category and product pages, and the slots other plugins fill."""
