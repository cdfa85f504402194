# SPDX-License-Identifier: Apache-2.0
"""Fetching a file from an address that somebody else wrote: bounded in time and size, never from inside the network."""

import socket
from collections.abc import Collection, Mapping
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from aiohttp import (
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    InvalidURL,
    TCPConnector,
    ThreadedResolver,
)
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from shopwright import __version__
from shopwright.db.guard import assert_no_open_transaction
from shopwright.i18n import translatable

SECONDS = 30.0
MAX_BYTES = 10 * 1024 * 1024
MAX_REDIRECTS = 3
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_LATER = frozenset((408, 425, 429))
_NAT64 = IPv6Network("64:ff9b::/96")
_GLOBAL = IPv6Network("2000::/3")
_HEADERS = {
    "User-Agent": f"Shopwright/{__version__} (pictures of an import)",
    "Accept": "image/jpeg, image/png, image/gif, image/webp;q=0.9, image/avif;q=0.9, */*;q=0.1",
    "Accept-Encoding": "identity",
}


class FetchError(Exception):
    """A file cannot be had; ``words`` and ``values`` say why, as in ``Finding``."""

    def __init__(
        self, code: str, words: str, values: Mapping[str, str | int] | None = None, *, again: bool = False
    ) -> None:
        super().__init__(code)
        self.code = code
        self.words = words
        self.again = again
        """Whether it may be there the next time."""
        self.values = dict(values or {})


async def fetch(address: str, *, private_hosts: Collection[str] = (), seconds: float = SECONDS) -> bytes:
    """Give what lies at an address.

    Args:
        address: of http or https.
        private_hosts: hosts that may be inside the network; the addresses of all others must be public.
        seconds: for all of it, redirects included.

    Raises:
        FetchError: it cannot be had.
    """
    assert_no_open_transaction("fetching a picture")
    allowed = frozenset(host.lower() for host in private_hosts)
    connector = TCPConnector(resolver=PublicResolver(allowed), use_dns_cache=False, force_close=True)
    try:
        async with ClientSession(
            connector=connector,
            cookie_jar=DummyCookieJar(),
            headers=_HEADERS,
            timeout=ClientTimeout(total=seconds, sock_connect=10),
            auto_decompress=False,
        ) as session:
            return await _follow(session, _parsed(address), allowed)
    except TimeoutError:
        words = translatable("%(address)s did not arrive within %(seconds)s seconds.")
        raise FetchError("picture_slow", words, {"seconds": round(seconds)}, again=True) from None
    except InvalidURL:
        raise _no_address() from None
    except (ClientError, OSError):
        words = translatable("%(address)s: the server cannot be reached.")
        raise FetchError("picture_unreachable", words, again=True) from None


async def _follow(session: ClientSession, target: URL, allowed: Collection[str]) -> bytes:
    for _ in range(MAX_REDIRECTS + 1):
        _check_host(target.host or "", allowed)
        async with session.get(target, allow_redirects=False) as response:
            if response.status not in _REDIRECTS:
                return await _body(response)
            target = target.join(_parsed(response.headers.get("Location", ""), base=target))
    words = translatable("%(address)s is forwarded more than %(most)s times.")
    raise FetchError("picture_redirects", words, {"most": MAX_REDIRECTS})


def _parsed(address: str, base: URL | None = None) -> URL:
    try:
        found = URL(address)
        whole = base.join(found) if base else found
    except ValueError:
        whole = URL()
    if whole.scheme not in {"http", "https"} or not whole.host:
        raise _no_address()
    return whole


def _check_host(host: str, allowed: Collection[str]) -> None:
    """Refuse an address that stands there as a number; names are looked at when they are resolved."""
    try:
        number = ip_address(host.partition("%")[0])
    except ValueError:
        return
    if host.lower() not in allowed and not is_public(number):
        raise _private(host)


async def _body(response: ClientResponse) -> bytes:
    status = response.status
    if status != 200:
        words = translatable("%(address)s: the server answers %(status)s.")
        again = status >= 500 or status in _LATER
        raise FetchError("picture_status", words, {"status": status}, again=again)
    if (response.content_length or 0) > MAX_BYTES:
        raise _too_large()
    content = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        content += chunk
        if len(content) > MAX_BYTES:
            raise _too_large()
    return bytes(content)


class PublicResolver(AbstractResolver):
    """Resolves names to addresses of the public network only.

    The connection goes to what is given here and is not resolved again, so a name cannot lead elsewhere in between.
    """

    def __init__(self, allowed: Collection[str]) -> None:
        self._allowed = allowed
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        if host.lower() not in self._allowed:
            for result in found:
                if not is_public(ip_address(result["host"].partition("%")[0])):
                    raise _private(host)
        return found

    async def close(self) -> None:
        await self._resolver.close()


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address lies in the public network, the one inside a translated address included."""
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast and not address.is_reserved
    if address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    if address.sixtofour is not None:
        return is_public(address.sixtofour)
    return address in _GLOBAL and address.is_global and address.teredo is None


def _no_address() -> FetchError:
    words = translatable("%(address)s does not lead to an http or https address.")
    return FetchError("picture_address", words)


def _private(host: str) -> FetchError:
    words = translatable(
        "%(address)s leads into a private network (%(host)s), from where nothing is fetched. "
        "Upload the picture, or let the operator allow the host."
    )
    return FetchError("picture_private", words, {"host": host})


def _too_large() -> FetchError:
    words = translatable("%(address)s is larger than %(most)s MB. Make it smaller.")
    return FetchError("picture_too_large", words, {"most": MAX_BYTES // 1024 // 1024})
