# SPDX-License-Identifier: Apache-2.0
"""Pictures in a bucket of an S3-compatible service."""

from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from obstore.exceptions import BaseError
from obstore.store import S3Store

from shopwright.config import Config
from shopwright.http.static import DOCUMENTS, TYPES
from shopwright_catalog.services.storage import StorageError

# A file never changes under its name, so browsers and whatever stands between need not ask again.
_FOREVER = "public, max-age=31536000, immutable"
# The library raises Python's own error where a bucket is missing, and its own ones for the rest.
_FAILURES = (BaseError, OSError)


class Bucket:
    """Files in a bucket, under the names that the media folder would give them."""

    def __init__(self, client: S3Store) -> None:
        self._client = client

    def read(self, name: str) -> bytes:
        try:
            return bytes(self._client.get(name).bytes())
        except FileNotFoundError:
            # Its own message shows the whole request.
            raise FileNotFoundError(name) from None
        except _FAILURES as error:
            raise _failed(error) from None

    def write(self, name: str, data: bytes) -> None:
        kind = (TYPES | DOCUMENTS).get(Path(name).suffix, "application/octet-stream")
        try:
            self._client.put(name, data, attributes={"Content-Type": kind, "Cache-Control": _FOREVER})
        except _FAILURES as error:
            raise _failed(error) from None


def bucket_of(config: Config) -> Bucket:
    """Give the bucket of a configuration."""
    return Bucket(
        _client(
            config.media_s3_endpoint or "",
            config.media_s3_bucket or "",
            config.media_s3_region,
            config.media_s3_key_id or "",
            config.media_s3_secret or "",
        )
    )


@lru_cache(maxsize=2)
def _client(endpoint: str, bucket: str, region: str, key_id: str, secret: str) -> S3Store:
    """Keep a client, and so its connections. What the machine's environment says about S3 is not heard."""
    return S3Store(
        bucket,
        endpoint=endpoint,
        region=region,
        access_key_id=key_id,
        secret_access_key=secret,
        virtual_hosted_style_request=False,
        client_options={"allow_http": True, "connect_timeout": "5s", "timeout": "30s"},
        retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=20)},
    )


def _failed(error: Exception) -> StorageError:
    # The first line says what happened; those behind it may show the whole request.
    return StorageError(str(error).splitlines()[0][:300])
