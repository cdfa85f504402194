# SPDX-License-Identifier: Apache-2.0
"""Configuration: frozen settings from ``shopwright.toml`` and the environment; the environment wins."""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from shopwright.errors import UsageError

FILE_NAME = "shopwright.toml"
_PREFIX = "SHOPWRIGHT_"
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?", re.ASCII)
_BUCKET = ("media_s3_endpoint", "media_s3_bucket", "media_s3_key_id", "media_s3_secret")
_WELL_KNOWN = {"DATABASE_URL": "database_url", "REDIS_URL": "redis_url"}


class Config(BaseModel):
    """Everything an installation decides outside the database.

    Each field can be set in ``shopwright.toml`` by its name or in the environment as ``SHOPWRIGHT_<NAME>``;
    ``DATABASE_URL`` and ``REDIS_URL`` are read without the prefix.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    data_dir: Path = Path(".shopwright")
    """Folder of the embedded server, media files and the generated key."""
    database_url: str | None = Field(default=None, repr=False)
    """PostgreSQL 15 or newer; without it an embedded server runs in ``data_dir``."""
    redis_url: str | None = Field(default=None, repr=False)
    """Redis or Valkey; without it cache and limits live in the memory of one process."""
    plugins: tuple[str, ...] | None = None
    """Names of the plugins that may be switched on; all installed ones when absent."""
    theme_dirs: tuple[Path, ...] = ()
    """Folders that hold themes, besides the ones installed as packages."""
    develop: bool = False
    """Notice changed files of themes at once, for whoever writes one; slower."""
    secret_keys: tuple[str, ...] = Field(default=(), repr=False)
    """Keys that sign and encrypt, newest first; made in ``data_dir`` when absent."""
    safe_mode: bool = False
    """Start with first-party plugins only."""
    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = Field(default=8000, ge=0, le=65535)
    """Port to listen on; 0 takes a free one."""
    workers: int = Field(default=1, ge=1, le=256)
    """Processes that answer requests."""
    trusted_proxies: tuple[str, ...] = ()
    """Networks whose X-Forwarded-* headers are believed."""
    country_header: str = ""
    """Header in which a trusted proxy names the visitor's country, like CF-IPCountry."""
    public_scheme: Literal["http", "https"] = "http"
    """``https`` behind a TLS proxy: cookies become Secure with the __Host- prefix, and HSTS is sent."""
    public_port: int | None = None
    """Port that people see, when it is not the default of the scheme."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least important messages that are still written."""
    db_pool_size: int = Field(default=10, ge=1, le=200)
    """Connections to the database that each process keeps."""
    statement_timeout_ms: int = Field(default=15_000, ge=100)
    """Milliseconds after which the database breaks off a statement."""
    lock_timeout_ms: int = Field(default=5_000, ge=100)
    """Milliseconds a statement waits for a locked row."""
    header_timeout: float = 10.0
    """Seconds a client may take to send the head of a request."""
    body_timeout: float = 30.0
    """Seconds a client may take to send the rest."""
    handler_timeout: float = 30.0
    """Seconds an answer may take."""
    keepalive_timeout: float = 75.0
    """Seconds an idle connection is kept open."""
    drain_seconds: float = 10.0
    """How long running requests may take to finish at a graceful stop."""
    requests_per_minute: int = Field(default=1200, ge=1, le=1_000_000)
    """General limit for one address."""
    media_dir: Path | None = None
    """Folder of media files; ``data_dir/media`` when absent."""
    media_s3_endpoint: str | None = None
    """Address of an S3-compatible service that keeps pictures instead of ``media_dir``, like https://s3.example.org."""
    media_s3_bucket: str | None = None
    """Bucket in it."""
    media_s3_region: str = "us-east-1"
    """Region of the bucket."""
    media_s3_key_id: str | None = None
    """Access key; it may read and write objects of the bucket."""
    media_s3_secret: str | None = Field(default=None, repr=False)
    """Secret of the access key."""
    media_url: str | None = Field(default=None, validate_default=True)
    """Address at which browsers find the files of the bucket (or of ``media_dir``), like https://media.example.org."""
    private_hosts: tuple[str, ...] = ()
    """Hosts inside your own network that stores may fetch pictures from; all others need a public address."""

    @property
    def media_path(self) -> Path:
        return self.media_dir or self.data_dir / "media"

    @property
    def media_base(self) -> str:
        """What stands before the name of a media file in its address."""
        return f"{self.media_url}/" if self.media_url else "/media/"

    @field_validator("media_url", "media_s3_endpoint")
    @classmethod
    def _check_address(cls, value: str | None) -> str | None:
        if value is not None and not _ADDRESS.fullmatch(value):
            raise ValueError("give an address like https://media.example.org")
        return value and value.rstrip("/")

    @field_validator("media_url")
    @classmethod
    def _check_bucket(cls, value: str | None, info: ValidationInfo) -> str | None:
        parts = [info.data.get(name) for name in _BUCKET]
        if any(parts) and not (all(parts) and value):
            raise ValueError(f"set all of {', '.join(_BUCKET)} and media_url, or none of them")
        return value

    def url_of(self, host: str, path: str = "/") -> str:
        """Give the address people see for a host of ours."""
        default = 443 if self.public_scheme == "https" else 80
        port = self.public_port or default
        return f"{self.public_scheme}://{host}{'' if port == default else f':{port}'}{path}"


def load_config(
    path: Path | None = None, *, environ: Mapping[str, str] = os.environ, **overrides: Any
) -> Config:
    """Read the configuration.

    Args:
        path: the file; without it ``shopwright.toml`` of the working folder is read if it exists.
        environ: where ``SHOPWRIGHT_*`` variables are looked up.
        overrides: values that win over both, for instance from command-line options.

    Raises:
        UsageError: the file is missing or broken, or a key is unknown or wrong; says which and how to mend it.
    """
    file = path or Path(environ.get("SHOPWRIGHT_CONFIG", FILE_NAME))
    explicit = path is not None or "SHOPWRIGHT_CONFIG" in environ
    values = _from_file(file, must_exist=explicit)
    values |= _from_environment(environ)
    values |= {name: value for name, value in overrides.items() if value is not None}
    try:
        return Config.model_validate(values)
    except ValidationError as error:
        raise UsageError(_explain(error, file)) from None


def _from_file(file: Path, *, must_exist: bool) -> dict[str, Any]:
    if not file.exists():
        if must_exist:
            raise UsageError(
                f"The configuration file {file} does not exist. Create it, or unset SHOPWRIGHT_CONFIG."
            )
        return {}
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} is not valid TOML: {error}. Mend that line and start again.") from None


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for variable, field in _WELL_KNOWN.items():
        if environ.get(variable):
            values[field] = environ[variable]
    for field, info in Config.model_fields.items():
        raw = environ.get(_PREFIX + field.upper())
        if raw is not None:
            is_list = "tuple" in str(info.annotation)
            values[field] = [part for part in raw.split(",") if part] if is_list else raw
    return values


def _explain(error: ValidationError, file: Path) -> str:
    problem = error.errors()[0]
    name = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        known = ", ".join(sorted(Config.model_fields))
        return f"Unknown configuration key {name!r} in {file}. Remove it or use one of: {known}."
    # A part of a list has its place behind the name.
    secret = not Config.model_fields[str(problem["loc"][0])].repr
    given = "" if secret else f" (got {problem['input']!r})"
    return (
        f"Configuration key {name!r}: {problem['msg']}{given}. "
        f"Set it in {file} or as {_PREFIX}{name.upper()}."
    )
