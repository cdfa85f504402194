# SPDX-License-Identifier: Apache-2.0
"""Stock by location: levels, an append-only ledger of moves, reservations."""
