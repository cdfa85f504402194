# SPDX-License-Identifier: Apache-2.0
"""A plugin that shows on every surface there is, so that a test can see all of them go."""
