# SPDX-License-Identifier: Apache-2.0
"""Old addresses that lead to new ones."""
