# SPDX-License-Identifier: Apache-2.0
"""An example of a third party's plugin: a store's own rules for carts, orders and products."""
