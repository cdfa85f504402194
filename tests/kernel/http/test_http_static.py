# SPDX-License-Identifier: Apache-2.0
import importlib
import sys

import pytest
from tests.kernel.http.conftest import raw_get

from shopwright.activation import switch_plugin
from shopwright.actor import SYSTEM
from shopwright.http.static import digest
from shopwright.testing.kernels import ALPHA, BETA

PLUGIN = """
from shopwright.plugin import Manifest, Plugin as Base
class Plugin(Base):
    manifest = Manifest(name="filer", version="1", title="Filer", summary="Has files.")
"""


@pytest.fixture
def filer(tmp_path, monkeypatch):
    """A plugin package with static files."""
    package = tmp_path / "src" / "shopwright_filer"
    static = package / "static" / "filer"
    (static / "deep").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "plugin.py").write_text(PLUGIN)
    (static / "a.css").write_text("body { color: red }" * 100)
    (static / "deep" / "b.js").write_text("1")
    (static / "c.svg").write_text("<svg><script>alert(1)</script></svg>")
    (static / "secret.txt").write_text("secret")
    (static / "page.html").write_text("<script>")
    (static / ".hidden.css").write_text("")
    (package / "static" / "outside.css").write_text("outside")
    (static / "link.css").symlink_to(package / "static" / "outside.css")
    monkeypatch.syspath_prepend(str(tmp_path / "src"))
    yield importlib.import_module("shopwright_filer.plugin").Plugin, static
    for name in [name for name in sys.modules if name.startswith("shopwright_filer")]:
        del sys.modules[name]


@pytest.fixture
async def kernel(make_kernel, filer):
    return await make_kernel([filer[0]], [ALPHA, BETA])


async def test_a_file_has_its_type_and_may_be_kept_for_ever_under_its_fingerprint(client, filer):
    mark = digest(filer[1] / "a.css")[:10]
    plain = await client.get("/static/filer/a.css")
    named = await client.get(f"/static/filer/a.css?v={mark}")

    assert (plain.status, plain.headers["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert plain.headers["Cache-Control"] == "public, max-age=300"
    assert named.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert (await client.get("/static/filer/deep/b.js")).headers[
        "Content-Type"
    ] == "text/javascript; charset=utf-8"
    for wrong in ("0123456789", mark[:4], ""):
        answer = await client.get(f"/static/filer/a.css?v={wrong}")
        assert answer.headers["Cache-Control"] == "public, max-age=300"
    again = await client.get("/static/filer/a.css", headers={"If-None-Match": plain.headers["ETag"]})
    assert again.status == 304


async def test_a_picture_that_could_hold_scripts_is_nobodys_page(client):
    answer = await client.get("/static/filer/c.svg")

    assert (
        answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    )


async def test_nothing_but_known_files_of_the_folder_is_given(client):
    paths = (
        "/static/filer/secret.txt", "/static/filer/page.html", "/static/filer/.hidden.css", "/static/filer/link.css",
        "/static/filer/../outside.css", "/static/filer/..%2foutside.css", "/static/filer/%2e%2e/outside.css",
        "/static/filer/..%5coutside.css", "/static/filer/a.css%00.js", "/static/filer//a.css",
        "/static/filer/deep/../../outside.css", "/static/filer/", "/static/filer", "/static/filer/deep",
        "/static/", "/static/outside.css", "/static/kernel/nothing.css", "/static/kernel/swagger-editor.css",
        "/static/theme/none/a.css", "/static/theme/../filer/a.css", "/static//etc/passwd", "/static/filer/%ff.css",
        "/media/..%2fsecret-key", "/media/%2fetc%2fpasswd", "/media/", "/static/filer/a.css/",
    )  # fmt: skip
    assert {path: await raw_get(client, path) for path in paths} == dict.fromkeys(paths, 404)


async def test_files_are_only_read(client):
    head = await client.request("HEAD", "/static/filer/a.css")
    put = await client.request("PUT", "/static/filer/a.css", data=b"x")

    assert (head.status, await head.read()) == (200, b"")
    assert (put.status, put.headers["Allow"]) == (405, "GET, HEAD")


async def test_the_files_of_a_plugin_that_is_off_are_not_there(client, kernel, make_client):
    beta = await make_client(kernel, "beta")
    await switch_plugin(kernel.context(client.store, actor=SYSTEM), "filer", enabled=False)

    assert [(await c.get("/static/filer/a.css")).status for c in (client, beta)] == [404, 200]


async def test_media_files_are_given_large_ones_too(client, kernel):
    folder = kernel.config.media_path / "products"
    folder.mkdir(parents=True)
    (folder / "a.webp").write_bytes(b"x" * (3 * 1024 * 1024))
    (folder / "b.webp").write_bytes(b"small")

    large = await client.get("/media/products/a.webp")
    part = await client.get("/media/products/a.webp", headers={"Range": "bytes=0-9"})
    assert (large.status, len(await large.read()), large.headers["Content-Type"]) == (
        200,
        3145728,
        "image/webp",
    )
    assert (part.status, await part.read()) == (206, b"x" * 10)
    assert await (await client.get("/media/products/b.webp")).read() == b"small"


async def test_a_media_file_whose_name_has_its_fingerprint_is_kept_for_ever(client, kernel):
    folder = kernel.config.media_path / "alpha"
    folder.mkdir(parents=True)
    names = ("lamp-0123456789ab.png", "lamp-0123456789ab.320w.avif", "lamp.png", "lamp-0123456789abc.png")
    for name in names:
        (folder / name).write_bytes(b"x")

    kept = [(await client.get(f"/media/alpha/{name}")).headers["Cache-Control"] for name in names]

    forever, soon = "public, max-age=31536000, immutable", "public, max-age=300"
    assert kept == [forever, forever, soon, soon]


async def test_a_media_file_that_moved_into_a_bucket_is_looked_for_there(make_kernel, make_client):
    bucket = {
        "media_s3_endpoint": "https://s3.example", "media_s3_bucket": "b", "media_s3_key_id": "k",
        "media_s3_secret": "s", "media_url": "https://media.example/b",
    }  # fmt: skip
    kernel = await make_kernel(plugins=[], stores=[ALPHA], config=bucket)
    client = await make_client(kernel, "alpha")
    logo = kernel.config.media_path / "alpha/logo.svg"
    logo.parent.mkdir(parents=True)
    logo.write_text("<svg/>")

    moved = await client.get("/media/alpha/a%20b.png", allow_redirects=False)

    assert (moved.status, moved.headers["Location"]) == (302, "https://media.example/b/alpha/a%20b.png")
    assert (await client.get("/media/alpha/logo.svg")).status == 200
    assert (await client.get("/static/theme/nope/a.css")).status == 404
