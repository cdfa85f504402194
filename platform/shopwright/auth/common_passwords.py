# SPDX-License-Identifier: Apache-2.0
"""Passwords that everybody tries first, as far as they are long enough to be accepted otherwise."""

_STEMS = (
    "password", "passwort", "motdepasse", "welcome", "letmein", "qwerty", "qwertz", "azerty", "admin",
    "administrator", "changeme", "iloveyou", "sunshine", "football", "princess", "baseball", "superman",
    "dragon", "monkey", "master", "summer", "winter", "spring", "autumn", "internet", "computer",
    "shopwright", "secret", "starwars", "whatever", "trustno", "abc", "hello", "test", "testing",
    "default", "owner",
)  # fmt: skip
_TAILS = (
    "1", "12", "123", "1234", "12345", "123456", "1234567", "12345678", "123456789", "1234567890", "!", "1!",
    "123!", "1234!", "!@#", "2020", "2021", "2022", "2023", "2024", "2025", "2026", "2027", "01", "007", "00",
    "password",
)  # fmt: skip
_WHOLE = (
    "1234567890", "0123456789", "0987654321", "9876543210", "12345678910", "123456789a", "1234567890a",
    "123123123123", "1212121212", "1231231230", "1q2w3e4r5t", "1q2w3e4r5t6y", "1qaz2wsx3edc", "q1w2e3r4t5",
    "q1w2e3r4t5y6", "qwertyuiop", "qwertyuiop[]", "qwertzuiop", "azertyuiop", "qwerty12345", "asdfghjkl;",
    "asdfghjkl1", "zxcvbnm123", "qazwsxedcrfv", "qazwsxedc1", "abcdefghij", "abcdefghijk", "abcd123456",
    "abcd1234567", "a123456789", "aa12345678", "administrator", "motdepasse", "passwordpassword",
    "correcthorsebatterystaple", "letmeinnow", "letmeinplease", "iloveyousomuch", "1111122222", "1122334455",
    "112233445566", "9999988888", "p@ssw0rd123", "p@ssword123", "passw0rd123", "pa$$word123", "p@$$w0rd123",
)  # fmt: skip

COMMON = frozenset(_WHOLE) | {stem + tail for stem in _STEMS for tail in _TAILS}
