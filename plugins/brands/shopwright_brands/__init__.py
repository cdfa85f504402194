# SPDX-License-Identifier: Apache-2.0
"""Brands of products."""
