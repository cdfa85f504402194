# SPDX-License-Identifier: Apache-2.0
"""Products shown beside a product."""
