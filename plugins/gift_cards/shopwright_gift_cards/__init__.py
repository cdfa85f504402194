# SPDX-License-Identifier: Apache-2.0
"""Gift cards and store credit that pay for orders, each with its ledger."""
