# SPDX-License-Identifier: Apache-2.0
"""Markets with a currency, a language and countries of their own, and exchange rates."""
