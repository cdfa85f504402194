# SPDX-License-Identifier: Apache-2.0
"""The demo in a real browser: both stores, with and without JavaScript, on a phone and on a desk."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = next((found for name in ("chromium", "google-chrome") if (found := shutil.which(name))), None)
ADDRESS = {
    "email": "ada@example.com", "name": "Ada Shopper", "line1": "Hafenstraße 7", "city": "Lübeck",
    "postal_code": "23552",
}  # fmt: skip
AXE_SOURCE = Path(AXE_FILE_PATH).read_text("utf-8")
STORES = {"lumen": ("anker-desk-lamp", "DE"), "harbor": ("galley-enamel-mug", "US")}

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.xdist_group("e2e"),
    pytest.mark.timeout(300),
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine"),
]


@dataclass
class Demo:
    """The running demo."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Path

    def url(self, store: str, path: str = "/") -> str:
        return f"http://{store}.localhost:{self.port}{path}"

    def login(self, store: str, role: str) -> dict[str, str]:
        logins = json.loads((self.folder / "demo-credentials.json").read_text())
        return next(x for x in logins if x["store"] == store and x["role"] == role)


def is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def status_of(demo: Demo, store: str, path: str) -> int:
    request = urllib.request.Request(
        f"http://127.0.0.1:{demo.port}{path}", headers={"Host": f"{store}.localhost"}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("demo")
    command = [
        str(Path(sys.executable).with_name("shopwright")),
        "demo",
        "--port",
        str(port),
        "--data-dir",
        str(folder),
    ]
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    deadline = time.monotonic() + 240
    while not is_ready(port):
        assert process.poll() is None, (folder / "log.txt").read_text()
        assert time.monotonic() < deadline, (folder / "log.txt").read_text()
        time.sleep(0.5)  # noqa: TID251 - a test may wait
    yield Demo(process, port, folder)
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser: Browser):
    """Open pages that fail the test when the console has errors."""
    contexts = []
    errors: list[str] = []

    def make(*, javascript: bool = True, width: int = 1280) -> Page:
        context = browser.new_context(
            java_script_enabled=javascript, viewport={"width": width, "height": 900}
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert errors == []


def fits(page: Page) -> bool:
    """Tell whether a page is no wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def barriers(page: Page) -> list[tuple[str, str, str]]:
    """Give what stands in the way of people with disabilities on a page: path, rule and the first element."""
    page.evaluate(AXE_SOURCE)
    found = page.evaluate("axe.run().then(r => r.violations.map(v => [v.id, v.nodes[0].html.slice(0, 200)]))")
    return [(page.url, rule, element) for rule, element in found]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("store", STORES)
def test_a_guest_browses_and_orders(demo, open_page, store, javascript, width):
    handle, country = STORES[store]
    page = open_page(javascript=javascript, width=width)

    page.goto(demo.url(store))
    assert page.locator("h1").count() == 1
    page.goto(demo.url(store, "/products"))
    assert page.locator(".product-card").count() == 24 if store == "harbor" else True
    page.goto(demo.url(store, f"/products/{handle}"))
    page.get_by_role("button", name="Add to cart").click()
    page.wait_for_url("**/cart")
    page.get_by_role("link", name="Go to checkout").click()
    for name, value in ADDRESS.items():
        page.fill(f"[name={name}]", value)
    page.select_option("[name=country]", country)
    page.get_by_role("button", name="Go on to delivery").click()
    page.get_by_role("button", name="Go on to payment").click()
    page.check("input[value='manual_payment.bank_transfer']")
    page.get_by_role("button", name="Order and pay").click()

    assert page.get_by_role("heading", level=1).inner_text() == "Thank you for your order"
    if javascript:
        assert fits(page)


@pytest.mark.parametrize("store", STORES)
def test_no_page_is_wider_than_a_phone(demo, open_page, store):
    page = open_page(width=390)

    wide = []
    for path in (
        "/",
        "/products",
        f"/products/{STORES[store][0]}",
        "/search?q=a",
        "/cart",
        "/account/sign-in",
    ):
        page.goto(demo.url(store, path))
        wide += [] if fits(page) else [path]

    assert wide == []


def test_the_second_language_is_spoken_on_every_part_of_a_page(demo, open_page):
    page = open_page()

    page.goto(demo.url("lumen", "/de/products/vesper-arc-floor-lamp"))

    assert page.locator("html").get_attribute("lang") == "de"
    assert page.locator("h1").inner_text() == "Bogenleuchte Vesper"
    assert page.get_by_role("button", name="In den Warenkorb").count() == 1
    assert "389,00 €" in page.locator(".product__price").inner_text().replace("\xa0", " ")


def test_what_is_searched_is_found_by_the_beginning_of_a_word(demo, open_page):
    page = open_page()

    for _ in range(40):
        page.goto(demo.url("lumen", "/search?q=pend"))
        if page.locator(".product-card").count():
            break
        page.wait_for_timeout(500)

    assert "Kuppel Pendant" in page.locator("main").inner_text()


def test_the_owner_switches_a_plugin_off_in_one_store_only(demo, open_page):
    page = open_page()
    sign_in(page, demo, "lumen")
    page.get_by_role("link", name="Orders").first.click()
    assert "ada@example.com" in page.locator("main").inner_text()

    page.goto(demo.url("lumen", "/admin/plugins/search/switch?to=off"))
    page.get_by_role("button", name="Switch off").click()
    page.goto(demo.url("lumen"))
    in_lumen = page.locator("form[role=search]").count()
    page.goto(demo.url("harbor"))
    in_harbor = page.locator("form[role=search]").count()
    gone = status_of(demo, "lumen", "/search?q=lamp")
    page.goto(demo.url("lumen", "/admin/plugins/search/switch?to=on"))
    page.get_by_role("button", name="Switch on").click()
    page.goto(demo.url("lumen"))

    assert (in_lumen, in_harbor, gone, page.locator("form[role=search]").count()) == (0, 1, 404, 1)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("store", STORES)
def test_no_page_of_a_store_has_barriers(demo, open_page, store, width):
    page = open_page(width=width)
    found = []
    handle, country = STORES[store]

    for path in (
        "/",
        "/products",
        "/search?q=a",
        "/cart",
        "/account/sign-in",
        "/account/sign-up",
        f"/products/{handle}",
    ):
        page.goto(demo.url(store, path))
        found += barriers(page)
    page.get_by_role("button", name="Add to cart").click()
    page.wait_for_url("**/cart")
    found += barriers(page)
    page.get_by_role("link", name="Go to checkout").click()
    found += barriers(page)
    for name, value in ADDRESS.items():
        page.fill(f"[name={name}]", value)
    page.select_option("[name=country]", country)
    page.get_by_role("button", name="Go on to delivery").click()
    found += barriers(page)
    page.get_by_role("button", name="Go on to payment").click()
    found += barriers(page)
    page.check("input[value='manual_payment.bank_transfer']")
    page.get_by_role("button", name="Order and pay").click()
    page.get_by_role("heading", name="Thank you for your order").wait_for()
    found += barriers(page)

    assert found == []


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_of_the_admin_has_barriers_or_is_too_wide(demo, open_page, width):
    page = open_page(width=width)
    sign_in(page, demo, "harbor")
    links = page.locator("nav a").evaluate_all("links => links.map(link => link.href)")
    assert len(links) > 8
    found = []

    for link in sorted(set(links)):
        page.goto(link)
        found += barriers(page)
        found += [] if fits(page) else [(link, "too wide", "")]
        inner = page.locator("main table a, main .card a").first
        if inner.count():
            page.goto(str(inner.evaluate("link => link.href")))
            found += barriers(page)

    assert found == []


def sign_in(page: Page, demo: Demo, store: str) -> None:
    login = demo.login(store, "owner")
    page.goto(demo.url(store, "/admin/"))
    page.fill("[name=email]", login["email"])
    page.fill("[name=password]", login["password"])
    page.get_by_role("button", name="Sign in").click()


def test_zz_the_demo_stops_with_everything_it_started(demo):
    demo.process.send_signal(signal.SIGTERM)

    assert demo.process.wait(30) == 0
    left = [
        entry
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and str(demo.folder).encode() in _command_line(entry)
    ]
    assert left == []


def _command_line(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes() if int(process.name) != os.getpid() else b""
    except OSError:
        return b""
