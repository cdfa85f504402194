# SPDX-License-Identifier: Apache-2.0
"""Configuration: the file, the environment above it, options above both; and the key that is made."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import ValidationError

from shopwright.config import Config, load_config
from shopwright.errors import UsageError
from shopwright.keys import secret_keys
from shopwright.secrets import SecretBox, generate_key


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "shopwright.toml"

    def write(text: str) -> Path:
        path.write_text(text)
        return path

    return write


def test_without_file_and_environment_the_defaults_hold(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert load_config(environ={}) == Config()


def test_options_win_over_the_environment_and_that_over_the_file(file):
    path = file('port = 1\nhost = "h"\nworkers = 2\nplugins = ["a", "b"]\nlog_level = "debug"\n')
    environ = {"SHOPWRIGHT_PORT": "3", "SHOPWRIGHT_HOST": "e", "DATABASE_URL": "postgresql://x/y"}
    config = load_config(path, environ=environ, port=4, workers=None)

    assert (config.port, config.host, config.workers, config.log_level) == (4, "e", 2, "debug")
    assert config.plugins == ("a", "b")
    assert config.database_url == "postgresql://x/y"


def test_the_file_is_found_in_the_working_folder_or_where_the_environment_says(file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file("port = 1\n")
    (tmp_path / "other.toml").write_text("port = 2\n")

    assert load_config(environ={}).port == 1
    assert load_config(environ={"SHOPWRIGHT_CONFIG": "other.toml"}).port == 2


def test_lists_and_switches_are_read_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    environ = {
        "SHOPWRIGHT_PLUGINS": "a,b,",
        "SHOPWRIGHT_SAFE_MODE": "1",
        "SHOPWRIGHT_TRUSTED_PROXIES": "10.0.0.0/8",
        "SHOPWRIGHT_THEME_DIRS": "/a,/b",
        "SHOPWRIGHT_DRAIN_SECONDS": "2.5",
    }
    config = load_config(environ=environ)

    assert (config.plugins, config.safe_mode) == (("a", "b"), True)
    assert (config.trusted_proxies, config.theme_dirs) == (("10.0.0.0/8",), (Path("/a"), Path("/b")))
    assert config.drain_seconds == 2.5
    assert load_config(environ={"SHOPWRIGHT_PLUGINS": ""}).plugins == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("prot = 8000\n", ["Unknown configuration key 'prot' in ", "Remove it or use one of: ", "port, "]),
        ("[server]\nport = 1\n", ["Unknown configuration key 'server'"]),
        ("port = 99999\n", ["Configuration key 'port': ", "(got 99999)", "as SHOPWRIGHT_PORT."]),
        ('log_level = "loud"\n', ["Configuration key 'log_level'", "(got 'loud')"]),
        ("port = \n", ["is not valid TOML", "line 1", "Mend that line"]),
    ],
)
def test_a_mistake_in_the_file_is_named_with_the_way_out(file, text, words):
    path = file(text)

    with pytest.raises(UsageError) as refused:
        load_config(path, environ={})

    message = str(refused.value)
    assert [word for word in [*words, str(path)] if word not in message] == []
    assert "\n" not in message.removesuffix("\n")


def test_a_mistake_in_the_environment_names_the_variable(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(UsageError, match="SHOPWRIGHT_WORKERS"):
        load_config(environ={"SHOPWRIGHT_WORKERS": "many"})


@pytest.mark.parametrize("how", ["argument", "environment"])
def test_a_file_that_was_named_must_be_there(tmp_path, how):
    missing = tmp_path / "nothing.toml"
    path, environ = (missing, {}) if how == "argument" else (None, {"SHOPWRIGHT_CONFIG": str(missing)})

    with pytest.raises(UsageError, match=r"nothing\.toml does not exist\. Create it, or unset"):
        load_config(path, environ=environ)


def test_secrets_are_in_no_error_and_not_in_what_is_logged_of_a_configuration(file):
    key = generate_key()
    environ = {"DATABASE_URL": "postgresql://me:pass4711@db/x", "REDIS_URL": "redis://:pass4711@db"}
    config = load_config(file(f'secret_keys = ["{key}"]\n'), environ=environ)

    assert key not in repr(config)
    assert "pass4711" not in repr(config)
    with pytest.raises(UsageError) as refused:
        load_config(file(f'secret_keys = "{key}"\n'), environ={})
    assert "secret_keys" in str(refused.value)
    assert key not in str(refused.value)


def test_a_configuration_is_frozen():
    with pytest.raises(ValidationError, match="frozen"):
        Config().port = 1


def test_addresses_are_as_people_see_them():
    assert Config().url_of("a.example") == "http://a.example/"
    assert Config(public_port=8000).url_of("a.example", "/x") == "http://a.example:8000/x"
    assert Config(public_scheme="https", public_port=443).url_of("a.example") == "https://a.example/"
    assert Config(data_dir=Path("/d")).media_path == Path("/d/media")
    assert Config(media_dir=Path("/m")).media_path == Path("/m")


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    config = Config(data_dir=tmp_path / "data")
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: secret_keys(config), range(16)))

    path = config.data_dir / "secret-key"
    assert keys == {(path.read_text(),)}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in config.data_dir.iterdir()] == ["secret-key"]
    assert SecretBox(*keys).decrypt(SecretBox(*keys).encrypt("x")) == "x"


def test_configured_keys_leave_no_file(tmp_path):
    config = Config(data_dir=tmp_path / "data", secret_keys=("a", "b"))

    assert secret_keys(config) == ("a", "b")
    assert not config.data_dir.exists()


def test_a_bucket_for_pictures_is_configured_whole_and_with_the_address_browsers_find_it_at():
    bucket = {
        "media_s3_endpoint": "https://s3.example/", "media_s3_bucket": "pictures", "media_s3_key_id": "key",
        "media_s3_secret": "hidden", "media_url": "https://media.example/pictures/",
    }  # fmt: skip

    config = Config(**bucket)

    assert (config.media_s3_endpoint, config.media_base) == (
        "https://s3.example",
        "https://media.example/pictures/",
    )
    assert "hidden" not in repr(config)
    assert Config().media_base == "/media/"
    assert Config(media_url="http://cdn.example:81").media_base == "http://cdn.example:81/"
    for missing in bucket:
        with pytest.raises(
            ValidationError, match="set all of media_s3_endpoint, .* and media_url, or none of them"
        ):
            Config(**{name: value for name, value in bucket.items() if name != missing})


@pytest.mark.parametrize("address", ["media.example", "https://a b", "https://a;script-src *", "ftp://a", ""])
def test_the_address_of_pictures_can_say_nothing_else_in_the_policy_of_pages(address):
    with pytest.raises(
        UsageError, match="'media_url': Value error, give an address like https://media.example.org"
    ):
        load_config(environ={"SHOPWRIGHT_MEDIA_URL": address})
