# SPDX-License-Identifier: Apache-2.0
"""E-mail addresses as people type them."""

from email_validator import EmailNotValidError, validate_email

from shopwright.errors import FieldError, Invalid
from shopwright.i18n import translatable

MAX_LENGTH = 254


def clean_email(text: str, *, pointer: str = "/email") -> str:
    """Give the address in the form that is stored.

    Raises:
        Invalid: it is not an e-mail address; names the field.
    """
    try:
        # Shops are tried out with addresses under .test, which are set aside for that (RFC 2606).
        found = validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        message = translatable("Enter an e-mail address like name@example.com.")
        raise Invalid(message, errors=[FieldError(pointer, "email", message)]) from None
    return found.normalized


def searchable_email(text: str) -> str:
    """Give what an account is looked up by: any text at all, made fit for the database."""
    return text.replace("\0", "").encode("utf-8", "replace").decode().strip()[:MAX_LENGTH]
