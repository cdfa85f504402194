# SPDX-License-Identifier: Apache-2.0
"""Products made of other products."""
