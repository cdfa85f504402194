# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a value, in words for people."""


class Wrong(ValueError):
    """A value does not fit its field: ``words`` is the message to translate, ``values`` fill it."""

    def __init__(self, code: str, words: str, **values: object) -> None:
        super().__init__(words % values if values else words)
        self.code = code
        self.words = words
        self.values = values
