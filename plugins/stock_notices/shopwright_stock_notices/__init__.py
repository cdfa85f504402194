# SPDX-License-Identifier: Apache-2.0
"""A list of people who are told by mail when a product is back in stock."""
