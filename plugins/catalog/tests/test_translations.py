# SPDX-License-Identifier: Apache-2.0
"""Every text of the catalogue is there in German and Spanish."""

from pathlib import Path

import pytest

import shopwright_catalog
from shopwright.i18n.check import check_translations


@pytest.mark.parametrize("locale", ["de", "es"])
def test_no_text_is_left_untranslated(locale):
    assert check_translations(Path(shopwright_catalog.__file__).parent, [locale]) == []
