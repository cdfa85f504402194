# SPDX-License-Identifier: Apache-2.0
"""The test kit: what the tests of the kernel and of plugins are written with."""
