# SPDX-License-Identifier: Apache-2.0
pytest_plugins = ["shopwright.testing.database", "shopwright.testing.valkey"]
