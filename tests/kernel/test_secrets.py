# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopwright.secrets import SecretBox, SecretUnreadable, generate_key

OLD, NEW = generate_key(), generate_key()


@given(st.text())
def test_any_text_comes_back(secret: str) -> None:
    box = SecretBox([OLD])

    assert box.decrypt(box.encrypt(secret)) == secret


def test_the_same_secret_never_looks_the_same_and_is_not_visible() -> None:
    box = SecretBox([OLD])
    first, second = box.encrypt("sk_live_1"), box.encrypt("sk_live_1")

    assert first != second
    assert "sk_live_1" not in first


def test_old_secrets_stay_readable_after_a_new_key_is_put_in_front() -> None:
    token = SecretBox([OLD]).encrypt("s3cret")

    assert SecretBox([NEW, OLD]).decrypt(token) == "s3cret"


def test_after_rotation_the_old_key_can_be_dropped() -> None:
    both = SecretBox([NEW, OLD])
    token = SecretBox([OLD]).encrypt("s3cret")
    rotated = both.rotate(token)

    assert (both.needs_rotation(token), both.needs_rotation(rotated)) == (True, False)
    assert SecretBox([NEW]).decrypt(rotated) == "s3cret"
    with pytest.raises(SecretUnreadable):
        SecretBox([OLD]).decrypt(rotated)


@pytest.mark.parametrize("token", ["", "plain text", "é"])
def test_what_was_not_encrypted_is_refused_without_being_repeated(token: str) -> None:
    with pytest.raises(SecretUnreadable, match="add the key it was written with"):
        SecretBox([OLD]).decrypt(token)


def test_a_changed_token_is_refused() -> None:
    token = SecretBox([OLD]).encrypt("s3cret")
    changed = token[:20] + ("A" if token[20] != "A" else "B") + token[21:]

    with pytest.raises(SecretUnreadable):
        SecretBox([OLD]).decrypt(changed)


def test_bad_keys_are_refused_by_position_and_never_printed() -> None:
    with pytest.raises(ValueError, match="Secret key 2 is not valid") as caught:
        SecretBox([OLD, "hunter2"])

    assert "hunter2" not in str(caught.value)
    assert OLD not in repr(SecretBox([OLD]))


@pytest.mark.parametrize("keys", [[], OLD], ids=["none", "one text"])
def test_a_list_of_keys_is_needed(keys: list[str]) -> None:
    with pytest.raises(ValueError, match="list of one or more keys"):
        SecretBox(keys)
