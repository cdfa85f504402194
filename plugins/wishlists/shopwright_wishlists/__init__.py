# SPDX-License-Identifier: Apache-2.0
"""Wishlists of customers: on the account, shared by a link, moved to the cart."""
