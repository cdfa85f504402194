# SPDX-License-Identifier: Apache-2.0
"""Price lists by group, company, quantity and time, with a price history."""
