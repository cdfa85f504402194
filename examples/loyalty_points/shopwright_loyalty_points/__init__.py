# SPDX-License-Identifier: Apache-2.0
"""An example of a third party's plugin: customers earn points with paid orders."""
