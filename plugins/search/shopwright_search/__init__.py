# SPDX-License-Identifier: Apache-2.0
"""Full-text search in PostgreSQL, fast for every store."""
