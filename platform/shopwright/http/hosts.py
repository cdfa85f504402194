# SPDX-License-Identifier: Apache-2.0
"""Who asks and for which store: proxies, the target of the request line, the host, the language prefix."""

import re
import time
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from aiohttp import web

from shopwright.errors import BadRequest
from shopwright.http import security
from shopwright.http.cookies import Cookies
from shopwright.http.exchange import Exchange, scope_of
from shopwright.http.problems import Failure
from shopwright.http.routing import Scope
from shopwright.i18n import negotiate
from shopwright.ids import new_id

if TYPE_CHECKING:
    from shopwright.config import Config
    from shopwright.kernel import Kernel

_AUTHORITY = re.compile(r"(?P<host>[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?\.?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Proxies:
    """Which peers are proxies of ours, whose forwarding headers are believed."""

    def __init__(self, config: "Config") -> None:
        self._networks = [ip_network(network, strict=False) for network in config.trusted_proxies]
        self._cookies = Cookies(config)
        self._pictures_from = security.origin(config.media_url)
        self._country = config.country_header
        self._secure = config.public_scheme == "https"

    def exchange(self, request: web.Request) -> Exchange:
        """Begin the exchange of a request."""
        peer = request.remote or ""
        headers = request.headers if self._networks and self._trusts(_address(peer)) else None
        given = headers.get("X-Request-ID", "") if headers is not None else ""
        forwarded_host = headers.get("X-Forwarded-Host", "") if headers is not None else ""
        scheme = headers.get("X-Forwarded-Proto", "") if headers is not None else ""
        country = headers.get(self._country, "") if headers is not None and self._country else ""
        authority = (forwarded_host.rpartition(",")[2].strip() or request.headers.get("Host", "")).lower()
        found = _AUTHORITY.fullmatch(authority)
        return Exchange(
            request=request,
            request_id=given if _REQUEST_ID.fullmatch(given) else str(new_id()),
            remote=self._client(request, peer) if headers is not None else peer,
            authority=authority,
            host=found["host"].rstrip(".") if found else "",
            secure=self._secure or scheme.rpartition(",")[2].strip() == "https",
            started=time.perf_counter(),
            sid=self._cookies.read(request, "sid"),
            csrf_cookie=self._cookies.read(request, "csrf"),
            nonce=security.new_nonce(),
            pictures_from=self._pictures_from,
            country=country.upper() if _COUNTRY.fullmatch(country) else "",
        )

    def _client(self, request: web.Request, peer: str) -> str:
        """Give the last address of X-Forwarded-For that is not a proxy of ours."""
        hops = ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")
        for hop in reversed(hops):
            address = _address(hop.strip())
            if address is None:
                break
            if not self._trusts(address):
                return str(address)
            peer = str(address)
        return peer

    def _trusts(self, address: IPv4Address | IPv6Address | None) -> bool:
        return address is not None and any(address in network for network in self._networks)


def check_target(exchange: Exchange) -> None:
    """Refuse a request whose target or host is malformed, or whose request line overrides the Host header.

    Raises:
        BadRequest: says what is wrong.
    """
    request = exchange.request
    if len(request.headers.getall("Host", [])) > 1:
        raise BadRequest("There is more than one Host header.", code="bad_host")
    if not exchange.host:
        raise BadRequest("The Host header is missing or malformed.", code="bad_host")
    url = request.rel_url
    whole = request._message.url  # noqa: SLF001 - aiohttp drops the authority of an absolute target
    if whole.is_absolute():
        given = (whole.raw_authority or "").lower()
        if given != request.headers.get("Host", "").lower() or whole.scheme not in {"http", "https"}:
            message = "The request line names another host than the Host header."
            raise BadRequest(message, code="host_mismatch")
    if not url.raw_path.startswith("/"):
        raise BadRequest("The target of the request is not a path.", code="bad_target")
    if "%00" in url.raw_query_string:
        raise BadRequest("The query holds a NUL character.", code="bad_query")


def find_store(kernel: "Kernel", exchange: Exchange) -> None:
    """Find the store of the host.

    Raises:
        Failure: 421, no store has it.
    """
    exchange.store = kernel.directory.by_host(exchange.host)
    if exchange.store is None:
        raise Failure(421, "No store answers to this host.", code="unknown_host")


def take_language(exchange: Exchange) -> None:
    """Take the language from the path of pages, or from the headers of API calls and of the admin."""
    store, request = exchange.store, exchange.request
    assert store is not None
    path = request.rel_url.raw_path
    exchange.locale, exchange.path = store.default_locale, path
    first, _, rest = path[1:].partition("/")
    if first in store.locales and first != store.default_locale:
        # Other scopes have no language prefix: there the path stays as it is, and nothing answers to it.
        if scope_of(f"/{rest}") is Scope.STOREFRONT and not rest.startswith("/"):
            exchange.locale, exchange.path = first, f"/{rest}"
        return
    if scope_of(path) in {Scope.API, Scope.ADMIN_API, Scope.ADMIN}:
        wanted = request.query.get("locale", "")
        header = request.headers.get("Accept-Language", "")
        asked = negotiate(header, store.locales, store.default_locale) if header else store.default_locale
        exchange.locale = wanted if wanted in store.locales else asked


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address that may carry a port, as some proxies write it."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
