# SPDX-License-Identifier: Apache-2.0
"""An example of a third party's plugin: custom fields of products, declared by a plugin."""
