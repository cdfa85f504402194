# SPDX-License-Identifier: Apache-2.0
"""Products with options and variants, categories, images and publication."""
