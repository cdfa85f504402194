# SPDX-License-Identifier: Apache-2.0
"""Takes in product files of other platforms."""
