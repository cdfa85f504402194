# SPDX-License-Identifier: Apache-2.0
"""Whether a plugin's texts are translated."""

from collections.abc import Iterator

from babel.messages.pofile import PoFileError
from jinja2 import TemplateError

from shopwright.checkup.fault import Subject
from shopwright.i18n.check import check_translations

_HINTS = {
    "missing": "Translate it.",
    "fuzzy": "Look at the translation and take the mark away.",
    "placeholders": "Use the same %(names)s as the source.",
}


def check_locales(subject: Subject) -> Iterator[tuple[str, str]]:
    """Find texts that lack a translation in a language the plugin has."""
    if subject.folder is None:
        return
    try:
        findings = check_translations(subject.folder, subject.locales)
    except TemplateError as error:
        place = f"{getattr(error, 'filename', None) or 'a template'}:{getattr(error, 'lineno', '?')}"
        yield f"{place} cannot be read: {error}", "Mend the template."
        return
    except (PoFileError, ValueError) as error:
        yield f"a file of translations cannot be read: {error}", "Mend the .po file."
        return
    for finding in findings:
        path = f"locales/{finding.locale}/messages.po"
        yield (
            f"{path}: {finding.kind}: {finding.message!r} ({', '.join(finding.places)})",
            _HINTS[finding.kind],
        )
