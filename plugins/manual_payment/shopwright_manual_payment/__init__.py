# SPDX-License-Identifier: Apache-2.0
"""Bank transfer, pay on delivery, and a test method."""
