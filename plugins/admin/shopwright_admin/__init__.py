# SPDX-License-Identifier: Apache-2.0
"""The merchant's side: sign-in, navigation, lists, forms and plugin switches."""
