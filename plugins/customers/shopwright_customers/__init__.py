# SPDX-License-Identifier: Apache-2.0
"""Customer accounts of a store: sign-up, sign-in, addresses."""
