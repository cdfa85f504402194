# SPDX-License-Identifier: Apache-2.0
"""The installation's secret keys: from the configuration, or made once in the data folder."""

import os
from contextlib import suppress

from shopwright.config import Config
from shopwright.ids import new_id
from shopwright.secrets import generate_key


def secret_keys(config: Config) -> tuple[str, ...]:
    """Give the keys that sign and encrypt, newest first; several processes may start at once."""
    if config.secret_keys:
        return config.secret_keys
    path = config.data_dir / "secret-key"
    config.data_dir.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{new_id()}")
    if not path.exists():
        draft.touch(mode=0o600)
        draft.write_text(generate_key())
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return (path.read_text().strip(),)
