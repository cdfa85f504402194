# SPDX-License-Identifier: Apache-2.0
"""Plugin settings: validated, inherited from installation to store to language, secrets encrypted at rest."""

from shopwright.settings.fields import SettingField
from shopwright.settings.service import SettingsService

__all__ = ["SettingField", "SettingsService"]
