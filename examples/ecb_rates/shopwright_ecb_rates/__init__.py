# SPDX-License-Identifier: Apache-2.0
"""An example of a third party's plugin: exchange rates from the European Central Bank."""
